package io.culprit.sim.pool;

import io.culprit.sim.protocol.Connection;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What reaches a worker from outside: a connection, the wish that it end, its death. The danger is a connection handed
 * to a worker that dies in the same moment; whoever finds it here then closes it. Thread-safe.
 */
final class Mailbox {
    private @Nullable SocketChannel given;
    private boolean quitting;
    private int quitSignals;
    private boolean killed;

    /** @return false when the worker takes no connection any more */
    synchronized boolean give(SocketChannel fresh) {
        if (killed || quitting) {
            return false;
        }
        given = fresh;
        notifyAll();
        return true;
    }

    synchronized void quit() {
        quitting = true;
        quitSignals++;
        notifyAll();
    }

    /** @return false when it was dead already */
    synchronized boolean kill() {
        if (killed) {
            return false;
        }
        killed = true;
        notifyAll();
        return true;
    }

    synchronized boolean killed() {
        return killed;
    }

    synchronized boolean quitting() {
        return quitting;
    }

    /**
     * Waits for a connection.
     *
     * @return empty when the worker is to end
     * @throws WorkerKilledException when it is dead
     */
    synchronized Optional<SocketChannel> take() {
        while (given == null && !quitting && !killed) {
            try {
                wait();
            } catch (InterruptedException e) {
                continue; // a kill; the flag says so
            }
        }
        SocketChannel taken = given;
        given = null;
        if (killed) {
            if (taken != null) {
                new Connection(taken).kill();
            }
            throw new WorkerKilledException();
        }
        return Optional.ofNullable(taken);
    }

    /**
     * Waits for a time.
     *
     * @param interruptible whether a SIGQUIT that comes meanwhile ends it
     * @throws WorkerKilledException when the worker is dead
     */
    synchronized void pause(long nanos, boolean interruptible) {
        long until = System.nanoTime() + nanos;
        int before = quitSignals;
        long left = nanos;
        while (left > 0 && !killed && !(interruptible && quitSignals > before)) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                continue; // a kill; the flag says so
            } finally {
                left = until - System.nanoTime();
            }
        }
        if (killed) {
            throw new WorkerKilledException();
        }
    }
}
