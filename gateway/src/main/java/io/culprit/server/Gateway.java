package io.culprit.server;

import io.culprit.admission.Admission;
import io.culprit.admission.Breaker;
import io.culprit.config.GatewayConfig;
import io.culprit.config.ListenConfig;
import io.culprit.config.UpstreamConfig;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Event;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.TempFiles;
import io.culprit.record.Monitor;
import io.culprit.record.RingRecorder;
import io.culprit.route.RouteTable;
import io.culprit.server.clients.ClientGauges;
import io.culprit.server.clients.Clients;
import io.culprit.server.request.Destination;
import io.culprit.server.request.Services;
import io.culprit.server.request.Target;
import io.culprit.server.request.Tracing;
import io.culprit.site.Site;
import io.culprit.upstream.PoolWatch;
import io.culprit.upstream.Upstream;
import io.culprit.upstream.channel.Dialer;
import io.culprit.upstream.channel.UpstreamSocket;
import io.culprit.upstream.dns.NameService;
import io.culprit.upstream.evidence.HostInspector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * The gateway itself: wires the parts and owns the threads. {@link #start} and {@link #close} may be called from any
 * thread, once each.
 */
public final class Gateway implements AutoCloseable {
    /** Looks around failed peers that may wait: more peers failing at once than this are an outage of another kind. */
    private static final int LOOKS = 64;

    /** How long clients may take to take the answer that the gateway stops. */
    private static final long GRACE_SECONDS = 2;

    private static final AtomicInteger INSTANCES = new AtomicInteger();

    private final GatewayConfig config;
    private final XnioWorker worker;
    private final List<IoLoop> loops;
    private final Monitor monitor;
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private final UpstreamGauges gauges;
    private final List<HealthCheck> checks = new ArrayList<>();
    private final Frontend frontend;
    private final Clients clients;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private boolean closed;
    private final LongAdder headersDropped = new LongAdder();
    private final ExecutorService aside = lookingAside();
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    private Gateway(GatewayConfig config, Dialer dialer) throws IOException {
        this.config = config;
        this.monitor = new Monitor(config, DialectTable.bundled(), config.instance());
        this.worker = Xnio.getInstance()
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_NAME, "gateway-" + INSTANCES.incrementAndGet())
                        .set(Options.WORKER_IO_THREADS, config.ioThreads())
                        .set(Options.WORKER_TASK_CORE_THREADS, config.ioThreads()) // TLS handshakes compute there
                        .set(Options.WORKER_TASK_MAX_THREADS, config.ioThreads())
                        .getMap());
        MemoryBudget memory = MemoryBudget.of(
                Runtime.getRuntime().maxMemory(),
                ProcessLimits.maxDirectMemory(),
                config.limits().memory(),
                config.limits().clientShare());
        this.loops = orderedLoops(memory);
        Descriptors descriptors = Descriptors.of(config, ProcessLimits.freeDescriptors());
        TempFiles files = new TempFiles(config.tempDirectory(), descriptors.tempFiles());
        this.clients = new Clients(descriptors.clients(), memory, loops, monitor.events());
        HostInspector look = new HostInspector(Path.of("/"), System::nanoTime);
        NameService names = new NameService(config.resolver());
        for (UpstreamConfig each : config.upstreams().values()) {
            Upstream upstream = new Upstream(each, loops, names, look, aside, monitor.events(), dialer);
            targets.put(
                    each.name(),
                    new Target(
                            upstream,
                            admission(each, monitor.events()),
                            each.fastcgi().map(Site::new),
                            poolWatch(each, upstream)));
            each.health().check().ifPresent(check -> checks.add(new HealthCheck(upstream, check, loops.get(0))));
        }
        this.gauges = new UpstreamGauges(targets, monitor.recorder());
        monitor.metrics().add(gauges);
        monitor.metrics().add(new ClientGauges(clients, memory, files, headersDropped));
        var routes = new RouteTable<Destination>(
                config.routes(), route -> Destination.of(route, Optional.ofNullable(targets.get(route.upstream()))));
        this.frontend = new Frontend(new Services(
                config,
                DialectTable.bundled(),
                routes,
                monitor.recorder(),
                new Tracing(config.telemetry()),
                clients,
                files,
                stopping,
                config.routes().stream().anyMatch(route -> route.rules().restricts()),
                headersDropped,
                loops));
    }

    private Optional<PoolWatch> poolWatch(UpstreamConfig config, Upstream upstream) {
        return config.fastcgi()
                .filter(f -> !f.statusEvery().isZero())
                .map(f -> new PoolWatch(upstream, loops.get(0), f.statusPath(), f.statusEvery()));
    }

    /** Looks at files and kernel tables after failures; what it cannot take at once is not looked at. */
    private static ExecutorService lookingAside() {
        return new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(LOOKS), task -> {
            Thread thread = new Thread(task, "gateway-evidence");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** IO threads number themselves; the loops are put into that order. */
    private List<IoLoop> orderedLoops(MemoryBudget memory) {
        IoLoop[] ordered = new IoLoop[config.ioThreads()];
        int found = 0;
        for (int hash = 0; found < ordered.length; hash++) {
            XnioIoThread thread = worker.getIoThread(hash);
            int number = thread.getNumber();
            if (ordered[number] == null) {
                ordered[number] = new IoLoop(thread, number, memory);
                found++;
            }
        }
        return List.of(ordered);
    }

    private static Admission admission(UpstreamConfig upstream, Event.Sink events) {
        var queue = upstream.queue();
        return new Admission(
                upstream.maxConnections(),
                queue.size(),
                queue.timeout(),
                upstream.breaker()
                        .map(b -> new Breaker(
                                upstream.name(),
                                b.failureRate(),
                                b.window(),
                                b.minimumCalls(),
                                b.openFor(),
                                b.halfOpenCalls(),
                                events)));
    }

    /**
     * Starts a gateway.
     *
     * @throws IOException when an address cannot be bound or a log cannot be opened; nothing runs then
     */
    public static Gateway start(GatewayConfig config) throws IOException {
        return start(config, UpstreamSocket::connect);
    }

    /**
     * Starts a gateway whose peers may live in this process.
     *
     * @param dialer opens connections to peers, on the IO threads
     * @throws IOException as above
     */
    public static Gateway start(GatewayConfig config, Dialer dialer) throws IOException {
        Gateway gateway = new Gateway(config, dialer);
        try {
            for (ListenConfig listen : config.listen()) {
                gateway.addresses.add(gateway.frontend.open(listen));
            }
        } catch (IOException e) {
            gateway.close();
            throw e;
        }
        gateway.checks.forEach(HealthCheck::start);
        gateway.pools().values().forEach(PoolWatch::start);
        gateway.monitor.start();
        return gateway;
    }

    /**
     * Takes a client's connection that no listener of ours accepted, such as one made in this process.
     *
     * @param client of an IO thread of this gateway's {@link #loops}; call on that thread
     */
    public void serve(StreamConnection client) {
        frontend.serve(client);
    }

    /** The configuration in force. */
    public GatewayConfig config() {
        return config;
    }

    /** The addresses clients are accepted on, in the order of the configuration. */
    public List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    /** The configuration's file was read again while this one stays in force; any thread may call. */
    public void fileChecked(boolean good) {
        gauges.file(good);
    }

    /** Counters and recent failures. */
    public RingRecorder recorder() {
        return monitor.recorder();
    }

    /** All that looks on: metrics, journal, alerts. */
    public Monitor monitor() {
        return monitor;
    }

    /** Regular looks at FPM pools, by upstream. */
    public Map<String, PoolWatch> pools() {
        Map<String, PoolWatch> pools = new LinkedHashMap<>();
        targets.forEach((name, target) -> target.pool().ifPresent(pool -> pools.put(name, pool)));
        return pools;
    }

    /** Upstreams by name. */
    public Map<String, Upstream> upstreams() {
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        targets.forEach((name, target) -> upstreams.put(name, target.upstream()));
        return upstreams;
    }

    /** Admissions by upstream. */
    public Map<String, Admission> admissions() {
        Map<String, Admission> admissions = new LinkedHashMap<>();
        targets.forEach((name, target) -> admissions.put(name, target.admission()));
        return admissions;
    }

    /** The loops, for gauges and leak checks. */
    public List<IoLoop> loops() {
        return loops;
    }

    /**
     * Stops accepting, answers what runs with {@code gateway.stopping}, closes every connection and writes the logs to their
     * end: every request that was read has its line then. Called again it waits for the first call's end and does nothing.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        frontend.stopAccepting();
        stopping.set(true);
        checks.forEach(HealthCheck::stop);
        pools().values().forEach(PoolWatch::stop);
        try {
            frontend.endClients(TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        targets.values().forEach(target -> target.upstream().closeIdle());
        worker.shutdown();
        try {
            if (!worker.awaitTermination(5, TimeUnit.SECONDS)) {
                worker.shutdownNow();
                worker.awaitTermination(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        aside.shutdownNow();
        monitor.close();
    }
}
