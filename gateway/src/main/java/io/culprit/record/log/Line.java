package io.culprit.record.log;

import java.nio.charset.StandardCharsets;

/**
 * One log line being made, in bytes: reused from line to line, so that a busy log makes no garbage for its framing.
 * Owned by the recording thread.
 */
final class Line {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[1024];
    private int size;

    void clear() {
        size = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = java.util.Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }

    Line add(char c) {
        room(1);
        bytes[size++] = (byte) c;
        return this;
    }

    /** Text that is known to be printable ASCII. */
    @SuppressWarnings("deprecation") // the low bytes are all there is, and the charset's encoder costs ten times this
    Line add(String text) {
        int length = text.length();
        room(length);
        text.getBytes(0, length, bytes, size);
        size += length;
        return this;
    }

    Line add(long number) {
        return number >= 0 && number < 10 ? add((char) ('0' + number)) : add(Long.toString(number));
    }

    /** Foreign text, so that no client can break out of its field: see {@link LogText#escape}. */
    Line escaped(String text) {
        if (isPlain(text)) {
            return add(text);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (LogText.plain(c)) {
                add(c);
            } else if (c < 256) {
                add('\\').add('x').hex(c, 4);
            } else {
                add('\\').add('u').hex(c, 12);
            }
        }
        return this;
    }

    /** Nearly everything is, and leaves in one copy. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!LogText.plain(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private void hex(char c, int shift) {
        for (int at = shift; at >= 0; at -= 4) {
            add((char) HEX[c >>> at & 15]);
        }
    }

    /** Foreign text, or a hyphen where there is none. */
    Line orDash(String text) {
        return text.isEmpty() ? add('-') : escaped(text);
    }

    /** Seconds with milliseconds, as nginx writes times; {@code -} for what did not happen. */
    Line seconds(long nanos) {
        if (nanos < 0) {
            return add('-');
        }
        long millis = nanos / 1_000_000;
        int fraction = (int) (millis % 1000);
        return add(millis / 1000)
                .add('.')
                .add((char) ('0' + fraction / 100))
                .add((char) ('0' + fraction / 10 % 10))
                .add((char) ('0' + fraction % 10));
    }
}
