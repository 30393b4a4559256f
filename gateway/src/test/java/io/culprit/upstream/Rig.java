package io.culprit.upstream;

import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.config.UpstreamConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.failure.Event;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.OnLoop;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.UpstreamChannel;
import io.culprit.upstream.dns.NameService;
import io.culprit.upstream.evidence.HostInspector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** An upstream on real IO threads whose peers are in the test's hands, without a socket. */
public final class Rig implements AutoCloseable {
    private final XnioWorker worker;
    private final Path root;
    private final NameService names;
    private final List<IoLoop> loops = new ArrayList<>();
    private final Deque<Runnable> looks = new ArrayDeque<>();

    /** A megabyte of heap, drawn in pieces of four KiB. */
    public final MemoryBudget memory = MemoryBudget.of(2_500_000, 1L << 30, 0, 100);

    public final Upstream upstream;
    public final List<ScriptedChannel> dialed = new CopyOnWriteArrayList<>();
    public final List<String> addresses = new CopyOnWriteArrayList<>();
    public final List<Event> events = new CopyOnWriteArrayList<>();
    /** Looks at the machine that were asked for. */
    public final AtomicInteger looked = new AtomicInteger();
    /** Whether connections stand at once. */
    public volatile boolean standing = true;
    /** What the next attempts to connect end with. */
    public volatile IOException refusal;
    /** What each connection's peer sends at once, by the loop's own doing. */
    public volatile Object[] greeting = {};
    /** Whether looks at the machine wait for {@link #look}. */
    public volatile boolean looksWait;

    /**
     * @param root stands for this machine's files; configurations are written there too
     * @param settings of the upstream, its servers among them
     */
    public Rig(Path root, int threads, String settings) throws IOException, ConfigException {
        this(root, threads, settings, List.of());
    }

    /** The same with name servers of the test's. */
    public Rig(Path root, int threads, String settings, List<InetSocketAddress> nameServers)
            throws IOException, ConfigException {
        this.root = root;
        this.worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, threads));
        for (int i = 0; i < threads; i++) {
            loops.add(new IoLoop(worker.getIoThread(i), i, memory));
        }
        GatewayConfig config = config(settings);
        this.names =
                new NameService(new GatewayConfig.Resolver(nameServers, Duration.ofSeconds(5), Duration.ofSeconds(60)));
        this.upstream = upstream(config, Optional.empty());
    }

    private GatewayConfig config(String settings) throws IOException, ConfigException {
        Path file = Files.writeString(root.resolve("rig.yaml"), """
                listen: [ { address: "127.0.0.1:0" } ]
                journal: { url: off }
                upstreams: { app: { %s } }
                routes: [ { upstream: app } ]
                """.formatted(settings));
        return ConfigLoader.load(file, Map.of());
    }

    private Upstream upstream(GatewayConfig config, Optional<Upstream> before) throws IOException {
        UpstreamConfig app = config.upstreams().get("app");
        return new Upstream(
                app,
                loops,
                names,
                new HostInspector(root, System::nanoTime),
                this::aside,
                events::add,
                this::dial,
                before);
    }

    /** One that is to replace it. */
    public Upstream successor(String settings) throws IOException, ConfigException {
        return upstream(config(settings), Optional.of(upstream));
    }

    private void aside(Runnable look) {
        looked.incrementAndGet();
        if (looksWait) {
            looks.add(look);
        } else {
            look.run();
        }
    }

    /** The looks that were asked for happen now. */
    public int look() throws Exception {
        return run(() -> {
            int n = looks.size();
            while (!looks.isEmpty()) {
                looks.poll().run();
            }
            return n;
        });
    }

    private UpstreamChannel dial(IoLoop loop, SocketAddress address, ChannelHandler handler) throws IOException {
        addresses.add(address.toString());
        if (refusal != null) {
            throw refusal;
        }
        ScriptedChannel channel = new ScriptedChannel(handler, standing);
        dialed.add(channel);
        if (greeting.length > 0) {
            channel.put(greeting);
            loop.execute(channel::pump);
        }
        return channel;
    }

    public IoLoop loop() {
        return loops.get(0);
    }

    public IoLoop loop(int number) {
        return loops.get(number);
    }

    /** The connection opened last. */
    public ScriptedChannel last() {
        return dialed.get(dialed.size() - 1);
    }

    public Peer peer(int number) {
        return upstream.peers().group().all().get(number);
    }

    /** Runs on the first loop. */
    public <T> T run(Callable<T> task) throws Exception {
        return run(0, task);
    }

    /** Runs on a loop, behind all that it was told before. */
    public <T> T run(int number, Callable<T> task) throws Exception {
        return OnLoop.call(loops.get(number), task);
    }

    /** Whatever the loops were told has been done, and what that told them. */
    public void settle() throws Exception {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < loops.size(); i++) {
                run(i, () -> null);
            }
        }
    }

    /**
     * Lets so much time go by on the loop. Whatever was due before has happened then, however busy the machine is: deadlines come in
     * their order.
     */
    public void pass(long millis) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        run(() -> {
            loop().deadlines()
                    .arm(
                            new Deadline() {
                                @Override
                                protected void expired() {
                                    over.countDown();
                                }
                            },
                            TimeUnit.MILLISECONDS.toNanos(millis));
            return null;
        });
        if (!over.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the loop does not run");
        }
    }

    /** A call that has begun. */
    public UpstreamCall start(Asked request, Heard heard) throws Exception {
        return run(() -> {
            UpstreamCall call = new UpstreamCall(upstream, loop(), request, heard);
            call.start(System.nanoTime());
            return call;
        });
    }

    /** The peer of the connection opened last sends this; all that follows has happened. */
    public void feed(Object... events) throws Exception {
        ScriptedChannel channel = last();
        run(() -> {
            channel.feed(events);
            return null;
        });
        settle();
    }

    /** A whole exchange, whose connection is kept. */
    public String exchange(String response) throws Exception {
        Heard heard = new Heard();
        start(new Asked("GET"), heard);
        feed(response);
        return heard.told();
    }

    /** Waits for this, ten seconds at most. */
    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        upstream.close();
        names.close();
        worker.shutdownNow();
    }
}
