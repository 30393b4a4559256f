package io.culprit.record;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Pieces of log lines: escaping as nginx does it, times and durations. Stateless. */
final class LogText {
    private static final DateTimeFormatter COMBINED =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US).withZone(ZoneId.systemDefault());
    private static final DateTimeFormatter ERROR =
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

    private static boolean plain(char c) {
        return c >= ' ' && c < 127 && c != '"' && c != '\\';
    }

    static String orDash(String text) {
        return text.isEmpty() ? "-" : escape(text);
    }

    static String combinedTime(long epochMillis) {
        return COMBINED.format(Instant.ofEpochMilli(epochMillis));
    }

    static String errorTime(long epochMillis) {
        return ERROR.format(Instant.ofEpochMilli(epochMillis));
    }

    /** Seconds with milliseconds, as nginx writes times; {@code -} for a phase that did not happen. */
    static String seconds(long nanos) {
        if (nanos < 0) {
            return "-";
        }
        long millis = nanos / 1_000_000;
        String fraction = Long.toString(1000 + millis % 1000);
        return millis / 1000 + "." + fraction.substring(1);
    }
}
