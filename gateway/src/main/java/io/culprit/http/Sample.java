package io.culprit.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Renders foreign bytes so that a person can read them and a log or terminal cannot be tricked by them. */
public final class Sample {
    /** Longest excerpt, in bytes. */
    public static final int LIMIT = 64;

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private static final String NAME =
            "[a-z0-9_.%-]*(?:token|secret|passw|api[-_]?key|signature|session|credential|cookie"
                    + "|authorization)[a-z0-9_.%-]*";

    /** The value of a credential's header, or of a credential in a query. */
    private static final Pattern SECRET = Pattern.compile("(?i)(?:^|\\n)\\s*" + NAME + "\\s*:([^\\n]*)|[?&](?:" + NAME
            + "|key|sig|sid|auth|code|jwt|pass|pwd)=([^&#\\s]*)");

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
        byte[] shown = java.util.Arrays.copyOfRange(bytes, from, Math.max(from, end));
        mask(shown);
        var text = new StringBuilder();
        for (byte b : shown) {
            if (b >= ' ' && b < 127 && b != '"' && b != '\\') {
                text.append((char) b);
            } else {
                text.append(String.format(Locale.ROOT, "\\x%02X", b & 0xff));
            }
        }
        return to > end ? text.append("...").toString() : text.toString();
    }

    /**
     * Covers what follows the colon of a credential's header, and the value of a credential in a query, byte by byte so that
     * the length stays. Names are taken loosely: a broken head is what samples are made of.
     */
    private static void mask(byte[] shown) {
        String text = new String(shown, StandardCharsets.ISO_8859_1);
        Matcher secret = SECRET.matcher(text);
        while (secret.find()) {
            int group = secret.start(1) >= 0 ? 1 : 2;
            java.util.Arrays.fill(shown, secret.start(group), secret.end(group), (byte) '*');
        }
    }
}
