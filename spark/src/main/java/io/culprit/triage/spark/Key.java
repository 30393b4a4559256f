package io.culprit.triage.spark;

import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What is judged together: the logs of one host, of one window of time.
 *
 * @param host whose logs they are, as {@code --by} takes it from the files' names
 * @param window the window's first microsecond since the epoch, in the logs' local time; 0 where there is one window of all times,
 *     {@link Long#MIN_VALUE} for lines that nothing dates
 */
record Key(String host, long window) implements Serializable, Comparable<Key> {
    @Override
    public int compareTo(Key other) {
        int byHost = host.compareTo(other.host);
        return byHost == 0 ? Long.compare(window, other.window) : byHost;
    }

    /** Whether its lines have times that say which window it is. */
    boolean dated() {
        return window != Long.MIN_VALUE;
    }

    /** {@code 2026-11-27}, of the logs' local time. */
    String day() {
        return !dated()
                ? "undated"
                : LocalDate.ofEpochDay(Math.floorDiv(window, 86_400_000_000L)).toString();
    }

    /** {@code 2026-11-27T14:00}, of the logs' local time. */
    String start() {
        return !dated()
                ? "undated"
                : Instant.ofEpochSecond(Math.floorDiv(window, 1_000_000L))
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDateTime()
                        .toString();
    }
}
