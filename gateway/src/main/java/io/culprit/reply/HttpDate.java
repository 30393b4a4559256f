package io.culprit.reply;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date header's value (RFC 9110 section 5.6.7), formatted once a second. Thread-safe. */
public final class HttpDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private static volatile Entry last = new Entry(0, "");

    private record Entry(long second, String text) {}

    private HttpDate() {}

    /** The current second. */
    public static String now() {
        long second = System.currentTimeMillis() / 1000;
        Entry entry = last;
        if (entry.second != second) {
            entry = new Entry(second, FORMAT.format(Instant.ofEpochSecond(second)));
            last = entry;
        }
        return entry.text;
    }
}
