package io.culprit.http;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.culprit.failure.Cause;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * Any bytes, split anywhere: a reader gives the same result for every split, only {@link MessageException} comes out,
 * and what it accepts it accepts whole.
 */
public final class HeadsFuzzTarget {
    private HeadsFuzzTarget() {}

    /** The wire documents. */
    public static List<byte[]> seeds() {
        return Stream.concat(WireTest.responses().stream(), WireTest.requests().stream())
                .map(WireFixture::bytes)
                .toList();
    }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        int split = data.consumeInt(0, 2048);
        int kind = data.consumeInt(0, 3);
        byte[] bytes = data.consumeRemainingAsBytes();
        String whole = read(kind, bytes, bytes.length);
        String parts = read(kind, bytes, Math.min(split, bytes.length));
        if (!whole.equals(parts)) {
            throw new AssertionError("whole: " + whole + ", split at " + split + ": " + parts);
        }
    }

    private static String read(int kind, byte[] bytes, int split) {
        ByteBuffer first = ByteBuffer.wrap(bytes, 0, split);
        ByteBuffer second = ByteBuffer.wrap(bytes, split, bytes.length - split);
        try {
            return switch (kind) {
                case 0 -> head(new HttpResponseHead(1024, 20), first, second);
                case 2 -> head(new CgiHead(1024, 20), first, second);
                case 1 -> head(new RequestHead(1024, 20, 200), first, second);
                default -> chunks(first, second);
            };
        } catch (MessageException e) {
            return e.failure().cause().id();
        }
    }

    private static String head(HeadReader head, ByteBuffer first, ByteBuffer second) throws MessageException {
        boolean complete = head.read(first) || head.read(second);
        // Whether bytes of an incomplete head remain unread says nothing; a complete one ends at one place.
        return complete
                ? "head of " + head.length() + " bytes, " + head.headers().count() + " headers"
                : "incomplete";
    }

    private static String chunks(ByteBuffer first, ByteBuffer second) throws MessageException {
        var decoder = new ChunkedDecoder(64, 64, Cause.BODY_BAD_CHUNK, Cause.BODY_BAD_TRAILER);
        long payload = 0;
        for (ByteBuffer in : new ByteBuffer[] {first, second}) {
            for (int n = decoder.next(in); n > 0; n = decoder.next(in)) {
                in.position(in.position() + n);
                decoder.consumed(n);
                payload += n;
            }
        }
        return payload + (decoder.done() ? " done" : " open");
    }
}
