package io.culprit.loop;

import org.jspecify.annotations.Nullable;

/**
 * A point in time at which something is due, kept in the {@link DeadlineWheel} of the owning IO thread. Re-arming is
 * lazy: moving the deadline into the future writes one field, and the wheel finds out when it visits the old place.
 */
public abstract class Deadline {
    static final long OFF = Long.MAX_VALUE;

    /** When it is due, in nanoseconds of {@link System#nanoTime}, or {@link #OFF}. */
    long dueNanos = OFF;

    /** Tick of the slot it is linked into, or -1. */
    long linkedTick = -1;

    @Nullable
    Deadline previous;

    @Nullable
    Deadline next;

    /** Called once on the owning IO thread, at the deadline or a few milliseconds later, never before. */
    protected abstract void expired();

    /** Switches the deadline off. Cheap: it stays in its slot until the wheel comes by. */
    public final void disarm() {
        dueNanos = OFF;
    }
}
