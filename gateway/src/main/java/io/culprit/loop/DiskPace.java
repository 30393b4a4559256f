package io.culprit.loop;

import java.util.ArrayDeque;

/**
 * How much of its time an IO thread may spend on temporary files: two fifths of every 50 ms. Responses that nobody waits for, because
 * their clients are behind, go on in turns beyond that, or a few thousand of them keep a new client waiting for seconds. Owned by one
 * IO thread.
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
        if (start - windowStart >= WINDOW_NANOS) {
            windowStart = start;
            spent = 0;
        }
        spent += end - start;
    }

    /** Whether what nobody waits for should be {@link #postpone postponed}. */
    public boolean exhausted() {
        return !postponed.isEmpty() || spent >= MOST_NANOS && System.nanoTime() - windowStart < WINDOW_NANOS;
    }

    /** Runs the task once it is its turn. */
    public void postpone(Runnable task) {
        if (postponed.isEmpty()) {
            deadlines.armAt(next, windowStart + WINDOW_NANOS);
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
            deadlines.armAt(next, Math.max(System.nanoTime(), windowStart) + WINDOW_NANOS);
        }
    }
}
