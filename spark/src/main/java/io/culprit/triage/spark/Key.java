package io.culprit.triage.spark;

import io.culprit.triage.read.PartReader;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What is judged together: the logs of one host, of one window of time.
 *
 * @param host whose logs they are, as {@code --by} takes it from the files' names
 * @param window the window's first microsecond since the epoch, in the logs' local time; 0 where there is one window of all times,
 *     {@link PartReader#UNDATED} for lines that nothing dates
 */
record Key(String host, long window) implements Serializable, Comparable<Key> {
    @Override
    public int compareTo(Key other) {
        int byHost = host.compareTo(other.host);
        return byHost == 0 ? Long.compare(window, other.window) : byHost;
    }

    /** {@code 2026-11-27}, of the logs' local time. */
    String day() {
        return window == PartReader.UNDATED
                ? "undated"
                : LocalDate.ofEpochDay(Math.floorDiv(window, 86_400_000_000L)).toString();
    }

    /** {@code 2026-11-27T14:00}, of the logs' local time. */
    String start() {
        return window == PartReader.UNDATED
                ? "undated"
                : Instant.ofEpochSecond(Math.floorDiv(window, 1_000_000L))
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDateTime()
                        .toString();
    }

    /** Both for a person; the host alone where there is one window of all times. */
    String shown() {
        return window == 0 ? host : host + " " + start();
    }
}
