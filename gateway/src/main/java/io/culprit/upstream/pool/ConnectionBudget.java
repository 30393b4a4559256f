package io.culprit.upstream.pool;

import io.culprit.loop.IoLoop;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The exact number of connections that may be open at a time, over all IO threads, idle ones included. Somebody who may
 * use a connection but finds none to open waits here until an idle one, perhaps of another thread, was closed for it;
 * {@link IdlePool} closes instead of keeping while {@link #wanted} says so. Thread-safe.
 */
public final class ConnectionBudget {
    private final int limit;
    private final AtomicInteger open = new AtomicInteger();
    private final ArrayDeque<Want> wants = new ArrayDeque<>();
    private volatile int wanted;

    private record Want(IoLoop loop, Runnable granted) {}

    /**
     * @param limit connections open at a time, 0 for no limit
     */
    public ConnectionBudget(int limit) {
        this.limit = limit;
    }

    public int open() {
        return open.get();
    }

    /** Takes a place for a connection that is about to be opened. */
    public boolean tryAcquire() {
        int n = open.get();
        while (limit == 0 || n < limit) {
            if (open.compareAndSet(n, n + 1)) {
                return true;
            }
            n = open.get();
        }
        return false;
    }

    /** True while somebody waits for a place: idle connections should be closed rather than kept. */
    public boolean wanted() {
        return wanted > 0;
    }

    /** Waits for a place; {@code granted} runs on the loop and owns the place then. */
    public void await(IoLoop loop, Runnable granted) {
        synchronized (wants) {
            wants.add(new Want(loop, granted));
            wanted = wants.size();
        }
        grant();
    }

    /** A connection was closed. */
    public void release() {
        open.getAndDecrement();
        if (wanted > 0) {
            grant();
        }
    }

    private void grant() {
        while (true) {
            Want first;
            synchronized (wants) {
                if (wants.isEmpty() || !tryAcquire()) {
                    return;
                }
                first = wants.poll();
                wanted = wants.size();
            }
            first.loop().execute(first.granted());
        }
    }
}
