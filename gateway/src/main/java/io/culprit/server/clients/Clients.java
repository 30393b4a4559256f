package io.culprit.server.clients;

import io.culprit.failure.Cause;
import io.culprit.failure.Event;
import io.culprit.listen.ListenSocket;
import io.culprit.loop.IoLoop;
import io.culprit.loop.LoopMemory;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.MemoryBudget.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All clients' connections: how many there may be, and who goes when there are too many. A new client beyond {@code
 * limits.connections}, or while memory is short, costs the connection that has been idle longest, as in nginx; where none
 * is idle the listeners pause until a place is free. A running request is never ended for a new client. Thread-safe;
 * {@link Idle} belongs to its loop.
 */
public final class Clients {
    /** Connections looked at to find an idle one, in one event. */
    private static final int MOST_LOOKS = 64;

    /** Idle connections closed in one event while memory is short: one alone frees less than is drawn at a time. */
    private static final int MANY = 256;

    private volatile int most;
    private final MemoryBudget memory;
    private final Event.Sink events;
    private final List<Idle> idle = new ArrayList<>();
    private final List<ListenSocket> listeners = new CopyOnWriteArrayList<>();
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong closedIdle = new AtomicLong();
    private final AtomicLong pauses = new AtomicLong();
    private final AtomicBoolean crowded = new AtomicBoolean();
    private volatile boolean paused;

    /** One loop's connections that wait for a request, longest first. Owned by its thread, but for what is volatile. */
    public static final class Idle {
        private final IoLoop loop;
        private @Nullable ClientConnection oldest;
        private @Nullable ClientConnection newest;
        private final AtomicInteger connections = new AtomicInteger();
        /** Stored lazily: a glimpse of it is enough for other threads, and requests pay nothing for it. */
        private final AtomicInteger size = new AtomicInteger();

        private final AtomicLong oldestSinceNanos = new AtomicLong();

        private Idle(IoLoop loop) {
            this.loop = loop;
        }

        public void add(ClientConnection connection, long now) {
            connection.idle = true;
            connection.idleSinceNanos = now;
            connection.idleBefore = newest;
            if (newest == null) {
                oldest = connection;
                oldestSinceNanos.lazySet(now);
            } else {
                newest.idleAfter = connection;
            }
            newest = connection;
            size.lazySet(size.getPlain() + 1);
        }

        public void remove(ClientConnection connection) {
            if (!connection.idle) {
                return;
            }
            connection.idle = false;
            if (connection.idleBefore == null) {
                oldest = connection.idleAfter;
                oldestSinceNanos.lazySet(oldest == null ? 0 : oldest.idleSinceNanos);
            } else {
                connection.idleBefore.idleAfter = connection.idleAfter;
            }
            if (connection.idleAfter == null) {
                newest = connection.idleBefore;
            } else {
                connection.idleAfter.idleBefore = connection.idleBefore;
            }
            connection.idleBefore = null;
            connection.idleAfter = null;
            size.lazySet(size.getPlain() - 1);
        }

