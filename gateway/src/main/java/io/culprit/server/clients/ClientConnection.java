package io.culprit.server.clients;

import io.culprit.loop.IoLoop;
import org.jspecify.annotations.Nullable;

/** One client's connection, whichever protocol it speaks. Owned by one IO thread. */
public abstract class ClientConnection {
    /** Links and state of {@link Clients.Idle}. */
    boolean idle;

    long idleSinceNanos;

    @Nullable
    ClientConnection idleBefore;

    @Nullable
    ClientConnection idleAfter;

    /** The loop whose thread owns it; any thread may ask. */
    public abstract IoLoop loop();

    /** Takes the fresh connection over and reads what has come already. */
    public abstract void start();

    /**
     * The gateway drains, and says so now and then: ends when nothing runs, at once where nothing has run for a while. Who was
     * answered lately may be sending the next request, and would find its connection closed.
     *
     * @param quietSince of {@link System#nanoTime}: who has been idle since then is closed
     */
    public void drain(long quietSince) {
        // what has just been accepted is served once
    }

    /** Requests and tunnels on it; any thread may ask, and gets the figure of about this moment. */
    public int running() {
        return 0;
    }

    /** The gateway stops: what runs is answered so, and so is a request that has come already; then the connection ends. */
    public abstract void stop();

    /** Ends at once whatever still runs, with its outcomes. */
    public abstract void terminate();

    /** Whether it is among those that wait for a request. */
    protected final boolean isIdle() {
        return idle;
    }

    /** Whether it has waited for a request since that time of {@link System#nanoTime}. */
    protected final boolean isIdleSince(long nanos) {
        return idle && idleSinceNanos - nanos <= 0;
    }

    /** Reads what has come, and begins what is whole of it. */
    protected abstract void readable();

    /** Whether its place is taken. */
    protected abstract boolean isOpen();

    /** Closes at once, whatever runs. */
    public abstract void close();

    /**
     * Closes unless a request has come meanwhile, which is begun then. Not in an event of its own.
     *
     * @return whether its place is free now
     */
    final boolean closeIfIdle() {
        long since = idleSinceNanos;
        readable();
        if (idle && idleSinceNanos == since) {
            close();
        }
        return !isOpen();
    }
}
