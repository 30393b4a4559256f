package io.culprit.sim.status;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as the status page writes them. Stateless. */
final class Times {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US).withZone(ZoneId.systemDefault());

    private Times() {}

    static String date(long millis) {
        return DATE.format(Instant.ofEpochMilli(millis));
    }

    static long seconds(long millis) {
        return millis / 1000;
    }

    /** Whole seconds between two wall clocks, each cut to seconds first, as FPM subtracts them. */
    static long since(long thenMillis, long nowMillis) {
        return nowMillis / 1000 - thenMillis / 1000;
    }

    static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
