package io.culprit.server.http2;

import io.culprit.http.Field;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.http.hpack.HpackEncoder;
import io.culprit.reply.HeadChanges;
import io.culprit.reply.ReplyHead;
import java.nio.ByteBuffer;

/** Header blocks of responses, encoded (RFC 9113 section 8.3.2). Stateless. */
final class ResponseBlock {
    private static final int[] INDEXES = indexes();

    private ResponseBlock() {}

    private static int[] indexes() {
        HeaderName[] names = HeaderName.values();
        int[] indexes = new int[names.length];
        for (HeaderName each : names) {
            indexes[each.ordinal()] = each == HeaderName.OTHER ? 0 : HpackEncoder.indexOf(each.lower());
        }
        return indexes;
    }

    /**
     * An upstream's head, but for what stays behind.
     *
     * @param bodyLength bytes to announce, below 0 for none
     */
    static ByteBuffer of(ResponseHead response, HeadChanges changes, long bodyLength) {
        return of(response.status(), response, changes, bodyLength);
    }

    /** The same with another status. */
    static ByteBuffer of(int status, ResponseHead response, HeadChanges changes, long bodyLength) {
        HeaderBlock headers = response.headers();
        ByteBuffer out = ByteBuffer.allocate(response.length()
                + HpackEncoder.OVERHEAD * (headers.count() + changes.added().size() + 2)
                + changes.bound()
                + 32);
        HpackEncoder.status(status, out);
        boolean anyConnection = headers.has(HeaderName.CONNECTION);
        byte[] bytes = headers.bytes();
        for (int i = 0; i < headers.count(); i++) {
            HeaderName name = headers.name(i);
            if (!changes.drops(response, name, i, anyConnection)) {
                HpackEncoder.field(
                        INDEXES[name.ordinal()],
                        bytes,
                        headers.nameStart(i),
                        headers.nameEnd(i),
                        headers.valueStart(i),
                        headers.valueEnd(i),
                        out);
            }
        }
        for (Field each : changes.added()) {
            HpackEncoder.field(each.name(), each.value(), out);
        }
        if (bodyLength >= 0) {
            HpackEncoder.field("content-length", Long.toString(bodyLength), out);
        }
        return out.flip();
    }

    /** A head of the gateway's own. */
    static ByteBuffer of(ReplyHead own, long bodyLength) {
        int size = 64;
        for (Field each : own.fields()) {
            size += each.name().length() + each.value().length() + HpackEncoder.OVERHEAD;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        HpackEncoder.status(own.status(), out);
        for (Field each : own.fields()) {
            HpackEncoder.field(each.name(), each.value(), out);
        }
        if (bodyLength >= 0) {
            HpackEncoder.field("content-length", Long.toString(bodyLength), out);
        }
        return out.flip();
    }

    /** Fields behind a body. */
    static ByteBuffer of(Trailers trailers) {
        int size = 0;
        for (Field each : trailers.fields()) {
            size += each.name().length() + each.value().length() + HpackEncoder.OVERHEAD;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        trailers.fields().forEach(each -> HpackEncoder.literal(each.name(), each.value(), out));
        return out.flip();
    }
}
