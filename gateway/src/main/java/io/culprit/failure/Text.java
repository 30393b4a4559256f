package io.culprit.failure;

import java.util.Locale;

/** Figures as people read them, the same in details, logs and pages. */
public final class Text {
    private Text() {}

    /**
     * A duration with two or three figures, e.g. {@code 420 us}, {@code 15 ms}, {@code 4.98 s}, {@code 12 min}, {@code 7 h
     * 36 min}.
     */
    public static String duration(long nanos) {
        if (nanos < 1_000_000) {
            return nanos / 1_000 + " us";
        }
        if (nanos < 1_000_000_000L) {
            return nanos / 1_000_000 + " ms";
        }
        double seconds = nanos / 1e9;
        if (seconds < 600) {
            return String.format(Locale.ROOT, "%.2f s", seconds);
        }
        long minutes = Math.round(seconds / 60);
        return minutes < 120 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }

    /** {@code 1 request}, {@code 3 requests}. */
    public static String count(long n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
