package io.culprit.bench.load;

import io.culprit.cli.Terminal;
import java.util.Locale;

/** How far a run is and how long it will take: a bar on a terminal, a line now and then elsewhere. Used by one thread. */
final class ProgressBar {
    private static final int WIDTH = 30;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final boolean terminal = Terminal.isThere() && System.getenv("TERM") != null;
    private long started = System.nanoTime();
    private long toldNanos = System.nanoTime() - LINE_NANOS / 2; // nothing of what ends at once
    private int steps = -1;

    /**
     * @param share of this step that is done, 0 to 1
     * @param ofSteps a new number begins a new phase, whose time is estimated anew
     */
    void at(int step, int ofSteps, double share, String what) {
        if (ofSteps != steps) {
            steps = ofSteps;
            started = System.nanoTime();
        }
        double done = (step + share) / ofSteps;
        double seconds = (System.nanoTime() - started) / 1e9;
        String left = done > 0.02 ? String.format(Locale.ROOT, "%.0f s", seconds / done - seconds) : "?";
        if (!terminal) {
            if (System.nanoTime() - toldNanos > LINE_NANOS) {
                toldNanos = System.nanoTime();
                System.err.printf("loadtest: %.0f %%, %s left, %s%n", done * 100, left, what);
            }
            return;
        }
        int full = (int) (done * WIDTH);
        System.err.printf(
                "\r  [%s%s] %3.0f %%, %s left, %-50.50s",
                "#".repeat(full), ".".repeat(WIDTH - full), done * 100, left, what);
    }

    void clear() {
        if (terminal) {
            System.err.printf("\r%-110s\r", "");
        }
    }
}
