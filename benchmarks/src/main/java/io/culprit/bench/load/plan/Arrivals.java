package io.culprit.bench.load.plan;

import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * When requests are sent, whatever becomes of earlier ones: an open loop.
 *
 * @param shape how the rate goes over time
 * @param rate requests a second, at the beginning
 * @param peak requests a second at the end of a ramp or within a spike
 * @param duration of the whole
 * @param spikeAt when a spike begins
 * @param spikeFor how long it lasts
 */
public record Arrivals(Shape shape, double rate, double peak, Duration duration, Duration spikeAt, Duration spikeFor) {
    /** Shapes of load. */
    public enum Shape {
        /** Evenly spaced. */
        CONSTANT,
        /** As independent clients come: spaced at random, exponentially. */
        POISSON,
        /** Evenly from {@code rate} to {@code peak}. */
        RAMP,
        /** {@code rate}, and {@code peak} from {@code spikeAt} on for {@code spikeFor}; at random. */
        SPIKE
    }

    /** Times in nanoseconds from the start, in order. */
    public long[] times(RandomGenerator random) {
        double seconds = duration.toNanos() / 1e9;
        long[] times = new long[1024];
        int n = 0;
        double at = 0;
        while (true) {
            double now = rateAt(at);
            double step =
                    shape == Shape.POISSON || shape == Shape.SPIKE ? -Math.log(1 - random.nextDouble()) / now : 1 / now;
            at += step;
            if (at >= seconds) {
                return Arrays.copyOf(times, n);
            }
            if (n == times.length) {
                times = Arrays.copyOf(times, n * 2);
            }
            times[n++] = Math.round(at * 1e9);
        }
    }

    private double rateAt(double second) {
        return switch (shape) {
            case CONSTANT, POISSON -> rate;
            case RAMP -> rate + (peak - rate) * Math.min(1, second / (duration.toNanos() / 1e9));
            case SPIKE -> {
                double from = spikeAt.toNanos() / 1e9;
                yield second >= from && second < from + spikeFor.toNanos() / 1e9 ? peak : rate;
            }
        };
    }

    /** When the load is over that was too much, in seconds: the end of a spike, else the end. */
    public double overloadEnds() {
        return (shape == Shape.SPIKE ? spikeAt.plus(spikeFor) : duration).toNanos() / 1e9;
    }

    public String label() {
        String base = "%s %.0f/s".formatted(shape.name().toLowerCase(java.util.Locale.ROOT), rate);
        return switch (shape) {
            case CONSTANT, POISSON -> base + " for " + Settings.exact(duration);
            case RAMP -> base + " to %.0f/s within %s".formatted(peak, Settings.exact(duration));
            case SPIKE ->
                base
                        + ", %.0f/s from %s on for %s, %s in all"
                                .formatted(
                                        peak,
                                        Settings.exact(spikeAt),
                                        Settings.exact(spikeFor),
                                        Settings.exact(duration));
        };
    }
}
