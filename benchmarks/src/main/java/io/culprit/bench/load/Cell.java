package io.culprit.bench.load;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What came of one cell. Filled by one thread. */
final class Cell {
    /** Answered as it should be. */
    static final String GOOD = "ok";

    private static final long LONGEST_MICROS = 3_600_000_000L;

    final Settings settings;
    final boolean simulated;

    /** From the moment a request was due, in microseconds: a client that had to wait for its turn is counted in full. */
    final Histogram latency = new Histogram(LONGEST_MICROS, 3);

    /** From the moment it was really sent. */
    final Histogram service = new Histogram(LONGEST_MICROS, 3);

    /** How late requests were sent, in microseconds. */
    final Histogram lateness = new Histogram(LONGEST_MICROS, 3);

    /** By how much requests that were cut off missed their answer, in microseconds. */
    final Histogram missedBy = new Histogram(LONGEST_MICROS, 3);

    /** How long those took that failed, from the moment they were sent, in microseconds. */
    final Histogram failures = new Histogram(LONGEST_MICROS, 3);

    final Map<String, Long> outcomes = new TreeMap<>();
    final Map<Integer, Map<String, Long>> bySecond = new TreeMap<>();
    long requests;
    long attempts;
    double usefulSeconds;
    double wastedSeconds;
    double seconds;
    double recoverySeconds;

    Cell(Settings settings, boolean simulated) {
        this.settings = settings;
        this.simulated = simulated;
    }

    /** A request has ended. */
    void ended(String outcome, long dueNanos, long sentNanos, long endNanos) {
        requests++;
        outcomes.merge(outcome, 1L, Long::sum);
        bySecond.computeIfAbsent((int) (endNanos / 1_000_000_000L), s -> new TreeMap<>())
                .merge(outcome, 1L, Long::sum);
        if (outcome.equals(GOOD)) {
            latency.recordValue(Math.min(LONGEST_MICROS, Math.max(0, endNanos - dueNanos) / 1000));
            service.recordValue(Math.min(LONGEST_MICROS, Math.max(0, endNanos - sentNanos) / 1000));
        } else {
            failures.recordValue(Math.min(LONGEST_MICROS, Math.max(0, endNanos - sentNanos) / 1000));
        }
        seconds = Math.max(seconds, endNanos / 1e9);
    }

    double success() {
        return requests == 0 ? 0 : (double) outcomes.getOrDefault(GOOD, 0L) / requests;
    }

    /** Share of the upstream's work that nobody got. */
    double waste() {
        double all = usefulSeconds + wastedSeconds;
        return all == 0 ? 0 : wastedSeconds / all;
    }

    /** Attempts for each request. */
    double amplification() {
        return requests == 0 ? 1 : (double) attempts / requests;
    }

    double percentileMillis(double percentile) {
        return latency.getTotalCount() == 0 ? 0 : latency.getValueAtPercentile(percentile) / 1000.0;
    }

    /** Whether the generator itself was too slow to be believed. */
    boolean saturated() {
        return lateness.getTotalCount() > 0 && lateness.getValueAtPercentile(99) > 20_000;
    }

    /** Share of all requests that were cut off but would have had their answer within this time. */
    double cutOffWithin(double moreSeconds) {
        return requests == 0 ? 0 : (double) missedBy.getCountBetweenValues(0, Math.round(moreSeconds * 1e6)) / requests;
    }

    /** How long after the overload the last second with a failure was. */
    void settle(double overloadEnds) {
        int last = -1;
        for (Map.Entry<Integer, Map<String, Long>> each : bySecond.entrySet()) {
            if (each.getValue().keySet().stream().anyMatch(outcome -> !outcome.equals(GOOD))) {
                last = each.getKey();
            }
        }
        recoverySeconds = Math.max(0, last + 1 - overloadEnds);
    }
}
