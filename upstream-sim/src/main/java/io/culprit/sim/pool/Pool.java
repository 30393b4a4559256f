package io.culprit.sim.pool;

import io.culprit.sim.pool.figures.RequestStage;
import io.culprit.sim.pool.figures.Scoreboard;
import io.culprit.sim.pool.manager.ProcessManager;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * One pool: its gate, its workers and its figures. Workers come and go on the master's thread only; figures are read by
 * any thread.
 */
public final class Pool {
    private final PoolConfig config;
    private final Master master;
    private final Application application;
    private final SharedListener gate;
    private ProcessManager manager;
    private final Memory memory = new Memory(this);
    private final SlowLog slowLog;
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final Optional<Runnable> statusListener;
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicInteger mostActive = new AtomicInteger();
    private volatile long startedMillis = System.currentTimeMillis();
    private volatile int maxChildrenReached;
    private volatile int slowRequests;
    private volatile ListenQueue.Figures queue = ListenQueue.Figures.NONE;
    private volatile int mostQueued;
    private volatile int oomKills;

    Pool(PoolConfig config, Application application, Master master) throws IOException {
        this.config = config;
        this.application = application;
        this.master = master;
        this.manager = ProcessManager.of(this);
        this.slowLog = new SlowLog(config.slowlog());
        boolean ondemand = config.pm() == PoolConfig.Pm.ONDEMAND;
        this.gate = SharedListener.open(config, ondemand ? () -> master.execute(this::connectionWaits) : null);
        this.statusListener = config.statusListen().isPresent()
                ? Optional.of(application.listenForStatus(config.statusListen().get(), this))
                : Optional.empty();
    }

    void begin() {
        startedMillis = System.currentTimeMillis();
        accepted.set(0);
        mostActive.set(0);
        maxChildrenReached = 0;
        slowRequests = 0;
        mostQueued = 0;
        manager = ProcessManager.of(this); // a reload forgets rate and warnings
        manager.start();
    }

    private void connectionWaits() {
        if (master.spawns()) {
            manager.connectionWaits();
        }
    }

    public PoolConfig config() {
        return config;
    }

    Application application() {
        return application;
    }

    SharedListener gate() {
        return gate;
    }

    /** The port it listens on, 0 for a unix socket. */
    public int port() {
        return gate.port();
    }

    public Memory memory() {
        return memory;
    }

    ScheduledExecutorService timer() {
        return master.timer();
    }

    /** Its workers now. */
    public List<Worker> workers() {
        return workers;
    }

    public int size() {
        return workers.size();
    }

    private int count(Predicate<Worker> which) {
        return (int) workers.stream().filter(which).count();
    }

    public void spawn(int n) {
        for (int i = 0; i < n; i++) {
            fork();
        }
    }

    private Worker fork() {
        Worker fresh = new Worker(this, master.nextPid());
        workers.add(fresh);
        fresh.start();
        return fresh;
    }

    public void warning(String text) {
        master.log().warning(prefix() + text);
    }

    private String prefix() {
        return "[pool " + config.name() + "] ";
    }

    public void maxChildrenReached(String text) {
        maxChildrenReached++;
        warning(text);
    }

    void tick() {
        queue = ListenQueue.of(config, port());
        mostQueued = Math.max(mostQueued, queue.waiting());
        manager.tick(count(Worker::idle));
    }

    public void reapOldestIdle() {
        oldestIdle().ifPresent(this::reap);
    }

    /** Ends the oldest idle worker if it has been idle for longer than that, counted in whole seconds as FPM does. */
    public void reapIdleSince(long nanos) {
        oldestIdle()
                .filter(w -> seconds(w.board().activityNanos()) < seconds(System.nanoTime()) - nanos / 1_000_000_000L)
                .ifPresent(this::reap);
    }

    private static long seconds(long nanos) {
        return Math.floorDiv(nanos, 1_000_000_000L);
    }

    private Optional<Worker> oldestIdle() {
        return workers.stream().filter(Worker::idle).min(Comparator.comparingLong(Worker::startedNanos));
    }

    private void reap(Worker worker) {
        worker.idleKill(true);
        worker.quit();
    }

    /** A worker has ended; any thread may say so. */
    void exited(Worker worker, Exit exit) {
        master.execute(() -> bury(worker, exit));
    }

