package io.culprit.loop;

import java.util.ArrayDeque;

/**
 * How much of its time an IO thread may spend on temporary files: two fifths, looked at every 50 ms; a disk that is behind
 * and holds a write up for longer is left alone for longer. Responses that nobody waits for, because their clients are behind, go on in
 * turns beyond that, or a few thousand of them keep a new client waiting for seconds. Owned by one IO thread.
 */
public final class DiskPace {
    static final long WINDOW_NANOS = 50_000_000;
    static final long MOST_NANOS = 20_000_000;

    private final DeadlineWheel deadlines;
    private final ArrayDeque<Runnable> postponed = new ArrayDeque<>();
    private final Deadline next = new Deadline() {
        @Override
        protected void expired() {
            goOn();
        }
    };
    private long windowStart;
    private long spent;

    DiskPace(DeadlineWheel deadlines) {
        this.deadlines = deadlines;
    }

    /** A temporary file took this long. */
    void spent(long start, long end) {
        if (start - windowStart >= length()) {
            windowStart = start;
            spent = 0;
        }
        spent += end - start;
    }

    /** How long it is until files may have their part again, from the window's start. */
    private long length() {
        return Math.max(WINDOW_NANOS, spent * WINDOW_NANOS / MOST_NANOS);
    }

    /** Whether what nobody waits for should be {@link #postpone postponed}. */
    public boolean exhausted() {
        return !postponed.isEmpty() || spent >= MOST_NANOS && System.nanoTime() - windowStart < length();
    }

    /** Runs the task once it is its turn. */
    public void postpone(Runnable task) {
        if (postponed.isEmpty()) {
            deadlines.armAt(next, windowStart + length());
        }
        postponed.add(task);
    }

    private void goOn() {
        windowStart = System.nanoTime();
        spent = 0;
        while (!postponed.isEmpty() && spent < MOST_NANOS && System.nanoTime() - windowStart < WINDOW_NANOS) {
            postponed.poll().run();
        }
        if (!postponed.isEmpty()) {
            deadlines.armAt(next, windowStart + length());
        }
    }
}
