package io.culprit.record.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.record.Outcomes;
import io.culprit.record.count.Counters;
import io.culprit.record.count.Series.Kind;
import io.culprit.record.journal.store.CountRow;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PendingCountsTest {
    private static final long MINUTE = 60_000;

    private final Counters counters = new Counters(1);
    private final PendingCounts pending = new PendingCounts(10);

    private void fail(Cause cause, long millis, int times) {
        for (int i = 0; i < times; i++) {
            counters.count(0, Outcomes.failed(cause, millis - 4));
        }
    }

    private static Map<Long, Long> finals(List<CountRow> rows) {
        return rows.stream()
                .filter(row -> row.series().kind() == Kind.FINAL)
                .collect(Collectors.toMap(CountRow::minute, CountRow::total, Long::sum));
    }

    @Test
    void everyFailureIsCountedInTheMinuteItEnded() {
        fail(Cause.HEAD_RESET, 10 * MINUTE - 1, 3);
        fail(Cause.HEAD_RESET, 10 * MINUTE + 10, 5);
        pending.collect(counters.series(), 10 * MINUTE + 400);
        assertEquals(Map.of(9L, 3L, 10L, 5L), finals(pending.dirty(100)));
    }

    @Test
    void writtenRowsHoldTotalsAndAreNotWrittenAgain() {
        fail(Cause.HEAD_RESET, 10 * MINUTE + 10, 2);
        pending.collect(counters.series(), 10 * MINUTE + 400);
        pending.stored(pending.dirty(100), 10 * MINUTE + 400);
        assertEquals(List.of(), pending.dirty(100));
        assertEquals(0, pending.dirtySinceMillis());
        fail(Cause.HEAD_RESET, 10 * MINUTE + 500, 1);
        pending.collect(counters.series(), 10 * MINUTE + 900);
        assertEquals(Map.of(10L, 3L), finals(pending.dirty(100)));
    }

    @Test
    void aStoreThatIsDownForLongCostsPrecisionOfTimeButNoCount() {
        for (int minute = 0; minute < 50; minute++) {
            fail(Cause.HEAD_RESET, minute * MINUTE + 10, 7);
            pending.collect(counters.series(), minute * MINUTE + 20);
        }
        assertTrue(pending.size() <= 12, pending.size() + " rows");
        assertEquals(
                350,
                finals(pending.dirty(1000)).values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
    }

    @Test
    void lagIsTheAgeOfTheOldestCountThatWaits() {
        fail(Cause.HEAD_RESET, MINUTE, 1);
        pending.collect(counters.series(), MINUTE + 100);
        fail(Cause.HEAD_RESET, MINUTE, 1);
        pending.collect(counters.series(), MINUTE + 30_000);
        assertEquals(MINUTE + 100, pending.dirtySinceMillis());
    }

    /** What the store has is overwritten by totals: an earlier minute that came again would destroy its own. */
    @Test
    void aClockThatIsSetBackLosesNothing() {
        Map<Long, Long> store = new java.util.TreeMap<>();
        long[] clock = {10, 11, 12, 13, 14, 15, 10, 11, 12, 13};
        for (long minute : clock) {
            fail(Cause.HEAD_RESET, minute * MINUTE + 10, 100);
            pending.collect(counters.series(), minute * MINUTE + 400);
            List<CountRow> rows = pending.dirty(100);
            store.putAll(finals(rows));
            pending.stored(rows, minute * MINUTE + 400);
        }
        assertEquals(1000, store.values().stream().mapToLong(Long::longValue).sum());
    }
}
