package io.culprit.reply;

import io.undertow.util.DateUtils;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Locale;
import java.util.OptionalLong;

/** The Date header's value (RFC 9110 section 5.6.7), formatted once a second. Thread-safe. */
public final class HttpDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private static volatile Entry last = new Entry(0, "");

    private record Entry(long second, String text) {}

    private HttpDate() {}

    /** A moment as the header has it, in seconds since 1970. */
    public static String of(long second) {
        return FORMAT.format(Instant.ofEpochSecond(second));
    }

    /** A header's date in any of the three forms of RFC 9110 section 5.6.7, in seconds since 1970; empty for none. */
    public static OptionalLong parse(String text) {
        Date date = text.isEmpty() ? null : DateUtils.parseDate(text);
        return date == null ? OptionalLong.empty() : OptionalLong.of(date.getTime() / 1000);
    }

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
