package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Two IO threads are one gateway: shares are exact, and a kept connection is everybody's. */
class ThreadsTest {
    private static TestGateway two(HttpUpstream a, HttpUpstream b, String balance) throws IOException {
        return TestGateway.start("""
                io_threads: 2
                upstreams: { app: { servers: [ "127.0.0.1:%d", "127.0.0.1:%d" ], balance: %s } }
                routes: [ { upstream: app } ]
                """.formatted(a.port(), b.port(), balance));
    }

    @Test
    void thirtyRequestsInTurnGoFifteenToFifteen() throws Exception {
        try (HttpUpstream a = HttpUpstream.start("127.0.0.1", 0, new Rules());
                HttpUpstream b = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway = two(a, b, "round_robin")) {
            for (int i = 0; i < 30; i++) {
                assertEquals(200, gateway.get("/").status());
            }
            assertEquals(15, a.requests());
            assertEquals(15, b.requests());
        }
    }

    @Test
    void tenRunningRequestsAreFiveToFive() throws Exception {
        try (HttpUpstream a = HttpUpstream.start("127.0.0.1", 0, new Rules());
                HttpUpstream b = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway = two(a, b, "least_connections")) {
            List<CompletableFuture<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                running.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return gateway.get("/?delay=1s").status();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            TestGateway.await("all run", () -> a.requests() + b.requests() == 10);
            assertEquals(5, a.requests());
            for (CompletableFuture<Integer> each : running) {
                assertEquals(200, each.get());
            }
        }
    }

    /** A development server: one process, keep-alive, the next connection only when the one before has ended. */
    @Test
    void anUpstreamThatServesOneConnectionAtATimeIsNeverWaitedFor() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> serveOneAfterTheOther(listener), "one-at-a-time");
            server.setDaemon(true);
            server.start();
            try (TestGateway gateway = TestGateway.start("""
                    io_threads: 2
                    upstreams: { app: { servers: [ "127.0.0.1:%d" ], keepalive: { requests: 1001 } } }
                    routes: [ { upstream: app } ]
                    """.formatted(listener.getLocalPort()))) {
                List<Socket> clients = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    clients.add(gateway.connect());
                }
                byte[] buffer = new byte[4096];
                for (int i = 0; i < 1_000; i++) {
                    Socket client = clients.get(i % clients.size());
                    client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                    int n = client.getInputStream().read(buffer);
                    assertTrue(
                            new String(buffer, 0, Math.max(0, n), StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200"),
                            "request " + i);
                }
                assertTrue(
                        gateway.gateway().upstreams().get("app").budget().open() == 1,
                        "one connection served all of them");
                for (Socket client : clients) {
                    client.close();
                }
            }
        }
    }

    private static void serveOneAfterTheOther(ServerSocket listener) {
        while (!listener.isClosed()) {
            try (Socket peer = listener.accept()) {
                InputStream in = peer.getInputStream();
                int matched = 0;
                for (int b = in.read(); b >= 0; b = in.read()) {
                    matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
                    if (matched == 4) {
                        matched = 0;
                        peer.getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException e) {
                // the test is over, or the gateway closed its connection: the next one is served
            }
        }
    }
}