    private void bury(Worker worker, Exit exit) {
        if (!workers.remove(worker)) {
            return;
        }
        if (master.spawns() && !worker.idleKill()) {
            long micros = (System.nanoTime() - worker.startedNanos()) / 1_000;
            String text = "%schild %d exited %s after %d.%06d seconds from start"
                    .formatted(prefix(), worker.pid(), exit.words(), micros / 1_000_000, micros % 1_000_000);
            if (exit.signal() == 0 || exit.signal() == Signal.QUIT.number()) {
                master.log().notice(text);
            } else {
                master.log().warning(text);
            }
            if (!master.emergency(exit)) {
                master.log().notice(prefix() + "child %d started".formatted(fork().pid()));
            }
        }
        master.buried();
    }

    /** Requests that began, not connections: FPM counts so. */
    void accepted() {
        accepted.incrementAndGet();
        int active = count(w -> !w.idle());
        mostActive.accumulateAndGet(active, Math::max);
    }

    /** Looks at every running request for {@code request_terminate_timeout} and the slow log. */
    void heartbeat() {
        for (Worker each : workers) {
            RequestStage stage = each.board().stage();
            boolean busy = stage != RequestStage.FINISHING && (stage != RequestStage.IDLE || each.serving());
            if (busy) {
                watch(each);
            }
        }
    }

    private void watch(Worker worker) {
        long nanos = System.nanoTime() - worker.board().acceptedNanos();
        long terminate = config.requestTerminateTimeout().toSeconds();
        long slow = config.requestSlowlogTimeout().toSeconds();
        long seconds = nanos / 1_000_000_000L;
        if (terminate > 0 && seconds >= terminate) {
            warning("child %d, script '%s' (request: \"%s\") execution timed out (%s sec), terminating"
                    .formatted(worker.pid(), script(worker), request(worker), micros(nanos)));
            worker.kill(Signal.TERM);
        } else if (slow > 0
                && seconds >= slow
                && worker.board().stage() == RequestStage.RUNNING
                && !worker.board().slowLogged()) {
            worker.board().slowLogged(true);
            slowRequests++;
            warning("child %d, script '%s' (request: \"%s\") executing too slow (%s sec), logging"
                    .formatted(worker.pid(), script(worker), request(worker), micros(nanos)));
            master.log().notice("child %d stopped for tracing".formatted(worker.pid()));
            master.log().notice("about to trace " + worker.pid());
            slowLog.write(config.name(), worker.pid(), script(worker));
            master.log().notice("finished trace of " + worker.pid());
        }
    }

    private static String script(Worker worker) {
        String script = worker.board().figures().script();
        return script.equals("-") ? "" : script;
    }

    private static String request(Worker worker) {
        Scoreboard.RequestFigures now = worker.board().figures();
        return now.method().equals("-") ? " " : now.method() + " " + now.uri();
    }

    private static String micros(long nanos) {
        return "%d.%06d".formatted(nanos / 1_000_000_000L, nanos / 1_000 % 1_000_000);
    }

    void oomKilled(Worker victim) {
        oomKills++;
        master.kernel(("Out of memory: Killed process %d (php-fpm) total-vm:%dkB, anon-rss:%dkB, file-rss:0kB,"
                        + " shmem-rss:0kB, UID:33 pgtables:0kB oom_score_adj:0")
                .formatted(victim.pid(), 2 * victim.rss() / 1024, victim.rss() / 1024));
    }

    /** The pool's figures at this moment. */
    public PoolFigures figures() {
        int idle = count(Worker::idle);
        int total = size();
        return new PoolFigures(
                config.name(),
                config.pm(),
                startedMillis,
                accepted.get(),
                queue.waiting(),
                mostQueued,
                queue.length(),
                idle,
                total - idle,
                total,
                mostActive.get(),
                maxChildrenReached,
                slowRequests,
                memory.used(),
                oomKills);
    }

    /** Tells all its workers to end after their requests. */
    void quitAll() {
        workers.forEach(Worker::quit);
    }

    void killAll(Signal signal) {
        workers.forEach(w -> w.kill(signal));
    }

    void close(boolean unlink) {
        gate.close(unlink);
        statusListener.ifPresent(Runnable::run);
    }
}
