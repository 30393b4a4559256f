package io.culprit.bench.load.report;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.UpstreamWork;
import java.util.Locale;

/**
 * What chance leaves of a share and of the difference of two, with 95 % confidence: Wilson's score interval, and Newcombe's
 * hybrid of two of them (Statistics in Medicine 17, 1998, method 10). Requests of a burst hinder each other, so that they are
 * not quite independent: the true intervals are a little wider. Stateless.
 */
final class Confidence {
    /** The normal distribution's 97.5 % quantile. */
    private static final double Z = 1.959964;

    private Confidence() {}

    /**
     * @param low least value, as a share from -1 to 1
     * @param high greatest value
     */
    record Interval(double low, double high) {
        boolean holdsZero() {
            return low <= 0 && high >= 0;
        }

        /** In points, such as {@code 1.4 to 5.0}. */
        String points() {
            return String.format(Locale.ROOT, "%.1f to %.1f", low * 100, high * 100);
        }
    }

    /** Of a share: so many of so many. */
    static Interval of(long good, long all) {
        return wilson(all == 0 ? 0 : (double) good / all, all);
    }

    /** Of the share of the upstream's work that was wasted. */
    static Interval of(UpstreamWork work) {
        return wilson(work.waste(), work.effectiveJobs());
    }

    private static Interval wilson(double share, double all) {
        if (all == 0) {
            return new Interval(0, 1);
        }
        double spread = Z * Math.sqrt(share * (1 - share) / all + Z * Z / (4.0 * all * all));
        double middle = share + Z * Z / (2.0 * all);
        double scale = 1 + Z * Z / all;
        return new Interval(Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale));
    }

    /** Of what {@code other} loses against {@code best}; negative where it gains. */
    static Interval loss(Cell best, Cell other) {
        Interval first = of(best.succeeded(), best.requests());
        Interval second = of(other.succeeded(), other.requests());
        double p = best.success();
        double q = other.success();
        double down = Math.hypot(p - first.low(), second.high() - q);
        double up = Math.hypot(first.high() - p, q - second.low());
        return new Interval(p - q - down, p - q + up);
    }

    /** Whether all that two cells differ by may be chance. */
    static boolean equal(Cell best, Cell other) {
        return best == other || loss(best, other).holdsZero();
    }

    /** Requests for each cell by which a difference of so much would show. */
    static long enough(Cell cell, double difference) {
        double share = Math.min(0.98, Math.max(0.02, cell.success()));
        return (long) Math.ceil(2 * Z * Z * share * (1 - share) / (difference * difference));
    }

    /** The least difference that shows with this cell's number of requests. */
    static double resolution(Cell cell) {
        double share = Math.min(0.98, Math.max(0.02, cell.success()));
        return cell.requests() == 0 ? 1 : Z * Math.sqrt(2 * share * (1 - share) / cell.requests());
    }
}
