package io.culprit.triage.read;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Cuts a stream of bytes into lines. A line is handed on as a text of one character for each byte, so that nothing is lost
 * whatever its encoding is; what is longer than {@link #LONGEST} is cut and counted. Belongs to one thread.
 */
final class Lines {
    /** Takes lines. */
    interface Sink {
        void line(String text, long number);
    }

    /** Takes lines as bytes, before a text is made of them. */
    interface Fast {
        /**
         * @param from the line's first byte
         * @param end behind the last byte that is there
         * @return index behind the line's end, or -1 where the line has to go the usual way
         */
        int line(byte[] buffer, int from, int end);
    }

    static final int LONGEST = 65_536;
    private static final int BUFFER = 1 << 20;
    private final byte[] buffer = new byte[BUFFER];
    private long number;
    private long cut;
    private boolean text = true;

    /** Lines so far, those beyond the limit left out. */
    long number() {
        return number;
    }

    /** Lines that were too long. */
    long cut() {
        return cut;
    }

    /** Whether what came so far is text: no NUL among the first bytes. */
    boolean isText() {
        return text;
    }

    /**
     * Reads to the end of the stream, or until {@code beyond} refuses a line that begins at or behind {@code limit} bytes.
     */
    void read(InputStream in, long limit, Fast fast, Sink sink, Predicate<String> beyond) throws IOException {
        long consumed = 0;
        int from = 0;
        int end = 0;
        boolean skipping = false;
        while (true) {
            int read = in.read(buffer, end, buffer.length - end);
            if (read < 0) {
                break;
            }
            if (consumed == 0 && from == 0 && end == 0 && binary(read)) {
                text = false;
                return;
            }
            end += read;
            while (true) {
                int next = skipping || consumed >= limit ? -1 : fast.line(buffer, from, end);
                if (next > 0) {
                    number++;
                    consumed += next - from;
                    from = next;
                    continue;
                }
                int at = Bytes.find(buffer, from, end, (byte) '\n');
                if (at < 0) {
                    break;
                }
                if (skipping) {
                    skipping = false;
                } else if (consumed < limit) {
                    emit(from, at, sink);
                } else if (!beyond.test(text(from, at))) {
                    return;
                }
                consumed += at + 1 - from;
                from = at + 1;
            }
            if (from > 0) {
                System.arraycopy(buffer, from, buffer, 0, end - from);
                end -= from;
                from = 0;
            }
            if (end > LONGEST) {
                if (!skipping) {
                    cut++;
                    emit(0, LONGEST, sink);
                    skipping = true;
                }
                consumed += end;
                end = 0;
            }
        }
        if (end > from && !skipping && consumed < limit) {
            emit(from, end, sink);
        }
    }

    private void emit(int from, int to, Sink sink) throws IOException {
        number++;
        sink.line(text(from, to), number);
    }

    private String text(int from, int to) {
        int end = to > from && buffer[to - 1] == '\r' ? to - 1 : to;
        if (end - from > LONGEST) {
            cut++;
            end = from + LONGEST;
        }
        return new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
    }

    private boolean binary(int read) {
        for (int i = 0; i < Math.min(read, 512); i++) {
            if (buffer[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
