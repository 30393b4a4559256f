package io.culprit.bench.jmh;

import io.culprit.admission.Admission;
import io.culprit.config.ConfigException;
import io.culprit.config.read.ConfigLoader;
import io.culprit.server.Gateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Whole requests over loopback while the pool is free, has a queue, or is exhausted. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ProxyBenchmark {
    /** A gateway in this process before a simulated upstream. */
    @State(Scope.Benchmark)
    public static class Running {
        private HttpUpstream upstream;
        private Gateway gateway;
        private Socket holder;

        @Setup
        public void start() throws IOException, ConfigException {
            upstream = HttpUpstream.start("127.0.0.1", 0, new Rules());
            Path file = Files.createTempFile("jmh", ".yaml");
            Files.writeString(file, """
                    listen: [ { address: "127.0.0.1:0" } ]
                    access_log: { format: off }
                    error_log: { path: /dev/null }
                    journal: { url: off }
                    upstreams:
                      free: { servers: [ "127.0.0.1:%1$d" ] }
                      queued: { servers: [ "127.0.0.1:%1$d" ], max_connections: 2, queue: { size: 1000, timeout: 10s } }
                      full: { servers: [ "127.0.0.1:%1$d" ], max_connections: 1, timeouts: { read: 1h } }
                    routes:
                      - { match: { path: / }, upstream: free }
                      - { match: { path: /queued }, upstream: queued }
                      - { match: { path: /full }, upstream: full }
                    """.formatted(upstream.port()));
            gateway = Gateway.start(ConfigLoader.load(file, Map.of()));
            Files.delete(file);
            // Takes the one place there is, for as long as the benchmark lasts.
            holder = new Socket("127.0.0.1", port());
            holder.getOutputStream().write(request("/full?fault=stall"));
            Admission full = Objects.requireNonNull(gateway.admissions().get("full"));
            while (full.inUse() == 0) {
                Thread.onSpinWait();
            }
        }

        int port() {
            return gateway.addresses().get(0).getPort();
        }

        @TearDown
        public void stop() throws IOException {
            holder.close();
            gateway.close();
            upstream.close();
        }
    }

    /** One client with a connection of its own. */
    @State(Scope.Thread)
    public static class Client {
        private Socket socket;
        private InputStream in;
        private final byte[] buffer = new byte[8192];

        @Setup
        public void connect(Running running) throws IOException {
            socket = new Socket("127.0.0.1", running.port());
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
        }

        /** Sends and reads one answer, which is small enough to come in one piece or two. */
        int ask(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            int size = in.read(buffer);
            String head = new String(buffer, 0, size, StandardCharsets.ISO_8859_1);
            int length = Integer.parseInt(head.substring(
                    head.indexOf("Content-Length: ") + 16, head.indexOf('\r', head.indexOf("Content-Length: "))));
            int whole = head.indexOf("\r\n\r\n") + 4 + length;
            while (size < whole) {
                size += in.read(buffer, size, buffer.length - size);
            }
            return Integer.parseInt(head.substring(9, 12));
        }

        @TearDown
        public void close() throws IOException {
            socket.close();
        }
    }

    private static byte[] request(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static final byte[] FREE = request("/");
    private static final byte[] QUEUED = request("/queued");
    private static final byte[] FULL = request("/full");

    @Benchmark
    public int poolWithFreeConnections(Client client) throws IOException {
        return expect(200, client.ask(FREE));
    }

    @Benchmark
    @Threads(8)
    public int poolFullWithQueue(Client client) throws IOException {
        return expect(200, client.ask(QUEUED));
    }

    @Benchmark
    public int queueFull(Client client) throws IOException {
        return expect(502, client.ask(FULL));
    }

    private static int expect(int expected, int status) {
        if (status != expected) {
            throw new IllegalStateException("answered " + status);
        }
        return status;
    }
}
