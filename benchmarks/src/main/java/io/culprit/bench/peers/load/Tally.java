package io.culprit.bench.peers.load;

import java.util.Locale;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What a generator of our own counts. Thread-safe. */
final class Tally {
    private static final long LONGEST_NANOS = 60_000_000_000L;

    private final Histogram latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private final java.util.concurrent.atomic.LongAdder failed = new java.util.concurrent.atomic.LongAdder();
    private final java.util.concurrent.atomic.LongAdder errors = new java.util.concurrent.atomic.LongAdder();
    private final long begun = System.nanoTime();

    /** One more was answered. */
    void answered(long nanos, boolean well) {
        latency.recordValue(Math.min(nanos, LONGEST_NANOS));
        if (!well) {
            failed.increment();
        }
    }

    /** A socket broke. */
    void broke() {
        errors.increment();
    }

    /** All of it, as {@link JvmLoad} reads it. */
    String line() {
        double seconds = (System.nanoTime() - begun) / 1e9;
        return String.format(
                Locale.ROOT,
                "load %d %.1f %.4f %.4f %d %d",
                latency.getTotalCount(),
                latency.getTotalCount() / seconds,
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6,
                failed.sum(),
                errors.sum());
    }
}
