package io.culprit.bench.jmh.embedded;

import io.culprit.config.ConfigException;
import io.culprit.config.read.ConfigLoader;
import io.culprit.failure.Cause;
import io.culprit.loop.IoLoop;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Whole requests without a socket: client and server are in this process, on the gateway's one IO thread, so that what is
 * left is what the gateway itself costs, from the first byte of a head to the record.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EmbeddedBenchmark {
    private static final int BATCH = 1_000;

    /** A gateway before servers in this process. */
    @State(Scope.Benchmark)
    public static class Running {
        final EmbeddedPeer peer = new EmbeddedPeer();
        private Gateway gateway;
        private IoLoop loop;
        private EmbeddedClient client;

        @Setup
        public void start() throws IOException, ConfigException {
            Path file = Files.createTempFile("jmh", ".yaml");
            Files.writeString(file, """
                    listen: [ { address: "127.0.0.1:0" } ]
                    io_threads: 1
                    access_log: { format: off }
                    error_log: { path: /dev/null }
                    journal: { url: off }
                    upstreams:
                      free: { servers: [ "127.0.0.1:1" ], keepalive: { requests: 1000000000 } }
                      full: { servers: [ "127.0.0.1:2" ], max_connections: 1, timeouts: { read: 1h } }
                      queued:
                        servers: [ "127.0.0.1:1" ]
                        keepalive: { requests: 1000000000 }
                        max_connections: 1
                        timeouts: { read: 1h }
                        queue: { size: 20000, timeout: 1h }
                      broken:
                        servers: [ "127.0.0.1:2" ]
                        circuit_breaker: { failure_rate: 50%, window: 10, minimum_calls: 1, wait: 1h, half_open_calls: 1 }
                        timeouts: { read: 20ms }
                    routes:
                      - { match: { path: / }, upstream: free }
                      - { match: { path: /full }, upstream: full }
                      - { match: { path: /queued }, upstream: queued }
                      - { match: { path: /broken }, upstream: broken }
                    """);
            gateway = Gateway.start(ConfigLoader.load(file, Map.of()), peer::connect);
            Files.delete(file);
            loop = gateway.loops().get(0);
            client = CompletableFuture.supplyAsync(this::client, loop::execute).join();
            run(() -> {
                client().send(FULL); // takes the one place there is, for good
                client().send(BROKEN); // gets no answer in time, which opens the breaker
            });
            while (gateway.recorder().counters().byCause().isEmpty()) {
                Thread.onSpinWait();
            }
        }

        EmbeddedClient client() {
            EmbeddedClient fresh = new EmbeddedClient(loop.thread());
            gateway.serve(fresh);
            return fresh;
        }

        long failed(Cause cause) {
            return gateway.recorder().counters().byCause().getOrDefault(cause, 0L);
        }

        /** Runs on the IO thread and waits for it. */
        void run(Runnable task) {
            CompletableFuture.runAsync(task, loop::execute).join();
        }

        @TearDown
        public void stop() {
            gateway.close();
        }
    }

    /** Clients that wait for the one connection of a pool, one of them being served. */
    @State(Scope.Benchmark)
    public static class Queue {
        @Param({"1", "100", "10000"})
        int waiting;

        private final ArrayDeque<EmbeddedClient> clients = new ArrayDeque<>();
        private CompletableFuture<Void> done = new CompletableFuture<>();
        private int left;

        @Setup
        public void fill(Running running) {
            running.run(() -> {
                for (int i = 0; i <= waiting; i++) {
                    EmbeddedClient client = running.client();
                    client.send(QUEUED);
                    clients.addLast(client);
                }
            });
        }

        /** Answers who is being served; it asks again and is the last in the queue then. */
        private void step(Running running) {
            try {
                if (left-- == 0) {
                    done.complete(null);
                    return;
                }
                running.peer.answerNext();
                EmbeddedClient first = clients.removeFirst();
                expect(200, first);
                first.send(QUEUED);
                clients.addLast(first);
                running.loop.execute(() -> step(running)); // behind the hand-over, which has been queued there
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        }
    }

    private static final byte[] FREE = request("/");
    private static final byte[] FULL = request("/full");
    private static final byte[] QUEUED = request("/queued");
    private static final byte[] BROKEN = request("/broken");

    private static byte[] request(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static void expect(int status, EmbeddedClient client) {
        int found = client.takeStatus();
        if (found != status) {
            throw new IllegalStateException("answered " + found);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void poolWithFreeConnections(Running running) {
        running.run(() -> {
            for (int i = 0; i < BATCH; i++) {
                running.client.send(FREE);
                running.peer.answerNext();
                expect(200, running.client);
            }
        });
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void poolFull(Running running) {
        refused(running, FULL, Cause.POOL_FULL);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void breakerOpen(Running running) {
        refused(running, BROKEN, Cause.BREAKER_OPEN);
    }

    private static void refused(Running running, byte[] request, Cause cause) {
        long before = running.failed(cause);
        CompletableFuture<Void> done = new CompletableFuture<>();
        running.loop.execute(() -> refuse(running, request, BATCH, done));
        done.join();
        if (running.failed(cause) != before + BATCH) {
            throw new IllegalStateException("refused for another reason than " + cause.id());
        }
    }

    /** One after the other: a refusal leaves when the loop has dealt with all it was woken for. */
    private static void refuse(Running running, byte[] request, int left, CompletableFuture<Void> done) {
        running.client.send(request);
        running.loop.execute(() -> {
            try {
                expect(502, running.client);
                if (left > 1) {
                    refuse(running, request, left - 1, done);
                } else {
                    done.complete(null);
                }
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
    }

    /** The freed connection serves the longest waiter, while another joins at the end. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void handOverToTheLongestWaiter(Running running, Queue queue) {
        queue.done = new CompletableFuture<>();
        queue.left = BATCH;
        running.loop.execute(() -> queue.step(running));
        queue.done.join();
    }

    /** A client joins the queue and leaves it before its turn; its connection is new and ends. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void queueAndLeave(Running running, Queue queue) {
        running.run(() -> {
            for (int i = 0; i < BATCH; i++) {
                EmbeddedClient leaving = running.client();
                leaving.send(QUEUED);
                leaving.leave();
            }
        });
    }
}
