package io.culprit.proof.harness;

import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Two simulated upstreams for proofs of what goes on between gateway and servers. */
public abstract class UpstreamFixture {
    public static HttpUpstream sim;

    public static HttpUpstream other;

    private static ExecutorService threads;

    @BeforeAll
    public static void start() throws IOException {
        threads = Executors.newCachedThreadPool();
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        other = HttpUpstream.start("127.0.0.1", 0, new Rules());
    }

    @AfterAll
    public static void stop() {
        threads.shutdownNow();
        sim.close();
        other.close();
    }

    public static CompletableFuture<RawResponse> async(TestGateway gateway, String target) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return gateway.get(target);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                threads);
    }

    public static TestGateway two(String settings) throws IOException {
        return TestGateway.start("""
                io_threads: 1
                upstreams:
                  app: { servers: [ "127.0.0.1:%d", "127.0.0.1:%d" ], %s }
                routes: [ { upstream: app } ]
                """.formatted(sim.port(), other.port(), settings));
    }

    public static String post(String target) {
        return "POST " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello";
    }
}
