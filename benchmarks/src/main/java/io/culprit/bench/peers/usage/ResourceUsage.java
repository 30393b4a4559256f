package io.culprit.bench.peers.usage;

import io.culprit.bench.peers.Peer;
import io.culprit.bench.peers.Testbed;
import io.culprit.bench.peers.Workload;
import io.culprit.bench.peers.compare.Comparison.Extra;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What is measured once, not in rounds: memory of idle clients, system calls, time to start. */
public final class ResourceUsage {
    /** Figures that goals were set for. */
    public static final List<String> GOALS =
            List.of("memory for each idle client", "system calls per request", "start to the first proxied byte");

    private static final int IDLE = 5_000;
    private static final double IDLE_GOAL_KIB = 4;
    private static final double CALLS_GOAL = 4.5;
    private static final double START_GOAL_MILLIS = 250;
    private static final int STARTS = 5;
    private static final byte[] GET = "GET /s HTTP/1.1\r\nHost: bench\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private ResourceUsage() {}

    /** Memory that each of 5,000 clients holds that has asked once and keeps its connection. */
    public static List<Extra> idleClients(Testbed testbed, Peer.Kind kind) throws IOException, InterruptedException {
        testbed.stop(kind);
        Peer peer = testbed.peer(kind, Workload.SMALL_64);
        Workload.SMALL_64.load(peer.port(), 3, testbed.directory());
        List<SocketChannel> clients = new ArrayList<>();
        try {
            // The first make the process grow to what it needs for its own sake.
            open(clients, peer.port(), 200);
            long before = ProcFs.rss(peer.pid());
            open(clients, peer.port(), IDLE);
            TimeUnit.MILLISECONDS.sleep(500);
            long after = ProcFs.rss(peer.pid());
            return List.of(
                    new Extra(
                            "memory with 5,000 idle clients", kind.title(), after / 1048576.0, "MiB", Optional.empty()),
                    new Extra(
                            "memory for each idle client",
                            kind.title(),
                            Math.max(0, after - before) / 1024.0 / IDLE,
                            "KiB",
                            kind == Peer.Kind.CULPRIT ? Optional.of(IDLE_GOAL_KIB) : Optional.empty()));
        } finally {
            for (SocketChannel each : clients) {
                each.close();
            }
            testbed.stop(kind);
        }
    }

    private static void open(List<SocketChannel> clients, int port, int number) throws IOException {
        var answer = java.nio.ByteBuffer.allocate(4096);
        for (int i = 0; i < number; i++) {
            SocketChannel client = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            clients.add(client);
            client.write(java.nio.ByteBuffer.wrap(GET));
            answer.clear();
            if (client.read(answer) < 0) {
                throw new IOException("the proxy closed client " + clients.size());
            }
        }
    }

    /** System calls per request under load; empty where they cannot be counted. */
    public static Optional<Extra> calls(Testbed testbed, Peer.Kind kind) throws IOException, InterruptedException {
        Peer peer = testbed.peer(kind, Workload.SMALL_64);
        return CallCount.count(Workload.SMALL_64, peer, peer.port(), testbed)
                .map(count -> new Extra(
                        "system calls per request",
                        kind.title(),
                        count.calls(),
                        "calls",
                        kind == Peer.Kind.CULPRIT ? Optional.of(CALLS_GOAL) : Optional.empty()));
    }

    /** From the start of the process to the first byte of a proxied response; the median of some starts. */
    public static Extra start(Testbed testbed, Peer.Kind kind) throws IOException, InterruptedException {
        double[] millis = new double[STARTS];
        testbed.stop(kind);
        for (int i = 0; i < STARTS; i++) {
            int port = Testbed.freePort();
            List<String> command = testbed.command(kind, port, false);
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(testbed.directory().resolve("start.out").toFile())
                    .start();
            try {
                awaitByte(process, port);
                millis[i] = (System.nanoTime() - start) / 1e6;
            } finally {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                process.waitFor(10, TimeUnit.SECONDS);
            }
        }
        java.util.Arrays.sort(millis);
        return new Extra(
                "start to the first proxied byte",
                kind.title(),
                millis[STARTS / 2],
                "ms",
                kind == Peer.Kind.CULPRIT ? Optional.of(START_GOAL_MILLIS) : Optional.empty());
    }

    private static void awaitByte(Process process, int port) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket client = new Socket()) {
                client.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
                client.setSoTimeout(10_000);
                client.getOutputStream().write(GET);
                if (client.getInputStream().read() >= 0) {
                    return;
                }
            } catch (IOException e) {
                java.util.concurrent.locks.LockSupport.parkNanos(500_000); // not yet
            }
        }
        throw new IOException("no byte came within 30 s");
    }
}
