package io.culprit.server;

import io.culprit.admission.Admission;
import io.culprit.config.ConfigDiff;
import io.culprit.config.GatewayConfig;
import io.culprit.config.ListenConfig;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Event;
import io.culprit.listen.ListenSocket.Binding;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.TaskThreads;
import io.culprit.loop.TempFiles;
import io.culprit.record.Monitor;
import io.culprit.record.RingRecorder;
import io.culprit.server.clients.ClientGauges;
import io.culprit.server.clients.Clients;
import io.culprit.server.clients.ClientsHeld;
import io.culprit.server.request.Lifecycle;
import io.culprit.server.request.Services;
import io.culprit.server.routing.Target;
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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
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

    private volatile GatewayConfig config;
    private final XnioWorker worker;
    private final List<IoLoop> loops;
    private final Monitor monitor;
    private final Backends backends;
    private final UpstreamGauges gauges;
    private final Certificates certificates;
    private final AtomicReference<Services> services = new AtomicReference<>();
    private final ServicesFactory factory;
    private final TempFiles files;
    private final Frontend frontend;
    private final Clients clients;
    private final MemoryBudget memory;
    private final int freeDescriptors;
    private final Lifecycle lifecycle = new Lifecycle();
    private boolean closed;
    private final ThreadPoolExecutor aside = lookingAside();
    private final NameService names;
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    private Gateway(GatewayConfig config, Dialer dialer) throws IOException {
        this.freeDescriptors = ProcessLimits.freeDescriptors();
        this.config = config;
        this.monitor = new Monitor(config, DialectTable.bundled(), config.instance());
        this.worker = Xnio.getInstance()
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_NAME, "gateway-" + INSTANCES.incrementAndGet())
                        .set(Options.WORKER_IO_THREADS, config.ioThreads())
                        .set(Options.WORKER_TASK_CORE_THREADS, config.ioThreads()) // TLS handshakes compute there
                        .set(Options.WORKER_TASK_MAX_THREADS, config.ioThreads())
                        .getMap());
        TaskThreads.start(worker, config.ioThreads());
        TaskThreads.start(aside);
        this.memory = MemoryBudget.of(
                Runtime.getRuntime().maxMemory(),
                ProcessLimits.maxDirectMemory(),
                config.limits().memory(),
                config.limits().clientShare());
        this.loops = IoLoop.all(worker, config.ioThreads(), memory);
        Descriptors descriptors = Descriptors.of(config, freeDescriptors);
        this.files = new TempFiles(config.tempDirectory(), descriptors.tempFiles());
        this.clients = new Clients(descriptors.clients(), memory, loops, monitor.events());
        HostInspector look = new HostInspector(Path.of("/"), System::nanoTime);
        this.names = new NameService(config.resolver());
        this.backends = new Backends(
                loops,
                monitor.events(),
                (each, before) -> new Upstream(each, loops, names, look, aside, monitor.events(), dialer, before));
        this.gauges = new UpstreamGauges(() -> backends.targets(this.config), monitor.recorder());
        monitor.metrics().add(gauges);
        LongAdder headersDropped = new LongAdder();
        this.factory = new ServicesFactory(
                new RateLimits(), monitor.recorder(), clients, files, lifecycle, headersDropped, loops, services);
        monitor.metrics().add(new ClientGauges(clients, memory, files, headersDropped));
        Backends.Change first = backends.prepare(config);
        Services ready = factory.of(config, first);
        services.set(ready);
        first.apply(false);
        this.frontend = new Frontend(ready);
        this.certificates = new Certificates(frontend::tls, backends::tls, monitor.events());
        monitor.metrics().add(certificates);
    }

    /** What there may be of clients, memory for them and temporary files. */
    private void limit(GatewayConfig next) {
        Descriptors descriptors = Descriptors.of(next, freeDescriptors);
        memory.limit(next.limits().memory(), next.limits().clientShare());
        files.most(descriptors.tempFiles());
        clients.most(descriptors.clients());
    }

    /** Looks at files and kernel tables after failures; what it cannot take at once is not looked at. */
    private static ThreadPoolExecutor lookingAside() {
        return new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(LOOKS), task -> {
            Thread thread = new Thread(task, "gateway-evidence");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts a gateway.
     *
     * @throws IOException when an address cannot be bound or a log cannot be opened; nothing runs then
     */
    public static Gateway start(GatewayConfig config) throws IOException {
        return start(config, UpstreamSocket::connect, Binding.EXCLUSIVE);
    }

    /**
     * Starts a gateway on addresses that another process of the same user still serves.
     *
     * @throws IOException as above
     */
    public static Gateway startBeside(GatewayConfig config) throws IOException {
        return start(config, UpstreamSocket::connect, Binding.TAKEOVER);
    }

    /**
     * Starts a gateway whose peers may live in this process.
     *
     * @param dialer opens connections to peers, on the IO threads
     * @throws IOException as above
     */
    public static Gateway start(GatewayConfig config, Dialer dialer) throws IOException {
        return start(config, dialer, Binding.EXCLUSIVE);
    }

    private static Gateway start(GatewayConfig config, Dialer dialer, Binding binding) throws IOException {
        Gateway gateway = new Gateway(config, dialer);
        try {
            for (ListenConfig listen : config.listen()) {
                gateway.addresses.add(gateway.frontend.open(listen, binding));
            }
        } catch (IOException e) {
            gateway.close();
            throw e;
        }
        gateway.backends.start();
        gateway.certificates.start();
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

    /**
     * The configuration was read again and cannot be used: this one stays in force. Any thread may call.
     *
     * @param problems each in a line
     */
    public void fileRefused(List<String> problems) {
        gauges.refused();
        monitor.events()
                .happened(Event.now(Event.Kind.CONFIG_REFUSED, "", config.instance(), String.join("; ", problems)));
    }

    /**
     * Puts another configuration into force, between two requests: those that run finish by the old one. Upstreams and
     * addresses that it does not touch stay as they are. Any thread may call, but for IO threads.
     *
     * @return what has changed, and what waits for the next start
     * @throws IOException when an address cannot be bound or a certificate cannot be used; nothing has changed then
     */
    public synchronized ConfigDiff reload(GatewayConfig next) throws IOException {
        if (lifecycle.leaving()) {
            throw new IOException("the gateway is coming to its end");
        }
        ConfigDiff diff = ConfigDiff.of(config, next);
        Frontend.Change listeners;
        Backends.Change upstreams;
        Monitor.Change records;
        try {
            upstreams = backends.prepare(next);
            records = monitor.prepare(next);
            try {
                listeners = frontend.prepare(next.listen());
            } catch (IOException e) {
                records.drop();
                throw e;
            }
        } catch (IOException e) {
            fileRefused(List.of(String.valueOf(e.getMessage())));
            throw e;
        }
        diff = diff.with(upstreams.renewed().stream()
                        .map(each -> "certificates of upstream " + each)
                        .toList())
                .with(listeners.renewed().stream()
                        .map(each -> "certificates of listener " + each)
                        .toList());
        records.apply();
        limit(next);
        upstreams.inherit();
        services.set(factory.of(next, upstreams));
        config = next;
        listeners.apply();
        upstreams.apply(true);
        gauges.loaded();
        monitor.events()
                .happened(Event.now(
                        Event.Kind.CONFIG_RELOADED,
                        "",
                        config.instance(),
                        diff.changed().isEmpty() ? "nothing has changed" : String.join(", ", diff.changed())));
        return diff;
    }

    /** Reads certificates anew whose files have changed, as is done once a minute; bad ones are told and the old ones stay. */
    public void renewCertificates() {
        certificates.look();
    }

    /** What is held for clients now. */
    public ClientsHeld clientsHeld() {
        return ClientsHeld.of(clients, memory);
    }

    /** Whether new clients should go elsewhere: the gateway drains or stops. */
    public boolean leaving() {
        return lifecycle.leaving();
    }

    /** Requests are not waited for any longer: {@link #drain} returns at once. */
    public void hurry() {
        lifecycle.stop();
    }

    /**
     * Comes to its end in order, as {@link Drain#withDelay} says. To be followed by {@link #close}.
     *
     * @return connections that were not done then
     */
    public int drain() throws InterruptedException {
        return new Drain(config.drain(), frontend, lifecycle).withDelay();
    }

    /**
     * The same without the delay: another process serves the addresses already.
     *
     * @return connections that were not done within {@code drain.timeout}
     */
    public int handOver() throws InterruptedException {
        return new Drain(config.drain(), frontend, lifecycle).now();
    }

    /** Counters and recent failures. */
    public RingRecorder recorder() {
        return monitor.recorder();
    }

    /** All that looks on: metrics, journal, alerts. */
    public Monitor monitor() {
        return monitor;
    }

    /** Certificates of all listeners that speak TLS. */
    public List<ServedCertificate> certificates() {
        return certificates.served();
    }

    /** Regular looks at FPM pools, by upstream. */
    public Map<String, PoolWatch> pools() {
        Map<String, PoolWatch> pools = new LinkedHashMap<>();
        targets().forEach((name, target) -> target.pool().ifPresent(pool -> pools.put(name, pool)));
        return pools;
    }

    /** Upstreams by name. */
    public Map<String, Upstream> upstreams() {
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        targets().forEach((name, target) -> upstreams.put(name, target.upstream()));
        return upstreams;
    }

    /** Admissions by upstream. */
    public Map<String, Admission> admissions() {
        Map<String, Admission> admissions = new LinkedHashMap<>();
        targets().forEach((name, target) -> admissions.put(name, target.admission()));
        return admissions;
    }

    private Map<String, Target> targets() {
        return backends.targets(config);
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
        lifecycle.stop();
        frontend.stopAccepting();
        certificates.close();
        backends.stopWatching();
        try {
            frontend.endClients(TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        targets().values().forEach(target -> target.upstream().close());
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
        names.close();
        monitor.close();
    }
}
