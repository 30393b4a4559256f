package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Quiet;
import io.culprit.proof.harness.TestGateway;
import io.culprit.record.count.Counters;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.upstream.channel.UpstreamSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The soak over TLS, in both of the clients' protocols: faults, uploads, streams that their clients give up; then silence. */
class FrontSoakTest {
    private static final String[] TARGETS = {
        "/",
        "/?size=20000",
        "/?size=300000",
        "/?size=300000&framing=chunked",
        "/?delay=20ms",
        "/?framing=close&size=5000",
        "/?fault=close",
        "/?fault=reset",
        "/?fault=reset&at=body",
        "/?fault=close&at=chunk",
        "/?fault=garbage",
        "/?fault=chunk-bad-second",
        "/?fault=idle-close",
        "/?fault=stall&at=head",
        "/?fault=stall&at=body",
        "/?status=503",
        "/refused",
        "/narrow?delay=5ms"
    };
    private static final int CLIENTS = 8;

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong givenUp = new AtomicLong();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Version.class)
    void nothingIsLeftBehind(Version version) throws Exception {
        int seconds = Math.max(5, Integer.parseInt(System.getenv().getOrDefault("CULPRIT_SOAK_SECONDS", "10")) / 3);
        Certs certs = new Certs(directory);
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        int channelsBefore = UpstreamSocket.openChannels();
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway =
                        TestGateway.start("""
                        listen: [ { address: "127.0.0.1:0", tls: { certificate: %s, key: %s } } ]
                        io_threads: 2
                        upstreams:
                          app: { servers: [ "127.0.0.1:%3$d" ], timeouts: { connect: 1s, send: 1s, read: 300ms } }
                          refused: { servers: [ "127.0.0.1:1", "127.0.0.1:2" ] }
                          narrow: { servers: [ "127.0.0.1:%3$d" ], max_connections: 2, queue: { size: 4, timeout: 20ms } }
                        routes:
                          - { upstream: app }
                          - { match: { path: /refused }, upstream: refused }
                          - { match: { path: /narrow }, upstream: narrow }
                        """.formatted(certs.file("a.crt"), certs.file("a.key"), sim.port()))) {
            drive(certs, version, gateway, seconds);
            Quiet.await(gateway);
            Counters counters = gateway.gateway().recorder().counters();
            Quiet.countersAddUp(counters);
            assertTrue(sent.get() > 200, "only " + sent.get() + " requests were sent");
            assertTrue(answered.get() > sent.get() / 3, answered + " of " + sent + " were answered");
            assertTrue(
                    counters.requests() >= answered.get(), counters.requests() + " ended, " + answered + " answered");
            assertEquals(0, gateway.gateway().recorder().dropped());
            System.out.printf(
                    "soak over TLS, %s: %d sent, %d answered, %d given up, %d client gone, causes %s%n",
                    version,
                    sent.get(),
                    answered.get(),
                    givenUp.get(),
                    counters.ended(Outcome.Ending.CLIENT_GONE),
                    counters.byCause());
        }
        TestGateway.await("no upstream channel is open", () -> UpstreamSocket.openChannels() == channelsBefore);
    }

    private void drive(Certs certs, Version version, TestGateway gateway, int seconds) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        SSLContext trusting = certs.trusting("a");
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(i);
            Thread client = new Thread(() -> {
                HttpClient http = HttpClient.newBuilder()
                        .version(version)
                        .sslContext(trusting)
                        .build();
                while (System.nanoTime() - end < 0) {
                    some(http, gateway.port(), random);
                }
            });
            client.start();
            clients.add(client);
        }
        for (Thread each : clients) {
            each.join(TimeUnit.SECONDS.toMillis(seconds + 60L));
            assertTrue(!each.isAlive(), "a client hangs");
        }
    }

    /** Some requests side by side, of which the client may give one up. */
    private void some(HttpClient http, int port, Random random) {
        List<CompletableFuture<HttpResponse<byte[]>>> running = new ArrayList<>();
        for (int i = random.nextInt(12); i >= 0; i--) {
            String target = TARGETS[random.nextInt(TARGETS.length)];
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + target));
            if (random.nextInt(4) == 0) {
                request.POST(BodyPublishers.ofByteArray(new byte[random.nextInt(100_000)]));
            }
            sent.incrementAndGet();
            running.add(http.sendAsync(request.build(), BodyHandlers.ofByteArray()));
        }
        if (random.nextInt(3) == 0) {
            givenUp.incrementAndGet();
            running.get(0).cancel(true);
        }
        for (CompletableFuture<HttpResponse<byte[]>> each : running) {
            try {
                each.get(20, TimeUnit.SECONDS);
                answered.incrementAndGet();
            } catch (ExecutionException | java.util.concurrent.CancellationException e) {
                // torn, as it should be for a torn response, or given up
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError("neither answered nor torn", e);
            }
        }
    }
}
