package io.culprit.sim.pool;

import io.culprit.sim.pool.figures.RequestStage;
import io.culprit.sim.pool.figures.Scoreboard;
import io.culprit.sim.pool.figures.WorkerFigures;
import io.culprit.sim.protocol.Connection;
import io.culprit.sim.protocol.Conversation;
import io.culprit.sim.protocol.FastCgiConversation;
import io.culprit.sim.protocol.HttpConversation;
import io.culprit.sim.protocol.ScriptRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One worker "process": a thread with a process id that takes one connection at a time from the {@link SharedListener}. What the
 * process manager and the status page read of it is on its {@link Scoreboard}; any thread may call {@link #kill} and {@link
 * #quit}.
 */
public final class Worker {
    /** FPM closes a connection on which nothing was sent for this long. */
    private static final long SILENCE_MILLIS = 5_000;

    private final Pool pool;
    private final int pid;
    private final long startedNanos = System.nanoTime();
    private final Thread thread;
    private final Mailbox mailbox = new Mailbox();
    private final Scoreboard board = new Scoreboard();
    private volatile boolean idleKill;
    private volatile @Nullable Connection connection;
    private volatile long leaked;
    private volatile long allocated;

    Worker(Pool pool, int pid) {
        this.pool = pool;
        this.pid = pid;
        this.thread = new Thread(this::run, "sim-" + pool.config().name() + "-" + pid);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The connection in hand, for faults that end it their own way. */
    public Connection connection() {
        return Objects.requireNonNull(connection);
    }

    /** A connection is handed over; false when the worker is no longer there to take it. */
    boolean give(SocketChannel fresh) {
        return mailbox.give(fresh);
    }

    /** SIGQUIT: ends after the request it has, at once when it has none. A sleeping script wakes up. */
    public void quit() {
        pool.gate().withdraw(this);
        mailbox.quit();
        Connection current = connection;
        if (current != null && board.stage() == RequestStage.FINISHING) {
            current.kill(); // the signal ends its waiting for the other side
        }
    }

    /** Any other deadly signal: the connection breaks where it stands. @return false when it was dead already */
    public boolean kill(Signal signal) {
        pool.gate().withdraw(this);
        if (!mailbox.kill()) {
            return false;
        }
        Connection current = connection;
        if (current != null) {
            current.kill();
        }
        thread.interrupt();
        pool.exited(this, Exit.by(signal));
        return true;
    }

    /** Waits as {@code usleep()} does: a SIGQUIT meanwhile ends the wait early, unless it is not interruptible. */
    public void pause(long nanos, boolean interruptible) {
        mailbox.pause(nanos, interruptible);
    }

    public boolean killed() {
        return mailbox.killed();
    }

    private void run() {
        try {
            pool.gate().offer(this);
            for (Optional<SocketChannel> next = mailbox.take(); next.isPresent(); next = mailbox.take()) {
                serve(next.get());
                if (recycled() || mailbox.quitting()) {
                    break;
                }
                pool.gate().offer(this);
            }
            if (mailbox.kill()) {
                pool.exited(this, Exit.withCode(0));
            }
        } catch (WorkerKilledException e) {
            // whoever killed it has reported that
        } catch (RuntimeException e) {
            System.err.println("culprit sim: worker " + pid + " failed: " + e);
            kill(Signal.ABRT);
        }
    }

    private boolean recycled() {
        int most = pool.config().maxRequests();
        return most > 0 && board.requests() >= most;
    }

    private void serve(SocketChannel channel) {
        Thread.interrupted();
        connection = new Connection(channel);
        board.accepted();
        try {
            if (killed()) {
                throw new WorkerKilledException();
            }
            converse(connection);
        } catch (IOException e) {
            connection.kill(); // the other side has left, or we are dead
            if (killed()) {
                throw new WorkerKilledException();
            }
        } catch (WorkerKilledException e) {
            connection.kill(); // whoever killed us may have looked before the connection was ours
            throw e;
        } finally {
            connection = null;
            if (!idle()) {
                leaveRequest();
            }
        }
    }

    private void converse(Connection on) throws IOException {
        Conversation talk = pool.config().protocol() == PoolConfig.Protocol.FASTCGI
                ? new FastCgiConversation(on)
                : new HttpConversation(on);
        var silence = pool.timer().schedule(() -> silent(on), SILENCE_MILLIS, TimeUnit.MILLISECONDS);
        boolean any;
        try {
            any = talk.awaitBytes();
        } finally {
            silence.cancel(false);
        }
        boolean keep = true;
        while (keep) {
            enterRequest();
            Optional<ScriptRequest> request = any ? talk.request() : Optional.empty();
            if (request.isEmpty()) {
                on.kill();
                return;
            }
            keep = answer(talk, request.get());
            if (!keep) {
                board.stage(RequestStage.FINISHING);
                on.finish();
                return;
            }
            leaveRequest();
            enterRequest();
            any = talk.awaitBytes();
        }
    }

    private void silent(Connection on) {
        if (connection == on && idle()) {
            on.kill();
        }
    }

    private boolean answer(Conversation talk, ScriptRequest request) throws IOException {
        board.read(request);
        if (request.contentLength() > 0 && !pool.application().answersEarly(request)) {
            talk.readBody();
        }
        board.stage(RequestStage.RUNNING);
        long cpuBefore = cpuNanos();
        boolean goesOn = pool.application().run(pool, this, request, talk.output());
        board.ending(cpuNanos() - cpuBefore);
        if (!goesOn) {
            return false;
        }
        boolean keep = request.keepConnection() && !recycled() && !mailbox.quitting();
        talk.output().end();
        return keep;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private void enterRequest() {
        board.entered();
        pool.accepted();
    }

    private void leaveRequest() {
        allocated = 0;
        board.left();
    }

    /** Memory of this request beyond the base. */
    public void allocate(long bytes) {
        allocated += bytes;
        pool.memory().check();
    }

    /** Memory that outlives the request. */
    public void leak(long bytes) {
        leaked += bytes;
        pool.memory().check();
    }

    /** Bytes of this request so far. */
    public long allocated() {
        return allocated;
    }

    long rss() {
        return pool.config().memory().base() + leaked + allocated;
    }

    public int pid() {
        return pid;
    }

    /** What the manager and the status page know of it. */
    public Scoreboard board() {
        return board;
    }

    boolean idle() {
        return board.stage() == RequestStage.IDLE;
    }

    long startedNanos() {
        return startedNanos;
    }

    /** Whether it has a connection, be it silent. */
    boolean serving() {
        return connection != null;
    }

    /** What the status page says of it. Any thread may ask. */
    public WorkerFigures report() {
        return board.report(pid);
    }

    boolean idleKill() {
        return idleKill;
    }

    void idleKill(boolean byManager) {
        idleKill = byManager;
    }
}
