package io.culprit.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Renders foreign bytes so that a person can read them and a log or terminal cannot be tricked by them. */
public final class Sample {
    /** Longest excerpt, in bytes. */
    public static final int LIMIT = 64;

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final HexFormat ESCAPE = HexFormat.of().withUpperCase();

    private Sample() {}

    /** Hex and printable text of at most {@link #LIMIT} bytes, values of credential headers masked. */
    public static String of(byte[] bytes, int from, int to) {
        int end = Math.min(to, from + LIMIT);
        byte[] shown = java.util.Arrays.copyOfRange(bytes, from, Math.max(from, end));
        Credentials.mask(shown);
        var text = new StringBuilder(HEX.formatHex(shown)).append("  |");
        for (byte b : shown) {
            text.append(b >= ' ' && b < 127 ? (char) b : '.');
        }
        return text.append('|')
                .append(to > end ? " +" + (to - end) + " bytes" : "")
                .toString();
    }

    /** The same of a buffer's remaining bytes, which stay there. */
    public static String of(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return of(bytes, 0, bytes.length);
    }

    /** {@link #printable(byte[], int, int)} of a text with one character per byte. */
    public static String printable(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return printable(bytes, 0, bytes.length);
    }

    /** {@code byte 0x0d}: one byte by its number. */
    static String hex(byte b) {
        return "byte 0x" + HEX.toHexDigits(b);
    }

    /** A short text with everything outside printable ASCII written as {@code \xNN}. */
    public static String printable(byte[] bytes, int from, int to) {
        int end = Math.min(to, from + LIMIT);
        byte[] shown = java.util.Arrays.copyOfRange(bytes, from, Math.max(from, end));
        Credentials.mask(shown);
        var text = new StringBuilder();
        for (byte b : shown) {
            if (b >= ' ' && b < 127 && b != '"' && b != '\\') {
                text.append((char) b);
            } else {
                text.append("\\x");
                ESCAPE.toHexDigits(text, b);
            }
        }
        return to > end ? text.append("...").toString() : text.toString();
    }
}
