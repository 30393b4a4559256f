package io.culprit.loop;

import java.util.ArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * All deadlines of one IO thread in a hashed wheel: arming and disarming cost no allocation, no lock and no system
 * call. The danger is that a deadline linked into a slot moves: therefore a slot's visit trusts only
 * {@link Deadline#dueNanos}, never the slot. Owned by its IO thread; every method must be called there.
 */
public final class DeadlineWheel {
    /** A deadline fires at most this much late, plus what the thread was busy with. */
    public static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int SLOTS = 1024;
    private static final int MASK = SLOTS - 1;

    private final XnioIoThread thread;
    private final long origin = System.nanoTime();
    private final Deadline[] slots = new Deadline[SLOTS];
    private final long[] occupied = new long[SLOTS / 64];
    private final Runnable onTimer = this::onTimer;
    private long visitedTick;
    private long timerTick = Long.MAX_VALUE;
    private final ArrayList<Deadline> visited = new ArrayList<>();
    private int linked;
    private XnioExecutor.@Nullable Key timerKey;

    DeadlineWheel(XnioIoThread thread) {
        this.thread = thread;
    }

    /** Number of deadlines that occupy a slot, armed or not yet swept. */
    public int linked() {
        return linked;
    }

    /** Arms the deadline {@code delayNanos} from now, or switches it off when the delay is 0 or less. */
    public void arm(Deadline deadline, long delayNanos) {
        armFrom(System.nanoTime(), deadline, delayNanos);
    }

    /** The same, counted from a moment of {@link System#nanoTime} that the caller knows already. */
    public void armFrom(long now, Deadline deadline, long delayNanos) {
        if (delayNanos <= 0) {
            deadline.dueNanos = Deadline.OFF;
        } else {
            armAt(deadline, now + delayNanos);
        }
    }

    /** Arms the deadline for a moment of {@link System#nanoTime}. */
    public void armAt(Deadline deadline, long dueNanos) {
        deadline.dueNanos = dueNanos;
        long tick = tickOf(dueNanos);
        if (deadline.linkedTick >= 0) {
            if (deadline.linkedTick <= tick) {
                return;
            }
            unlink(deadline);
        }
        link(deadline, tick);
    }

    /** Disarms and leaves no trace; for deadlines whose owner goes away. */
    public void remove(Deadline deadline) {
        deadline.dueNanos = Deadline.OFF;
        if (deadline.linkedTick >= 0) {
            unlink(deadline);
        }
    }

    private long tickOf(long nanos) {
        return (nanos - origin + TICK_NANOS - 1) / TICK_NANOS;
    }

    private void link(Deadline deadline, long tick) {
        long at = Math.max(tick, visitedTick + 1);
        int slot = (int) (at & MASK);
        deadline.linkedTick = at;
        deadline.previous = null;
        deadline.next = slots[slot];
        if (slots[slot] != null) {
            slots[slot].previous = deadline;
        }
        slots[slot] = deadline;
        occupied[slot >> 6] |= 1L << slot;
        linked++;
        if (at < timerTick) {
            setTimer(at);
        }
    }

    private void unlink(Deadline deadline) {
        int slot = (int) (deadline.linkedTick & MASK);
        if (deadline.previous == null) {
            slots[slot] = deadline.next;
            if (deadline.next == null) {
                occupied[slot >> 6] &= ~(1L << slot);
            }
        } else {
            deadline.previous.next = deadline.next;
        }
        if (deadline.next != null) {
            deadline.next.previous = deadline.previous;
        }
        deadline.previous = null;
        deadline.next = null;
        deadline.linkedTick = -1;
        linked--;
    }

    private void setTimer(long tick) {
        if (timerKey != null) {
            timerKey.remove();
        }
        timerTick = tick;
        long delay = Math.max(0, origin + tick * TICK_NANOS - System.nanoTime());
        try {
            timerKey = thread.executeAfter(onTimer, TimeUnit.NANOSECONDS.toMillis(delay) + 1, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            timerKey = null; // the thread is ending: nothing will ever be due on it again
        }
    }

    private void onTimer() {
        timerKey = null;
        timerTick = Long.MAX_VALUE;
        long now = System.nanoTime();
        long nowTick = (now - origin) / TICK_NANOS;
        long from = visitedTick + 1;
        if (nowTick - from >= SLOTS) {
            from = nowTick - SLOTS + 1;
        }
        for (long tick = from; tick <= nowTick; tick++) {
            int slot = (int) (tick & MASK);
            if ((occupied[slot >> 6] & 1L << slot) != 0) {
                visitedTick = tick;
                visit(slot, now);
            }
        }
        visitedTick = Math.max(visitedTick, nowTick);
        schedule();
    }

    private void visit(int slot, long now) {
        // Take the whole chain out first: an expiry may arm, disarm or remove any deadline, also one of this chain.
        Deadline deadline = slots[slot];
        slots[slot] = null;
        occupied[slot >> 6] &= ~(1L << slot);
        visited.clear();
        while (deadline != null) {
            Deadline following = deadline.next;
            deadline.next = null;
            deadline.previous = null;
            deadline.linkedTick = -1;
            linked--;
            visited.add(deadline);
            deadline = following;
        }
        for (int i = 0; i < visited.size(); i++) {
            Deadline each = visited.get(i);
            if (each.linkedTick >= 0 || each.dueNanos == Deadline.OFF) {
                continue;
            }
            if (each.dueNanos <= now) {
                each.dueNanos = Deadline.OFF;
                expire(each);
            } else {
                link(each, tickOf(each.dueNanos));
            }
        }
        visited.clear();
    }

    private void expire(Deadline deadline) {
        try {
            deadline.expired();
        } catch (RuntimeException | Error e) { // one that fails must not stop all others of this thread
            Trouble.endIfOutOfMemory(e);
            IoLoop.LOG.error("a deadline's action failed: {}", Trouble.line(e));
        }
    }

    private void schedule() {
        if (linked == 0) {
            return;
        }
        int start = (int) ((visitedTick + 1) & MASK);
        for (int i = 0; i < SLOTS; i++) {
            int slot = start + i & MASK;
            if ((occupied[slot >> 6] & 1L << slot) != 0) {
                if (visitedTick + 1 + i < timerTick) {
                    setTimer(visitedTick + 1 + i);
                }
                return;
            }
        }
    }
}
