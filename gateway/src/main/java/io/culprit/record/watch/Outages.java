package io.culprit.record.watch;

import io.culprit.failure.Event;
import io.culprit.failure.Text;
import io.culprit.record.metrics.Metric;
import io.culprit.record.metrics.MetricSource;
import io.culprit.record.metrics.Samples;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells when an upstream is out: at least half of what ended within {@link #WINDOW_SECONDS} failed, and no fewer than
 * {@link #LEAST} requests; or, where few ask, as many failed within {@link #STREAK_SECONDS} without a success between. It is
 * over when most requests go well again; while nobody asks, nothing is known and the
 * outage goes on. {@link #tick} belongs to the watch's thread, the rest to any.
 */
public final class Outages implements MetricSource {
    /** How far back it looks. */
    static final int WINDOW_SECONDS = 10;

    /** Fewest failures that make an outage. */
    static final int LEAST = 3;

    /** How far apart failures in a row may be. */
    static final int STREAK_SECONDS = 180;

    private final Collection<String> upstreams;
    private final Event.Sink events;
    private final Unobserved unobserved;
    private final Map<String, Outage> open = new ConcurrentSkipListMap<>();

    /**
     * An outage that goes on.
     *
     * @param sinceMillis when it began
     * @param cause id of what went wrong first, not of what followed from that
     * @param verdict what fails and how much of it, one sentence
     * @param lastMillis when a request failed last
     */
    public record Outage(String upstream, long sinceMillis, String cause, String verdict, long lastMillis) {
        /** Whether it was taken over from an earlier run, and nobody has asked since. */
        public boolean unconfirmed() {
            return cause.isEmpty();
        }
    }

    /**
     * @param unobserved times that no outage is said to have lasted through
     */
    public Outages(Collection<String> upstreams, Event.Sink events, Unobserved unobserved) {
        this.unobserved = unobserved;
        this.upstreams = upstreams;
        this.events = events;
    }

    /** The outages that go on now, by upstream. */
    public Map<String, Outage> open() {
        return new TreeMap<>(open);
    }

    /**
     * An outage of an earlier run that had not ended when that did. It ends when requests go well.
     *
     * @return false when there is no such upstream any more
     */
    public boolean resume(String upstream, long sinceMillis, String verdict) {
        if (!upstreams.contains(upstream)) {
            return false;
        }
        open.merge(
                upstream,
                new Outage(upstream, sinceMillis, "", verdict, sinceMillis),
                (now, before) -> new Outage(
                        upstream,
                        Math.min(now.sinceMillis(), sinceMillis),
                        now.cause(),
                        now.verdict(),
                        now.lastMillis()));
        return true;
    }

    /** An upstream is no longer there: its outage ends with it. Any thread may call. */
    public void forget(String upstream, long nowMillis) {
        Outage outage = open.get(upstream);
        if (outage != null) {
            end(outage, nowMillis);
        }
    }

    void tick(RecentCounts pulse, long nowMillis) {
        for (String upstream : upstreams) {
            Map<String, Long> lately = pulse.lately(upstream, WINDOW_SECONDS, nowMillis);
            long failed = Failing.of(lately);
            long all = Failing.witnesses(lately);
            RecentCounts.Streak streak = pulse.streak(upstream, STREAK_SECONDS, nowMillis);
            Outage outage = open.get(upstream);
            if (failed >= LEAST && failed * 2 >= all) {
                long first = firstFailure(pulse, upstream, nowMillis);
                String share = "%d of %d requests failed within %d s".formatted(failed, all, WINDOW_SECONDS);
                goesOn(upstream, outage, lately, share, first, nowMillis);
            } else if (streak.count() >= LEAST && (outage == null || streak.lastMillis() > outage.lastMillis())) {
                long seconds = Math.max(1, (streak.lastMillis() - streak.firstMillis()) / 1000);
                String share = "%d requests in a row failed within %d s".formatted(streak.count(), seconds);
                goesOn(upstream, outage, streak.failures(), share, streak.firstMillis(), streak.lastMillis());
            } else if (outage != null && all > 0 && failed * 2 < all && streak.count() == 0) {
                // A success of before the failures, which the window still holds, brings nobody back.
                end(outage, nowMillis);
            }
        }
    }

    private void goesOn(
            String upstream,
            @Nullable Outage outage,
            Map<String, Long> failures,
            String share,
            long firstMillis,
            long lastMillis) {
        String most = most(failures);
        String cause =
                outage != null && Failing.isConsequence(most) && !outage.cause().isEmpty() ? outage.cause() : most;
        String verdict =
                "%s, mostly %s%s".formatted(share, most, most.equals(cause) ? "" : ", which followed " + cause);
        if (outage == null) {
            open.put(upstream, new Outage(upstream, firstMillis, cause, verdict, lastMillis));
            events.happened(new Event(Event.Kind.OUTAGE_STARTED, firstMillis, upstream, upstream, verdict));
        } else {
            open.put(upstream, new Outage(upstream, outage.sinceMillis(), cause, verdict, lastMillis));
        }
    }

    /** The most frequent failure; one that follows from others only where there are no others. */
    private static String most(Map<String, Long> lately) {
        return lately.entrySet().stream()
                .filter(each -> Failing.is(each.getKey()))
                .max(Comparator.comparing((Map.Entry<String, Long> each) -> !Failing.isConsequence(each.getKey()))
                        .thenComparing(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse("");
    }

    private static long firstFailure(RecentCounts pulse, String upstream, long nowMillis) {
        return pulse.seconds(nowMillis / 1000 - WINDOW_SECONDS + 1).stream()
                .filter(slot -> slot.counts().keySet().stream()
                        .anyMatch(key -> key.upstream().equals(upstream) && Failing.is(key.cause())))
                .findFirst()
                .map(slot -> slot.epochSecond() * 1000)
                .orElse(nowMillis);
    }

    private void end(Outage outage, long nowMillis) {
        open.remove(outage.upstream());
        events.happened(new Event(
                Event.Kind.OUTAGE_ENDED,
                nowMillis,
                outage.upstream(),
                outage.upstream(),
                "it lasted " + lasting(outage.sinceMillis(), nowMillis)));
    }

    /** How long something has lasted as far as anybody looked, and how long nobody did. */
    public String lasting(long sinceMillis, long nowMillis) {
        long unseen = unobserved.between(sinceMillis, nowMillis);
        String seen = Text.duration(TimeUnit.MILLISECONDS.toNanos(unobserved.observed(sinceMillis, nowMillis)));
        return unseen == 0
                ? seen
                : "%s, and %s in which no gateway ran were not observed"
                        .formatted(seen, Text.duration(TimeUnit.MILLISECONDS.toNanos(unseen)));
    }

    @Override
    public void collect(Samples samples) {
        long now = System.currentTimeMillis();
        for (String upstream : upstreams) {
            Outage outage = open.get(upstream);
            samples.add(
                    Metric.OUTAGE_SECONDS,
                    outage == null ? 0 : unobserved.observed(outage.sinceMillis(), now) / 1000.0,
                    upstream);
        }
    }
}
