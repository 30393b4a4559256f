package io.culprit.upstream.pool;

import io.culprit.loop.IoLoop;
import java.util.ArrayDeque;
import java.util.Optional;
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

    /** A place that is waited for. */
    public static final class Want {
        private final IoLoop loop;
        private final Runnable granted;

        private Want(IoLoop loop, Runnable granted) {
            this.loop = loop;
            this.granted = granted;
        }
    }

    /**
     * @param limit connections open at a time, 0 for no limit
     */
    public ConnectionBudget(int limit) {
        this.limit = limit;
    }

    /** Connections open now. */
    public int open() {
        return open.get();
    }

    /** Takes a place for a connection that is about to be opened; whoever waits already goes first. */
    public boolean tryAcquire() {
        return wanted == 0 && take();
    }

    private boolean take() {
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
    public Optional<Want> await(IoLoop loop, Runnable granted) {
        Want want = new Want(loop, granted);
        synchronized (wants) {
            wants.add(want);
            wanted = wants.size();
        }
        grant();
        return Optional.of(want);
    }

    /** Waits no longer. A grant that is under way still comes and must be released. */
    public void cancel(Optional<Want> want) {
        if (want.isPresent()) {
            synchronized (wants) {
                wants.remove(want.get());
                wanted = wants.size();
            }
        }
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
                if (wants.isEmpty() || !take()) {
                    return;
                }
                first = wants.poll();
                wanted = wants.size();
            }
            first.loop.execute(first.granted);
        }
    }
}
