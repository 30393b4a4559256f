package io.culprit.http;

import java.util.HexFormat;
import java.util.Locale;

/** Renders foreign bytes so that a person can read them and a log or terminal cannot be tricked by them. */
public final class Sample {
    /** Longest excerpt, in bytes. */
    public static final int LIMIT = 64;

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private Sample() {}

    /** Hex and printable text of at most {@link #LIMIT} bytes, values of credential headers masked. */
    public static String of(byte[] bytes, int from, int to) {
        int end = Math.min(to, from + LIMIT);
        byte[] shown = java.util.Arrays.copyOfRange(bytes, from, Math.max(from, end));
        mask(shown);
        var text = new StringBuilder(HEX.formatHex(shown)).append("  |");
        for (byte b : shown) {
            text.append(b >= ' ' && b < 127 ? (char) b : '.');
        }
        return text.append('|')
                .append(to > end ? " +" + (to - end) + " bytes" : "")
                .toString();
    }

    /** A short text with everything outside printable ASCII written as {@code \xNN}. */
    public static String printable(byte[] bytes, int from, int to) {
        int end = Math.min(to, from + LIMIT);
        var text = new StringBuilder();
        for (int i = from; i < end; i++) {
            byte b = bytes[i];
            if (b >= ' ' && b < 127 && b != '"' && b != '\\') {
                text.append((char) b);
            } else {
                text.append(String.format(Locale.ROOT, "\\x%02X", b & 0xff));
            }
        }
        return to > end ? text.append("...").toString() : text.toString();
    }

    private static void mask(byte[] shown) {
        int colon = 0;
        while (colon < shown.length && shown[colon] != ':') {
            colon++;
        }
        boolean secret = Grammar.equalsIgnoreCase(shown, 0, colon, "authorization")
                || Grammar.equalsIgnoreCase(shown, 0, colon, "cookie")
                || Grammar.equalsIgnoreCase(shown, 0, colon, "set-cookie")
                || Grammar.equalsIgnoreCase(shown, 0, colon, "proxy-authorization");
        if (secret) {
            java.util.Arrays.fill(shown, Math.min(colon + 1, shown.length), shown.length, (byte) '*');
        }
    }
}
