package io.culprit.bench.load;

import io.culprit.bench.load.plan.Arrivals;
import java.util.Locale;
import java.util.Map;

/**
 * How long after a spike requests fared as well again as before it.
 *
 * @param known false where the load has no spike
 * @param seconds from the end of the spike; {@link Double#POSITIVE_INFINITY} when it was not within the run
 */
public record Recovery(boolean known, double seconds) {
    static final Recovery NONE = new Recovery(false, 0);

    /** More failures than chance explains, in standard deviations of a Poisson distribution. */
    private static final double UNLIKELY = 3;

    /** And more than this share of a second's requests. */
    private static final double NOTICED = 0.05;

    /**
     * @param bySecond outcomes by the second in which requests were due
     */
    static Recovery of(Map<Integer, Map<String, Long>> bySecond, Arrivals arrivals) {
        if (arrivals.shape() != Arrivals.Shape.SPIKE) {
            return NONE;
        }
        double begins = arrivals.spikeAt().toNanos() / 1e9;
        double ends = arrivals.overloadEnds();
        long before = 0;
        long failedBefore = 0;
        for (Map.Entry<Integer, Map<String, Long>> each : bySecond.entrySet()) {
            if (each.getKey() + 1 <= begins) {
                before += total(each.getValue());
                failedBefore += failed(each.getValue());
            }
        }
        double usual = before == 0 ? 0 : (double) failedBefore / before;
        double last = ends;
        int end = 0;
        for (Map.Entry<Integer, Map<String, Long>> each : bySecond.entrySet()) {
            end = Math.max(end, each.getKey() + 1);
            double expected = usual * total(each.getValue());
            double more = failed(each.getValue()) - expected;
            boolean bad = more > 1 + UNLIKELY * Math.sqrt(expected) && more > NOTICED * total(each.getValue());
            if (bad && each.getKey() >= ends) {
                last = each.getKey() + 1;
            }
        }
        return new Recovery(true, last >= end && last > ends ? Double.POSITIVE_INFINITY : last - ends);
    }

    private static long total(Map<String, Long> outcomes) {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long failed(Map<String, Long> outcomes) {
        return total(outcomes) - outcomes.getOrDefault(Cell.GOOD, 0L);
    }

    /** For people. */
    public String text() {
        if (!known) {
            return "-";
        }
        return Double.isInfinite(seconds) ? "not within the run" : String.format(Locale.ROOT, "%.0f s", seconds);
    }
}
