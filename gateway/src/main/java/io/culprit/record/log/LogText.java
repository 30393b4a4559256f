package io.culprit.record.log;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Pieces of log lines: escaping as nginx does it, times and durations. Stateless. */
final class LogText {
    static final DateTimeFormatter COMBINED =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US).withZone(ZoneId.systemDefault());
    static final DateTimeFormatter HAPROXY =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss", Locale.US).withZone(ZoneId.systemDefault());
    static final DateTimeFormatter ISO_SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.US).withZone(ZoneOffset.UTC);
    static final DateTimeFormatter ISO_OFFSET =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.US).withZone(ZoneId.systemDefault());
    static final DateTimeFormatter ERROR =
            DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss", Locale.US).withZone(ZoneId.systemDefault());

    private LogText() {}

    /** Quotes, backslashes, control and non-ASCII characters as {@code \xNN}: no client can break out of its field. */
    static String escape(String text) {
        int bad = 0;
        while (bad < text.length() && plain(text.charAt(bad))) {
            bad++;
        }
        if (bad == text.length()) {
            return text;
        }
        var out = new StringBuilder(text.length() + 16).append(text, 0, bad);
        for (int i = bad; i < text.length(); i++) {
            char c = text.charAt(i);
            if (plain(c)) {
                out.append(c);
            } else if (c < 256) {
                out.append(String.format(Locale.ROOT, "\\x%02X", (int) c));
            } else {
                out.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            }
        }
        return out.toString();
    }

    static boolean plain(char c) {
        return c >= ' ' && c < 127 && c != '"' && c != '\\';
    }
}
