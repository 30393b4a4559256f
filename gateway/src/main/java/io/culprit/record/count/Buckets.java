package io.culprit.record.count;

/** The bounds of all duration histograms: from what a busy machine needs for a reply to the longest default timeout. */
public final class Buckets {
    private static final double[] SECONDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120
    };

    private Buckets() {}

    /** Upper bounds in seconds, inclusive; a last bucket without bound follows. */
    public static double[] seconds() {
        return SECONDS.clone();
    }

    static long[] nanos() {
        long[] nanos = new long[SECONDS.length];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = Math.round(SECONDS[i] * 1e9);
        }
        return nanos;
    }
}
