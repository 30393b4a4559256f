package io.culprit.sim.pool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The master "process": one thread that forks and buries workers, ticks once a second and obeys signals, as FPM's event
 * loop does (facts: php-fpm, process manager and signals).
 *
 * <pre>
 *   NORMAL -USR2-> RELOADING -> NORMAL      NORMAL -QUIT-> FINISHING -> ENDED
 *   any -TERM, INT-> TERMINATING -> ENDED   any -KILL-> ENDED, workers go on as orphans
 * </pre>
 */
public final class Master implements AutoCloseable {
    private static final long TICK_MILLIS = 1_000;
    private static final long EXEC_MILLIS = 60;
    private static final String BINARY = "/usr/sbin/php-fpm8.2";
    private static final AtomicInteger PIDS =
            new AtomicInteger((int) (ProcessHandle.current().pid() % 30_000) + 1);

    private enum State {
        NORMAL,
        RELOADING,
        FINISHING,
        TERMINATING,
        ENDED
    }

    private final MasterConfig config;
    private final FpmLog log;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sim-master");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Pool> pools = new ArrayList<>();
    private final List<Consumer<String>> kernelFollowers = new ArrayList<>();
    private final EmergencyRestart emergency;
    private final int pid = nextPid();
    private volatile State state = State.NORMAL;
    private int stage;
    private boolean executing;
    private @Nullable ScheduledFuture<?> escalation;

    private Master(MasterConfig config, FpmLog log) {
        this.config = config;
        this.log = log;
        this.emergency = new EmergencyRestart(config);
    }

    /**
     * Starts a master with its pools; connections are taken from now on.
     *
     * @throws IOException when a socket cannot be bound; nothing runs then
     */
    public static Master start(MasterConfig config, Application application, FpmLog log) throws IOException {
        Master master = new Master(config, log);
        try {
            for (PoolConfig each : config.pools()) {
                master.pools.add(new Pool(each, application, master));
            }
        } catch (IOException e) {
            master.pools.forEach(pool -> pool.close(true));
            master.loop.shutdownNow();
            throw e;
        }
        master.execute(master::begin);
        master.loop.scheduleAtFixedRate(master::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        for (Pool pool : master.pools) {
            long every = pool.config().heartbeatMillis();
            if (every > 0) {
                master.loop.scheduleAtFixedRate(pool::heartbeat, every, every, TimeUnit.MILLISECONDS);
            }
        }
        return master;
    }

    private void begin() {
        log.notice("fpm is running, pid " + pid);
        log.notice("ready to handle connections");
        log.notice("systemd monitor interval set to 10000ms");
        pools.forEach(Pool::begin);
    }

    private void tick() {
        if (spawns()) {
            pools.forEach(Pool::tick);
        }
    }

    int nextPid() {
        return PIDS.incrementAndGet();
    }

    /** Process id the log and status pages show. */
    public int pid() {
        return pid;
    }

    public List<Pool> pools() {
        return List.copyOf(pools);
    }

    /** The first pool; most scenarios have one. */
    public Pool pool() {
        return pools.get(0);
    }

    public FpmLog log() {
        return log;
    }

    ScheduledExecutorService timer() {
        return loop;
    }

    void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            return; // the simulator itself is being closed
        }
    }

    /** Whether workers may be forked: not while everything is about to end. */
    boolean spawns() {
        return state == State.NORMAL;
    }

    /** False once the master has ended, by whatever way. */
    public boolean alive() {
        return state != State.ENDED;
    }

    /** Tells what the kernel would log to {@code follower}. */
    public void followKernel(Consumer<String> follower) {
        synchronized (kernelFollowers) {
            kernelFollowers.add(follower);
        }
    }

    void kernel(String line) {
        synchronized (kernelFollowers) {
            kernelFollowers.forEach(each -> each.accept(line));
        }
    }

    /** Sends the master a signal; it acts on its own thread. */
    public void signal(Signal signal) {
        execute(() -> obey(signal));
    }

    private void obey(Signal signal) {
        if (state == State.ENDED) {
            return;
        }
        switch (signal) {
            case USR1 -> reopen();
            case USR2 -> {
                log.notice("Reloading in progress ...");
                leave(State.RELOADING);
            }
            case QUIT -> {
                log.notice("Finishing ...");
                leave(State.FINISHING);
            }
            case TERM, INT -> {
                log.notice("Terminating ...");
                leave(State.TERMINATING);
            }
            case KILL, SEGV, ABRT, HUP -> die();
        }
    }

    private void reopen() {
        try {
            log.reopen();
            log.notice("error log file re-opened");
        } catch (IOException e) {
            System.err.println("culprit sim: the log cannot be reopened: " + e.getMessage());
        }
    }

    /** TERM goes over everything, the first of the others stays. */
    private void leave(State next) {
        if (state == State.NORMAL) {
            state = next;
            stage = 0;
            escalate();
        } else if (next == State.TERMINATING) {
            state = next;
            stage = 1;
            escalate();
        }
    }

    /** SIGQUIT first (TERM when terminating), after process_control_timeout SIGTERM, a second later SIGKILL. */
    private void escalate() {
        if (escalation != null) {
            escalation.cancel(false);
        }
        boolean gently = stage == 0 && state != State.TERMINATING;
        long waitMillis = gently ? config.processControlTimeout().toMillis() : 1_000;
        if (gently) {
            pools.forEach(Pool::quitAll);
        } else {
            Signal signal = stage <= 1 ? Signal.TERM : Signal.KILL;
            pools.forEach(pool -> pool.killAll(signal));
        }
        stage++;
        escalation = loop.schedule(this::escalate, waitMillis, TimeUnit.MILLISECONDS);
        buried();
    }

    /** A worker was buried; when it was the last one of a master that is leaving, that is over. */
    void buried() {
        if (state == State.NORMAL || pools.stream().anyMatch(pool -> pool.size() > 0)) {
            return;
        }
        if (escalation != null) {
            escalation.cancel(false);
            escalation = null;
        }
        if (state == State.RELOADING) {
            exec();
        } else if (state == State.ENDED) {
            pools.forEach(pool -> pool.close(false));
        } else {
            log.notice("exiting, bye-bye!");
            end(true);
        }
    }

    private void exec() {
        if (executing) {
            return;
        }
        executing = true;
        log.notice("reloading: execvp(\"%s\", {\"%s\", \"-F\"})".formatted(BINARY, BINARY));
        loop.schedule(this::inherit, EXEC_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void inherit() {
        int descriptor = 8;
        for (Pool pool : pools) {
            log.notice("using inherited socket fd=%d, \"%s\""
                    .formatted(descriptor++, pool.config().listen()));
        }
        executing = false;
        state = State.NORMAL;
        begin();
    }

    /** @return true when the master restarts itself because of this worker's end */
    boolean emergency(Exit exit) {
        boolean reload = emergency.causedBy(exit);
        if (reload) {
            log.warning(emergency.line());
            leave(State.RELOADING);
        }
        return reload;
    }

    private void die() {
        state = State.ENDED;
        buried();
    }

    private void end(boolean unlink) {
        state = State.ENDED;
        pools.forEach(pool -> pool.close(unlink));
    }

    /** Ends everything at once, without a word in the log. */
    @Override
    public void close() {
        state = State.ENDED;
        for (Pool pool : pools) {
            pool.close(true);
            pool.killAll(Signal.KILL);
        }
        loop.shutdownNow();
        log.close();
    }
}
