package io.culprit.record.journal;

import io.culprit.record.count.Counters.Count;
import io.culprit.record.count.Series;
import io.culprit.record.journal.store.CountRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Counts on their way into the store, minute by minute. {@link #collect} adds what was counted since it was called last;
 * {@link #dirty} lists the rows that the store does not have in their present state, {@link #stored} is told which it
 * has taken. Rows hold totals, not differences, so that a write that was perhaps made may be made again.
 *
 * <p>While the store is down rows gather here, and memory stays bounded all the same: beyond {@link #MOST_ROWS} the
 * oldest minute is added to the next one. Sums stay exact, only the time of old counts grows coarser. The two threads
 * that come here hold the lock for moments only; no IO happens under it.
 */
final class PendingCounts {
    /** Rows held at most, give or take those of one minute. */
    static final int MOST_ROWS = 100_000;

    /** Minutes a row is held after its own, in case something is counted late. */
    private static final int LINGER = 2;

    private final NavigableMap<Long, Map<Series, Row>> minutes = new TreeMap<>();
    private final Map<Series, long[]> before = new HashMap<>();
    private final int mostRows;
    private long lastMinute;
    private int rows;
    private long dirtySinceMillis;

    private static final class Row {
        private long total;
        private long stored;
    }

    PendingCounts() {
        this(MOST_ROWS);
    }

    PendingCounts(int mostRows) {
        this.mostRows = mostRows;
    }

    /**
     * Adds what is new in the counters. Called at least once a minute, on one thread.
     *
     * @param counts totals since the start, for even and odd minutes apart
     */
    synchronized void collect(Map<Series, Count> counts, long nowMillis) {
        int parity = (int) (nowMillis / 60_000 & 1);
        // A clock that was set back must not lead to minutes whose rows are the store's already: totals overwrite.
        lastMinute = Math.max(lastMinute, nowMillis / 60_000);
        long minute = (lastMinute & 1) == parity ? lastMinute : lastMinute + 1;
        lastMinute = minute;
        counts.forEach((series, count) -> {
            long[] seen = before.computeIfAbsent(series, s -> new long[2]);
            long[] now = {count.even(), count.odd()};
            add(minute, series, now[parity] - seen[parity], nowMillis);
            // What was counted under the other parity since the last look belongs to the minute before.
            add(minute - 1, series, now[1 - parity] - seen[1 - parity], nowMillis);
            seen[0] = now[0];
            seen[1] = now[1];
        });
        forget(minute);
        while (rows > mostRows && minutes.size() > 1) {
            foldOldest();
        }
    }

    private void add(long minute, Series series, long more, long nowMillis) {
        if (more == 0) {
            return;
        }
        if (dirtySinceMillis == 0) {
            dirtySinceMillis = nowMillis;
        }
        row(minute, series).total += more;
    }

    private Row row(long minute, Series series) {
        return minutes.computeIfAbsent(minute, m -> new HashMap<>()).computeIfAbsent(series, s -> {
            rows++;
            return new Row();
        });
    }

    private void forget(long minute) {
        minutes.headMap(minute - LINGER).values().removeIf(held -> {
            boolean clean = held.values().stream().allMatch(row -> row.total == row.stored);
            rows -= clean ? held.size() : 0;
            return clean;
        });
    }

    /** What the store has stays where it is; only the rest moves. */
    private void foldOldest() {
        Map<Series, Row> oldest = minutes.pollFirstEntry().getValue();
        rows -= oldest.size();
        long next = minutes.firstKey();
        oldest.forEach((series, row) -> {
            if (row.total > row.stored) {
                row(next, series).total += row.total - row.stored;
            }
        });
    }

    /** Rows the store has to be told of, oldest first, at most so many. */
    synchronized List<CountRow> dirty(int most) {
        List<CountRow> all = new ArrayList<>();
        for (Map.Entry<Long, Map<Series, Row>> minute : minutes.entrySet()) {
            for (Map.Entry<Series, Row> each : minute.getValue().entrySet()) {
                if (each.getValue().total != each.getValue().stored) {
                    all.add(new CountRow(minute.getKey(), each.getKey(), each.getValue().total));
                    if (all.size() == most) {
                        return all;
                    }
                }
            }
        }
        return all;
    }

    /**
     * The store has these.
     *
     * @param askedMillis when {@link #dirty} listed them: what is new since then waits since then
     */
    synchronized void stored(List<CountRow> written, long askedMillis) {
        for (CountRow each : written) {
            Map<Series, Row> minute = minutes.get(each.minute());
            Row row = minute == null ? null : minute.get(each.series());
            if (row != null) {
                row.stored = each.total();
            }
        }
        dirtySinceMillis = dirty(1).isEmpty() ? 0 : askedMillis;
    }

    /** Rows the store does not have yet. */
    synchronized int size() {
        int n = 0;
        for (Map<Series, Row> minute : minutes.values()) {
            for (Row row : minute.values()) {
                n += row.total == row.stored ? 0 : 1;
            }
        }
        return n;
    }

    /** Since when something waits, in milliseconds since the epoch; 0 when nothing does. */
    synchronized long dirtySinceMillis() {
        return dirtySinceMillis;
    }
}
