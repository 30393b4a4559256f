package io.culprit.admin.view;

import io.culprit.record.Monitor;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.journal.JournalQueries.Point;
import io.culprit.record.journal.JournalQueries.UnavailableException;
import io.culprit.record.watch.RecentCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;

/** How requests ended over time, by cause. Thread-safe. */
public final class HistoryView {
    /** Points of a curve at most. */
    private static final int POINTS = 240;

    private static final int DAY = 24 * 60;
    private static final List<Integer> STEPS = List.of(1, 2, 5, 10, 30, 60, 360, DAY);

    private final Monitor monitor;
    private final long startedMillis = System.currentTimeMillis();

    public HistoryView(Monitor monitor) {
        this.monitor = monitor;
    }

    /**
     * Requests by cause, one point for each step.
     *
     * @param instance one gateway, empty for this one within 15 minutes and all that share the journal beyond
     * @param minutes up to 15 by seconds from memory, beyond that by minutes from the journal
     * @throws UnavailableException when the journal is needed and cannot be read
     */
    public byte[] json(long minutes, String instance) throws UnavailableException {
        long now = System.currentTimeMillis();
        if (instance.isEmpty() && minutes * 60 <= RecentCounts.SECONDS
                || monitor.journal().isEmpty()) {
            return seconds(Math.min(minutes * 60, RecentCounts.SECONDS), now);
        }
        return minutes(monitor.journal().get().queries(), minutes, instance, now);
    }

    /** The same of a journal that others write. */
    public static byte[] json(JournalQueries journal, long minutes, String instance) throws UnavailableException {
        return minutes(journal, minutes, instance, journal.nowMillis());
    }

    private static byte[] minutes(JournalQueries journal, long minutes, String instance, long now)
            throws UnavailableException {
        int step = step(minutes);
        long since = now / 60_000 - minutes;
        Map<Long, Map<String, Long>> points = new TreeMap<>();
        for (long at = since - since % step; at <= now / 60_000; at += step) {
            points.put(at * 60, new LinkedHashMap<>());
        }
        for (Point point : journal.history(since, step, instance)) {
            points.computeIfAbsent(point.minute() * 60, m -> new LinkedHashMap<>())
                    .merge(point.cause(), point.count(), Long::sum);
        }
        return tree(step * 60L, points, journal.unobserved(since * 60_000, now, instance)::between);
    }

    /** Minutes of a point: a number people reckon in, which is one the journal has sums of. */
    private static int step(long minutes) {
        int days = (int) (minutes / POINTS / DAY) + 1;
        return STEPS.stream()
                .filter(each -> minutes <= (long) each * POINTS)
                .findFirst()
                .orElse(days * DAY);
    }

    private byte[] seconds(long seconds, long now) {
        long step = Math.max(1, seconds / POINTS);
        long since = now / 1000 - seconds;
        Map<Long, Map<String, Long>> points = new TreeMap<>();
        // The second that goes on is left out: it would show as a drop.
        for (long at = since - since % step; at < now / 1000; at += step) {
            points.put(at, new LinkedHashMap<>());
        }
        for (RecentCounts.Slot slot : monitor.watch().pulse().seconds(since)) {
            Map<String, Long> point = points.get(slot.epochSecond() - slot.epochSecond() % step);
            if (point != null) {
                slot.counts().forEach((key, n) -> point.merge(key.cause(), n, Long::sum));
            }
        }
        return tree(step, points, this::before);
    }

    /** Milliseconds before this gateway ran, of which its memory knows nothing. */
    private long before(long from, long to) {
        return Math.max(0, Math.min(to, startedMillis) - from);
    }

    /** Points in whose time no gateway ran are marked: nothing is known of them, which is not the same as no requests. */
    private static byte[] tree(long step, Map<Long, Map<String, Long>> points, LongBinaryOperator unobserved) {
        List<Tree> list = new ArrayList<>();
        points.forEach((second, counts) -> {
            Tree causes = new Tree();
            counts.forEach(causes::put);
            Tree point = new Tree().put("t", second).put("counts", causes);
            if (counts.isEmpty() && unobserved.applyAsLong(second * 1000, (second + step) * 1000) > step * 500) {
                point.put("observed", false);
            }
            list.add(point);
        });
        return new Tree().put("step_seconds", step).put("points", list).bytes();
    }
}
