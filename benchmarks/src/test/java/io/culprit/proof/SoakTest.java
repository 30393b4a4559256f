package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.Quiet;
import io.culprit.proof.harness.TestGateway;
import io.culprit.record.count.Counters;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.upstream.channel.UpstreamSocket;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Mixed faults at the highest rate the machine gives, then silence: nothing may be left over and the counters must add
 * up. {@code CULPRIT_SOAK_SECONDS} sets how long (default 10; CI takes 60).
 */
class SoakTest {
    private static final String[] TARGETS = {
        "/",
        "/?size=20000",
        "/?size=300000",
        "/?size=300000&framing=chunked",
        "/?delay=20ms",
        "/?framing=close&size=5000",
        "/?fault=close",
        "/?fault=reset",
        "/?fault=close&at=head",
        "/?fault=reset&at=body",
        "/?fault=close&at=chunk",
        "/?fault=garbage",
        "/?fault=length-differ",
        "/?fault=chunk-bad-second",
        "/?fault=excess",
        "/?fault=idle-close",
        "/?fault=idle-close&on=next&how=reset",
        "/?fault=stall&at=head",
        "/?fault=stall&at=body",
        "/?status=503",
        "/?fault=interim&status=103",
        "/refused",
        "/narrow?delay=5ms",
        "/narrow",
        "/held/?fault=close&at=body"
    };

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();

    @Test
    void nothingIsLeftBehindAndTheCountersAddUp() throws Exception {
        int seconds = Integer.parseInt(System.getenv().getOrDefault("CULPRIT_SOAK_SECONDS", "10"));
        HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        int channelsBefore = UpstreamSocket.openChannels();
        int threadsBefore = Thread.activeCount();
        TestGateway gateway = TestGateway.start("""
                io_threads: 2
                limits: { idle: 2s }
                upstreams:
                  app: { servers: [ "127.0.0.1:%1$d" ], timeouts: { connect: 1s, send: 1s, read: 300ms } }
                  refused: { servers: [ "127.0.0.1:1", "127.0.0.1:2" ] }
                  narrow: { servers: [ "127.0.0.1:%1$d" ], max_connections: 2, queue: { size: 4, timeout: 20ms } }
                  held: { servers: [ "127.0.0.1:%1$d" ], buffering: { hold: 4KiB } }
                routes:
                  - { upstream: app }
                  - { match: { path: /refused }, upstream: refused }
                  - { match: { path: /narrow }, upstream: narrow }
                  - { match: { path: /held/ }, upstream: held }
                """.formatted(sim.port()));
        try {
            drive(gateway, seconds);
            Quiet.await(gateway);
            assertCountersAddUp(gateway.gateway().recorder().counters());
        } finally {
            gateway.close();
            sim.close();
        }
        TestGateway.await("no upstream channel is open", () -> UpstreamSocket.openChannels() == channelsBefore);
        TestGateway.await("the gateway's threads have ended", () -> Thread.activeCount() <= threadsBefore + 1);
    }

    private void drive(TestGateway gateway, int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Thread> clients = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(16);
        for (int i = 0; i < 16; i++) {
            int seed = i;
            Thread client = new Thread(() -> {
                try {
                    Random random = new Random(seed);
                    while (System.nanoTime() < end) {
                        oneConnection(gateway, random, end);
                    }
                } finally {
                    done.countDown();
                }
            });
            client.start();
            clients.add(client);
        }
        assertTrue(done.await(seconds + 60L, TimeUnit.SECONDS), "a client hangs");
    }

    private void oneConnection(TestGateway gateway, Random random, long end) {
        try (Socket socket = gateway.connect()) {
            for (int i = 0; i < 20 && System.nanoTime() < end; i++) {
                String target = TARGETS[random.nextInt(TARGETS.length)];
                boolean post = random.nextInt(4) == 0;
                String body = post ? "x".repeat(random.nextInt(100_000)) : "";
                sent.incrementAndGet();
                socket.getOutputStream()
                        .write(((post ? "POST " : "GET ") + target + " HTTP/1.1\r\nHost: x\r\n"
                                        + (post ? "Content-Length: " + body.length() + "\r\n" : "") + "\r\n" + body)
                                .getBytes());
                if (random.nextInt(10) == 0) {
                    return; // a client that leaves
                }
                if (!readOne(socket)) {
                    return;
                }
                answered.incrementAndGet();
            }
        } catch (IOException e) {
            // the gateway tore this connection, as it should for a torn response
        }
    }

    /** Reads one response off a kept connection; false when the connection ended. */
    private static boolean readOne(Socket socket) throws IOException {
        var in = socket.getInputStream();
        var head = new StringBuilder();
        do {
            head.setLength(0);
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return false;
                }
                head.append((char) b);
            }
        } while (head.toString().startsWith("HTTP/1.1 103"));
        String text = head.toString().toLowerCase(java.util.Locale.ROOT);
        int length = text.indexOf("content-length: ");
        if (length >= 0) {
            in.skipNBytes(Long.parseLong(text.substring(length + 16, text.indexOf('\r', length))));
        } else {
            var line = new StringBuilder();
            while (true) {
                line.setLength(0);
                for (int b = in.read(); b != '\n'; b = in.read()) {
                    if (b < 0) {
                        return false;
                    }
                    line.append((char) b);
                }
                int size = Integer.parseInt(line.toString().trim(), 16);
                in.skipNBytes(size + 2L);
                if (size == 0) {
                    break;
                }
            }
        }
        return !text.contains("connection: close");
    }

    private void assertCountersAddUp(Counters counters) {
        assertTrue(sent.get() > 1000, "only " + sent.get() + " requests were sent");
        long delivered = counters.ended(Outcome.Ending.DELIVERED);
        long failed = counters.ended(Outcome.Ending.FAILED);
        long gone = counters.ended(Outcome.Ending.CLIENT_GONE);
        Quiet.countersAddUp(counters);
        assertTrue(counters.requests() <= sent.get(), counters.requests() + " ended, " + sent.get() + " sent");
        // A client that left before its head was read whole never made a request.
        assertTrue(
                counters.requests() >= answered.get(), counters.requests() + " ended, " + answered.get() + " answered");
        System.out.printf(
                "soak: %d sent, %d answered, %d delivered, %d failed, %d client gone, causes %s%n",
                sent.get(), answered.get(), delivered, failed, gone, counters.byCause());
    }
}
