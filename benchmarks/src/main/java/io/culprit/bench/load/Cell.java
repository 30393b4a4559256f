package io.culprit.bench.load;

import io.culprit.bench.load.plan.Arrivals;
import io.culprit.bench.load.plan.Settings;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What came of one cell. Filled by one thread; whoever wants each request by itself overrides {@link #ended}. */
public class Cell {
    /** Answered as it should be. */
    public static final String GOOD = "ok";

    private static final long LONGEST_MICROS = 3_600_000_000L;
    private static final int ENOUGH = 100;

    public final Settings settings;
    public final boolean simulated;

    /** From the moment a request was due, in microseconds: a client that had to wait for its turn is counted in full. */
    public final Histogram latency = new Histogram(LONGEST_MICROS, 3);

    /** From the moment it was really sent. */
    public final Histogram service = new Histogram(LONGEST_MICROS, 3);

    /** How late requests were sent, in microseconds. */
    public final Histogram lateness = new Histogram(LONGEST_MICROS, 3);

    /**
     * By how much requests that ended with a read timeout missed their answer, in microseconds; those whose client would
     * have left before are not among them.
     */
    public final Histogram missedBy = new Histogram(LONGEST_MICROS, 3);

    /** How long those took that failed, from the moment they were sent, in microseconds. */
    public final Histogram failures = new Histogram(LONGEST_MICROS, 3);

    public final Map<String, Long> outcomes = new TreeMap<>();

    /** Outcomes by the second in which requests were due. */
    public final Map<Integer, Map<String, Long>> bySecond = new TreeMap<>();

    long requests;

    /** Requests the generator could not send, for want of files or ports; they say nothing about the target. */
    long unsent;

    /** Whether it is known what the upstream did: not where somebody else's is asked. */
    boolean seesUpstream;

    long attempts;

    /** Requests of which the gateway made at least one attempt. */
    long admitted;

    UpstreamWork work = new UpstreamWork();
    double seconds;
    Recovery recovery = Recovery.NONE;

    public Cell(Settings settings, boolean simulated) {
        this.settings = settings;
        this.simulated = simulated;
    }

    public long requests() {
        return requests;
    }

    /** Requests the generator could not send. */
    public long unsent() {
        return unsent;
    }

    public boolean seesUpstream() {
        return seesUpstream;
    }

    /** How long the run took. */
    public double seconds() {
        return seconds;
    }

    public Recovery recovery() {
        return recovery;
    }

    private static long micros(long nanos) {
        return Math.min(LONGEST_MICROS, Math.max(0, nanos) / 1000);
    }

    /** A request has ended. */
    public void ended(String outcome, long dueNanos, long sentNanos, long endNanos) {
        requests++;
        outcomes.merge(outcome, 1L, Long::sum);
        bySecond.computeIfAbsent((int) (dueNanos / 1_000_000_000L), s -> new TreeMap<>())
                .merge(outcome, 1L, Long::sum);
        if (outcome.equals(GOOD)) {
            latency.recordValue(micros(endNanos - dueNanos));
            service.recordValue(micros(endNanos - sentNanos));
        } else {
            failures.recordValue(micros(endNanos - sentNanos));
        }
        seconds = Math.max(seconds, endNanos / 1e9);
    }

    /** A request left for the target. */
    void sent(long dueNanos, long sentNanos) {
        lateness.recordValue(micros(sentNanos - dueNanos));
    }

    /** A request that was cut off would have had its answer so much later. */
    void missed(long byNanos) {
        missedBy.recordValue(micros(byNanos));
    }

    /** Adds what another generator saw in the same seconds. */
    void add(Cell other) {
        latency.add(other.latency);
        service.add(other.service);
        lateness.add(other.lateness);
        missedBy.add(other.missedBy);
        failures.add(other.failures);
        other.outcomes.forEach((outcome, n) -> outcomes.merge(outcome, n, Long::sum));
        other.bySecond.forEach((second, counts) -> counts.forEach((outcome, n) ->
                bySecond.computeIfAbsent(second, s -> new TreeMap<>()).merge(outcome, n, Long::sum)));
        requests += other.requests;
        unsent += other.unsent;
        seesUpstream |= other.seesUpstream;
        attempts += other.attempts;
        admitted += other.admitted;
        work.add(other.work);
        seconds = Math.max(seconds, other.seconds);
    }

    public long succeeded() {
        return outcomes.getOrDefault(GOOD, 0L);
    }

    public double success() {
        return requests == 0 ? 0 : (double) succeeded() / requests;
    }

    /** What the upstream did, where it {@link #seesUpstream is known}. */
    public UpstreamWork work() {
        return work;
    }

    /** Share of the upstream's work that nobody got. */
    public double waste() {
        return work.waste();
    }

    /** Attempts for each request that was admitted. */
    public double amplification() {
        return admitted == 0 ? 1 : (double) attempts / admitted;
    }

    /** Of requests that succeeded; 0 where none did. */
    public double percentileMillis(double percentile) {
        return latency.getTotalCount() == 0 ? 0 : latency.getValueAtPercentile(percentile) / 1000.0;
    }

    /** Whether there are enough values for a percentile to mean something. */
    public boolean knows(double percentile) {
        return latency.getTotalCount() * (100 - percentile) >= ENOUGH;
    }

    /**
     * Whether the generator itself was too slow to be believed: one request in a hundred left later than a tenth of what
     * half of the answers took, and more than 5 ms; or some could not be sent at all.
     */
    public boolean saturated() {
        long allowed = Math.max(5_000, service.getTotalCount() == 0 ? 0 : service.getValueAtPercentile(50) / 10);
        return unsent > 0 || lateness.getTotalCount() >= ENOUGH && lateness.getValueAtPercentile(99) > allowed;
    }

    /** Share of all requests that were cut off but would have had their answer within this time. */
    public double cutOffWithin(double moreSeconds) {
        return requests == 0 ? 0 : (double) cutOffs(moreSeconds) / requests;
    }

    /** How many were cut off but would have had their answer within this time. */
    public long cutOffs(double moreSeconds) {
        return missedBy.getCountBetweenValues(0, Math.round(moreSeconds * 1e6));
    }

    /** All have ended: finds out when it was well again. */
    void settle(Arrivals arrivals) {
        recovery = Recovery.of(bySecond, arrivals);
    }
}