        /** Whoever has sent something that was not read yet is not idle, and goes on. */
        private boolean closeOldest() {
            for (int i = 0; oldest != null && i < MOST_LOOKS; i++) {
                if (oldest.closeIfIdle()) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * @param most connections that may be open
     * @param loops in the order of their numbers
     */
    public Clients(int most, MemoryBudget memory, List<IoLoop> loops, Event.Sink events) {
        this.most = most;
        this.memory = memory;
        this.events = events;
        loops.forEach(loop -> idle.add(new Idle(loop)));
    }

    public void listener(ListenSocket listener) {
        listeners.add(listener);
    }

    /** A listener that is no more. */
    public void forget(ListenSocket listener) {
        listeners.remove(listener);
    }

    public Idle idle(IoLoop loop) {
        return idle.get(loop.number());
    }

    /** Connections open now. */
    public int count() {
        return count.get();
    }

    /** Connections that may be open. */
    public int most() {
        return most;
    }

    /** Another configuration allows this many; those that are open stay, and those that waited may come. Any thread may call. */
    public void most(int newMost) {
        most = newMost;
        lookAgain();
    }

    /** Connections that wait for a request. */
    public int idleCount() {
        return idle.stream().mapToInt(each -> each.size.get()).sum();
    }

    /** Idle connections closed so far to make room. */
    public long closedIdle() {
        return closedIdle.get();
    }

    /** Times the listeners have paused so far. */
    public long pauses() {
        return pauses.get();
    }

    /** Whether the listeners pause. */
    public boolean paused() {
        return paused;
    }

    /** The loop with the fewest connections; the place there is taken at once, since the client comes in a moment. */
    public IoLoop next() {
        Idle fewest = idle.get(0);
        for (int i = 1; i < idle.size(); i++) {
            if (idle.get(i).connections.get() < fewest.connections.get()) {
                fewest = idle.get(i);
            }
        }
        fewest.connections.incrementAndGet();
        if (count.incrementAndGet() >= most - most / 10) {
            crowded();
        }
        return fewest.loop;
    }

    /** Takes a place on a given loop, for a client that did not come by a listener. */
    public void took(IoLoop loop) {
        idle(loop).connections.incrementAndGet();
        count.incrementAndGet();
    }

    /** A place taken by {@link #next} is free again. */
    public void lost(IoLoop loop) {
        idle(loop).connections.decrementAndGet();
        if (count.decrementAndGet() < most - most / 5 && crowded.get() && !memory.reached(Level.PAUSE)) {
            quiet();
        }
        lookAgain();
    }

    public void opened(ClientConnection connection) {
        open.add(connection);
        connection.loop().memory().heap(LoopMemory.CONNECTION_BYTES);
    }

    /** One connection goes on as another, in the same place; call on its thread. */
    public void replace(ClientConnection before, ClientConnection after) {
        open.add(after);
        open.remove(before);
    }

    /** Called on the connection's thread; idempotent. */
    public void closed(ClientConnection connection) {
        if (open.remove(connection)) {
            connection.loop().memory().heap(-LoopMemory.CONNECTION_BYTES);
            lost(connection.loop());
        }
    }

    public Set<ClientConnection> all() {
        return open;
    }

    /**
     * Whether a further client may come; closes the longest idle connection for it. Called on a listener's thread.
     *
     * @param here loop of that thread
     */
    public boolean admits(IoLoop here) {
        if (hasRoom()) {
            return true;
        }
        makeRoom(here);
        if (hasRoom()) {
            return true;
        }
        pause();
        lookAgain(); // a place may have come between our look and the pause's being seen
        return false;
    }

    /** Whether a further client may come at no other's cost. */
    public boolean hasRoom() {
        return count.get() < most && !memory.reached(Level.PAUSE);
    }

    /** Whether an idle connection should be closed rather than kept: somebody waits to be accepted. */
    public boolean wanted() {
        return paused;
    }

    /** Ends the longest idle connection; on another thread it ends in a moment. */
    public void makeRoom(IoLoop here) {
        Idle longest = null;
        for (Idle each : idle) {
            if (each.size.get() > 0
                    && (longest == null || each.oldestSinceNanos.get() - longest.oldestSinceNanos.get() < 0)) {
                longest = each;
            }
        }
        if (longest == null) {
            return;
        }
        Idle chosen = longest;
        if (chosen.loop == here) {
            closeOldest(chosen);
        } else {
            chosen.loop.execute(() -> closeOldest(chosen));
        }
    }

    private void closeOldest(Idle chosen) {
        int wanted = memory.reached(Level.PAUSE) ? MANY : 1;
        for (int i = 0; i < wanted && chosen.closeOldest(); i++) {
            closedIdle.incrementAndGet();
        }
    }

    /** What a pause for want of memory does now and then: more of the idle go, until there is room again. */
    public void relieve(IoLoop here) {
        if (paused && memory.reached(Level.PAUSE)) {
            makeRoom(here);
        }
        lookAgain();
    }

    private void pause() {
        if (!paused) {
            paused = true;
            pauses.incrementAndGet();
            crowded();
        }
    }

    /** Told once, while there is still room, and again only after it has become quiet. */
    private void crowded() {
        if (crowded.compareAndSet(false, true)) {
            tell(
                    Event.Kind.CLIENTS_LIMITED,
                    memory.reached(Level.PAUSE)
                            ? "memory held for clients is used up: new ones wait (gateway.memory)"
                            : "%d of %d connections of limits.connections are open, beyond that new clients wait"
                                    .formatted(count.get(), most));
        }
    }

    private void quiet() {
        if (crowded.compareAndSet(true, false)) {
            tell(Event.Kind.CLIENTS_UNLIMITED, "%d of %d connections are open".formatted(count.get(), most));
        }
    }

    private void tell(Event.Kind kind, String what) {
        events.happened(Event.now(kind, "", Cause.GATEWAY_CONNECTIONS.id(), what));
    }

    /** Ends the pause when there is room. Asked now and then too, since nobody says when memory is given back. */
    public void lookAgain() {
        if (paused && hasRoom()) {
            paused = false;
            listeners.forEach(ListenSocket::resume);
        }
    }
}
