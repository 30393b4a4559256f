package io.culprit.record.log;

import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** A time as text, made once a second. Owned by the recording thread. */
final class Clock {
    private final DateTimeFormatter format;
    private long lastSecond = Long.MIN_VALUE;
    private String text = "";

    Clock(DateTimeFormatter format) {
        this.format = format;
    }

    String at(long epochMillis) {
        long second = Math.floorDiv(epochMillis, 1000L);
        if (second != lastSecond) {
            lastSecond = second;
            text = format.format(Instant.ofEpochSecond(second));
        }
        return text;
    }
}
