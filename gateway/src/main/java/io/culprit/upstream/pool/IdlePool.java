package io.culprit.upstream.pool;

import io.culprit.config.UpstreamConfig.KeepAlive;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The idle connections of one upstream on one IO thread, last in first out, so that the warm ones are used and the
 * surplus ages out. Owned by its loop; only {@link #size} may be read from elsewhere.
 *
 * @param <P> what a connection leads to
 * @param <C> the connection
 */
public final class IdlePool<P, C extends IdlePool.Pooled<P>> {
    /** What the pool needs to know of a connection. */
    public interface Pooled<P> {
        P peer();

        /** Closes it and gives its places in the budgets back. */
        void discard();

        /** Nanoseconds from its opening to {@code now} of {@link System#nanoTime}. */
        long ageNanos(long now);

        /** Requests it has served. */
        int served();

        /** It idles in the pool from now on, or no longer; called on the pool's thread. */
        void pooled(boolean inPool);
    }

    private final KeepAlive keepAlive;
    private final ArrayDeque<C> idle = new ArrayDeque<>();
    private final AtomicInteger size = new AtomicInteger();
    private boolean closed;

    /** An empty pool with these limits. */
    public IdlePool(KeepAlive keepAlive) {
        this.keepAlive = keepAlive;
    }

    /** Idle connections now. Any thread may read. */
    public int size() {
        return size.get();
    }

    /** Takes the most recently used connection to this peer. */
    public Optional<C> take(P peer) {
        if (idle.isEmpty()) {
            return Optional.empty();
        }
        C last = idle.peekLast();
        if (last != null && last.peer() == peer) {
            idle.pollLast();
            removed(last);
            return Optional.of(last);
        }
        for (Iterator<C> each = idle.descendingIterator(); each.hasNext(); ) {
            C candidate = each.next();
            if (candidate.peer() == peer) {
                each.remove();
                removed(candidate);
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Takes the longest idle connection. */
    public Optional<C> takeAny() {
        C first = idle.pollFirst();
        if (first != null) {
            removed(first);
        }
        return Optional.ofNullable(first);
    }

    /**
     * Keeps the connection if it is allowed to live on; closes the longest idle one when there are too many.
     *
     * @param now of {@link System#nanoTime}
     */
    public boolean keep(C connection, boolean wantedElsewhere, long now) {
        if (closed
                || keepAlive.connections() == 0
                || wantedElsewhere
                || connection.served() >= keepAlive.requests()
                || connection.ageNanos(now) >= keepAlive.age().toNanos()) {
            return false;
        }
        if (idle.size() == keepAlive.connections()) {
            C oldest = idle.pollFirst();
            removed(oldest);
            oldest.discard();
        }
        idle.addLast(connection);
        connection.pooled(true);
        size.set(idle.size()); // not lazily: who waits for a place must see it before we look whether anybody waits
        return true;
    }

    /** Takes a connection out that closed or expired. */
    public void forget(C connection) {
        if (idle.removeLastOccurrence(connection)) {
            removed(connection);
        }
    }

    /** Closes the longest idle connection that {@code peer} accepts, so that its place can be used. */
    public boolean reclaim(java.util.function.Predicate<P> peer) {
        for (Iterator<C> each = idle.iterator(); each.hasNext(); ) {
            C candidate = each.next();
            if (peer.test(candidate.peer())) {
                each.remove();
                removed(candidate);
                candidate.discard();
                return true;
            }
        }
        return false;
    }

    private void removed(C connection) {
        connection.pooled(false);
        size.lazySet(idle.size());
    }

    /** Closes all, and keeps none from now on: requests that still run bring theirs back. */
    public void closeAll() {
        closed = true;
        while (!idle.isEmpty()) {
            C next = idle.pollFirst();
            removed(next);
            next.discard();
        }
    }

    /** Idle time after which a connection is closed, in nanoseconds. */
    public long idleNanos() {
        return keepAlive.idle().toNanos();
    }
}
