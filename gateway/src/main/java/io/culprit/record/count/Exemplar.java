package io.culprit.record.count;

import io.culprit.failure.Trace;

/**
 * One request that stands for a count (OpenMetrics 1.0, exemplars).
 *
 * @param trace its trace
 * @param value what it contributed: seconds for a histogram, 1 for a counter
 * @param epochMillis when
 */
public record Exemplar(Trace trace, double value, long epochMillis) {
    /** No exemplar. */
    public static final Exemplar NONE = new Exemplar(new Trace(0, 0, 0, 0, false), 0, 0);

    /** Whether there is one. */
    public boolean exists() {
        return this != NONE;
    }
}
