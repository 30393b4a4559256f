package io.culprit.triage.probe;

import java.io.ByteArrayOutputStream;

/** Joins the chunks of a body (RFC 9112 section 7.1), as far as they can be read. */
final class Chunks {
    private Chunks() {}

    /** The body; what was given where it does not begin with a chunk's size. */
    static byte[] joined(byte[] raw) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length);
        int at = 0;
        while (at < raw.length) {
            int end = at;
            long size = 0;
            while (end < raw.length && Character.digit(raw[end], 16) >= 0 && end - at < 8) {
                size = size * 16 + Character.digit(raw[end], 16);
                end++;
            }
            boolean none = end == at || end < raw.length && "; \r\n".indexOf(raw[end]) < 0;
            while (end < raw.length && raw[end] != '\n') {
                end++;
            }
            if (none || end >= raw.length) {
                return at == 0 ? raw : out.toByteArray();
            }
            int length = (int) Math.min(size, raw.length - end - 1);
            if (size == 0) {
                return out.toByteArray();
            }
            out.write(raw, end + 1, length);
            at = end + 1 + length;
            while (at < raw.length && (raw[at] == '\r' || raw[at] == '\n')) {
                at++;
            }
        }
        return out.toByteArray();
    }
}
