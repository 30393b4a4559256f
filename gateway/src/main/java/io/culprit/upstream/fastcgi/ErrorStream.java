package io.culprit.upstream.fastcgi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the application wrote to STDERR during one request: the first bytes as text, the rest counted. PHP's messages
 * come this way ("PHP message: ...", "Primary script unknown"). Owned by one IO thread.
 */
final class ErrorStream {
    /** Bytes kept: room for a message with a stack trace, not for a megabyte of notices. */
    static final int KEPT = 4096;

    private byte[] kept = {};
    private int length;
    private long total;

    /** Bytes of heap this keeps. */
    int held() {
        return kept.length;
    }

    /** Forgets all, the memory included. */
    void release() {
        kept = new byte[0];
        reset();
    }

    void reset() {
        length = 0;
        total = 0;
    }

    /** Takes the next {@code n} bytes. */
    void take(ByteBuffer in, int n) {
        int room = Math.min(n, KEPT - length);
        if (room > 0) {
            if (kept.length < KEPT) {
                kept = new byte[KEPT];
            }
            in.get(kept, length, room);
            length += room;
        }
        in.position(in.position() + n - Math.max(0, room));
        total += n;
    }

    /** Bytes that were written. */
    long total() {
        return total;
    }

    /** As text: line ends stay, other control characters are shown as dots, empty when nothing was written. */
    String text() {
        if (total == 0) {
            return "";
        }
        String text = new String(kept, 0, length, StandardCharsets.UTF_8);
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\t' || !Character.isISOControl(c)) {
                out.append(c);
            } else if (c != '\r') {
                out.append('.');
            }
        }
        String trimmed = out.toString().strip();
        return total > length ? trimmed + " ... +" + (total - length) + " bytes" : trimmed;
    }
}
