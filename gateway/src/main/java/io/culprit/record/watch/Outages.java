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

/**
 * Tells when an upstream is out: at least half of what ended within {@link #WINDOW_SECONDS} failed, and no fewer than
 * {@link #LEAST} requests. It is over when most requests go well again; while nobody asks, nothing is known and the
 * outage goes on. {@link #tick} belongs to the watch's thread, the rest to any.
 */
public final class Outages implements MetricSource {
    /** How far back it looks. */
    static final int WINDOW_SECONDS = 10;

    /** Fewest failures that make an outage. */
    static final int LEAST = 3;

    private final Collection<String> upstreams;
    private final Event.Sink events;
    private final Map<String, Outage> open = new ConcurrentSkipListMap<>();

    /**
     * An outage that goes on.
     *
     * @param sinceMillis when it began
     * @param cause id of what went wrong first, not of what followed from that
     * @param verdict what fails and how much of it, one sentence
     */
    public record Outage(String upstream, long sinceMillis, String cause, String verdict) {}

    public Outages(Collection<String> upstreams, Event.Sink events) {
        this.upstreams = upstreams;
        this.events = events;
    }

    /** The outages that go on now, by upstream. */
    public Map<String, Outage> open() {
        return new TreeMap<>(open);
    }

    /** An outage of an earlier run that had not ended when that did. It ends when requests go well. */
    public void resume(String upstream, long sinceMillis, String verdict) {
        if (upstreams.contains(upstream)) {
            open.merge(
                    upstream,
                    new Outage(upstream, sinceMillis, "", verdict),
                    (now, before) ->
                            new Outage(upstream, Math.min(now.sinceMillis(), sinceMillis), now.cause(), now.verdict()));
        }
    }

    void tick(Pulse pulse, long nowMillis) {
        for (String upstream : upstreams) {
            Map<String, Long> lately = pulse.lately(upstream, WINDOW_SECONDS, nowMillis);
            long failed = Failing.of(lately);
            long all = Failing.witnesses(lately);
            Outage outage = open.get(upstream);
            if (failed >= LEAST && failed * 2 >= all) {
                String most = most(lately);
                boolean follows = outage != null
                        && Failing.isConsequence(most)
                        && !outage.cause().isEmpty();
                String cause = follows ? outage.cause() : most;
                String verdict = verdict(most, cause, failed, all);
                if (outage == null) {
                    begin(upstream, firstFailure(pulse, upstream, nowMillis), cause, verdict);
                } else {
                    open.put(upstream, new Outage(upstream, outage.sinceMillis(), cause, verdict));
                }
            } else if (outage != null && all > 0 && failed * 2 < all) {
                end(outage, nowMillis);
            }
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

    private static String verdict(String most, String cause, long failed, long all) {
        return "%d of %d requests failed within %d s, mostly %s%s"
                .formatted(failed, all, WINDOW_SECONDS, most, most.equals(cause) ? "" : ", which followed " + cause);
    }

    private static long firstFailure(Pulse pulse, String upstream, long nowMillis) {
        return pulse.seconds(nowMillis / 1000 - WINDOW_SECONDS + 1).stream()
                .filter(slot -> slot.counts().keySet().stream()
                        .anyMatch(key -> key.upstream().equals(upstream) && Failing.is(key.cause())))
                .findFirst()
                .map(slot -> slot.epochSecond() * 1000)
                .orElse(nowMillis);
    }

    private void begin(String upstream, long sinceMillis, String cause, String verdict) {
        open.put(upstream, new Outage(upstream, sinceMillis, cause, verdict));
        events.happened(new Event(Event.Kind.OUTAGE_STARTED, sinceMillis, upstream, upstream, verdict));
    }

    private void end(Outage outage, long nowMillis) {
        open.remove(outage.upstream());
        String lasted = Text.duration(TimeUnit.MILLISECONDS.toNanos(nowMillis - outage.sinceMillis()));
        events.happened(new Event(
                Event.Kind.OUTAGE_ENDED, nowMillis, outage.upstream(), outage.upstream(), "it lasted " + lasted));
    }

    @Override
    public void collect(Samples samples) {
        long now = System.currentTimeMillis();
        for (String upstream : upstreams) {
            Outage outage = open.get(upstream);
            samples.add(
                    Metric.OUTAGE_SECONDS,
                    outage == null ? 0 : Math.max(0, now - outage.sinceMillis()) / 1000.0,
                    upstream);
        }
    }
}
