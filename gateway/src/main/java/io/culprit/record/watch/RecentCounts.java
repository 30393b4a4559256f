package io.culprit.record.watch;

import io.culprit.record.count.Counters.Count;
import io.culprit.record.count.Series;
import io.culprit.record.count.Series.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The last hour in memory: what ended with which cause at which upstream, second by second for a quarter of an hour and
 * in steps of ten seconds beyond that. Only what occurred takes space. Written by the watch's thread, read by any.
 */
public final class RecentCounts {
    /** Seconds that are held one by one. */
    public static final int SECONDS = 900;

    private static final int STEP = 10;
    private static final int STEPS = 360;

    /**
     * What is told apart here.
     *
     * @param cause id of the cause, {@link Series#WELL} for requests that went well
     */
    public record Key(String upstream, String cause) {}

    /** What ended within one second, or one step of ten. */
    public record Slot(long epochSecond, Map<Key, Long> counts) {}

    /**
     * When a cause was seen at an upstream, since the start of this process.
     *
     * @param firstMillis first time
     * @param sinceMillis first time of the present spell: what came after at least {@link #SPELL_MILLIS} of quiet
     * @param lastMillis last time
     * @param count how often
     */
    public record Sighting(long firstMillis, long sinceMillis, long lastMillis, long count) {}

    /** Quiet after which the same trouble counts as new. */
    public static final long SPELL_MILLIS = 300_000;

    private final Map<Key, Long> before = new HashMap<>();
    private final Deque<Slot> seconds = new ArrayDeque<>();
    private final Deque<Slot> steps = new ArrayDeque<>();
    private final Map<Key, Sighting> sightings = new HashMap<>();

    /** Notes what was counted since the last call. Once a second, on one thread. */
    public synchronized void tick(Map<Series, Count> counts, long nowMillis) {
        Map<Key, Long> totals = new HashMap<>();
        counts.forEach((series, count) -> {
            if (series.kind() == Kind.FINAL) {
                totals.merge(new Key(series.upstream(), series.cause()), count.total(), Long::sum);
            }
        });
        Map<Key, Long> news = new HashMap<>();
        totals.forEach((key, total) -> {
            long more = total - before.getOrDefault(key, 0L);
            if (more > 0) {
                news.put(key, more);
                see(key, more, nowMillis);
            }
        });
        before.putAll(totals);
        long second = nowMillis / 1000;
        push(seconds, new Slot(second, Map.copyOf(news)), SECONDS);
        long step = second - second % STEP;
        Slot last = steps.peekLast();
        if (last != null && last.epochSecond() == step) {
            Map<Key, Long> merged = new HashMap<>(steps.pollLast().counts());
            news.forEach((key, more) -> merged.merge(key, more, Long::sum));
            steps.addLast(new Slot(step, Map.copyOf(merged)));
        } else {
            push(steps, new Slot(step, Map.copyOf(news)), STEPS);
        }
    }

    private static void push(Deque<Slot> slots, Slot slot, int most) {
        slots.addLast(slot);
        if (slots.size() > most) {
            slots.removeFirst();
        }
    }

    private void see(Key key, long more, long nowMillis) {
        Sighting s = sightings.get(key);
        if (s == null) {
            sightings.put(key, new Sighting(nowMillis, nowMillis, nowMillis, more));
        } else {
            boolean anew = nowMillis - s.lastMillis() > SPELL_MILLIS;
            sightings.put(
                    key,
                    new Sighting(s.firstMillis(), anew ? nowMillis : s.sinceMillis(), nowMillis, s.count() + more));
        }
    }

    /** The last seconds, oldest first; at most {@link #SECONDS}. */
    public synchronized List<Slot> seconds(long sinceEpochSecond) {
        List<Slot> all = new ArrayList<>();
        for (Slot slot : seconds) {
            if (slot.epochSecond() >= sinceEpochSecond) {
                all.add(slot);
            }
        }
        return all;
    }

    /** What ended since then, all seconds together; at most {@link #SECONDS}. */
    public synchronized Map<Key, Long> sums(long sinceEpochSecond) {
        Map<Key, Long> sums = new HashMap<>();
        for (Slot slot : seconds(sinceEpochSecond)) {
            slot.counts().forEach((key, n) -> sums.merge(key, n, Long::sum));
        }
        return sums;
    }

    /**
     * What ended at an upstream lately, by cause.
     *
     * @param seconds how far to look back, an hour at most; beyond {@link #SECONDS} in steps of ten
     */
    public synchronized Map<String, Long> lately(String upstream, long seconds, long nowMillis) {
        Map<String, Long> sums = new TreeMap<>();
        long since = nowMillis / 1000 - seconds;
        for (Slot slot : seconds <= SECONDS ? this.seconds : steps) {
            if (slot.epochSecond() > since) {
                slot.counts().forEach((key, n) -> {
                    if (key.upstream().equals(upstream)) {
                        sums.merge(key.cause(), n, Long::sum);
                    }
                });
            }
        }
        return sums;
    }

    /**
     * What failed at an upstream since its last success.
     *
     * @param failures by cause
     * @param firstMillis when the first of them was seen, 0 for none
     * @param lastMillis when the last was
     */
    public record Streak(Map<String, Long> failures, long firstMillis, long lastMillis) {
        long count() {
            return Failing.of(failures);
        }
    }

    /** Failures without a success between them; within a second the order is not known, and a success ends it. */
    synchronized Streak streak(String upstream, long mostSeconds, long nowMillis) {
        Map<String, Long> failures = new TreeMap<>();
        long first = 0;
        long last = 0;
        for (var each = seconds.descendingIterator(); each.hasNext(); ) {
            Slot slot = each.next();
            if (slot.epochSecond() <= nowMillis / 1000 - mostSeconds
                    || slot.counts().containsKey(new Key(upstream, Series.WELL))) {
                break;
            }
            for (Map.Entry<Key, Long> count : slot.counts().entrySet()) {
                if (count.getKey().upstream().equals(upstream)
                        && Failing.is(count.getKey().cause())) {
                    failures.merge(count.getKey().cause(), count.getValue(), Long::sum);
                    first = slot.epochSecond() * 1000;
                    last = Math.max(last, first);
                }
            }
        }
        return new Streak(failures, first, last);
    }

    /** Everything that was seen since the start. */
    public synchronized Map<Key, Sighting> sightings() {
        return new HashMap<>(sightings);
    }
}
