package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A network with few local ports: when all are taken the request fails by name, and the next one is served once some are free. */
@Timeout(60)
class FewPortsTest {
    private static final int PORTS = 16;

    @TempDir
    Path directory;

    @Test
    void portsThatRunOutAreNamedAndPass() throws Exception {
        Path said = directory.resolve("said");
        boolean possible = new ProcessBuilder("unshare", "-rn", "ip", "link", "set", "lo", "up")
                        .start()
                        .waitFor()
                == 0;
        if (!possible) {
            System.err.println("skipped: needs iproute2 and kernel.unprivileged_userns_clone = 1, or root");
        }
        assumeTrue(possible);
        Process inside = new ProcessBuilder(
                        "unshare",
                        "-rn",
                        "sh",
                        "-c",
                        "echo 40000 %d > /proc/sys/net/ipv4/ip_local_port_range && ip link set lo up && exec \"$@\""
                                .formatted(40_000 + PORTS - 1),
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Inside.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertTrue(inside.waitFor(50, TimeUnit.SECONDS), Files.readString(said));
            assertEquals(0, inside.exitValue(), Files.readString(said));
        } finally {
            inside.destroyForcibly();
        }
    }

    /** What runs in that network: gateway, upstream and clients, which come by an address of their own and take no port of its. */
    static final class Inside {
        private Inside() {}

        public static void main(String[] args) throws Exception {
            try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
                    TestGateway gateway = TestGateway.start("""
                            upstreams:
                              app: { servers: [ "127.0.0.1:%d" ], keepalive: { connections: 0 } }
                            routes: [ { upstream: app } ]
                            """.formatted(sim.port()))) {
                List<Socket> running = new ArrayList<>();
                String cause = "";
                for (int i = 0; i < 2 * PORTS && cause.isEmpty(); i++) {
                    Socket client = connect(gateway.port(), 20_000 + i);
                    running.add(client);
                    client.getOutputStream()
                            .write("GET /?fault=stall HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    int open = i + 1;
                    TestGateway.await(
                            "it is at the upstream, or failed",
                            () -> gateway.gateway()
                                                    .upstreams()
                                                    .get("app")
                                                    .budget()
                                                    .open()
                                            == open
                                    || !gateway.gateway()
                                            .recorder()
                                            .recentFailures()
                                            .isEmpty());
                    cause = gateway.gateway().recorder().recentFailures().stream()
                            .map(o -> o.failure().cause().id())
                            .findFirst()
                            .orElse("");
                }
                check("gateway.no-local-port", cause);
                for (Socket each : running) {
                    each.close();
                }
                // The kernel takes ports that wait for stray segments again after a second on the loopback.
                int[] from = {20_500};
                TestGateway.await(
                        "a port is free and the next one is served", 20_000, () -> served(gateway, from[0]++));
            }
        }

        private static boolean served(TestGateway gateway, int from) {
            try (Socket client = connect(gateway.port(), from)) {
                client.getOutputStream()
                        .write("GET /?size=5 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                byte[] head = client.getInputStream().readNBytes(12);
                return new String(head, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Socket connect(int port, int from) throws IOException {
            Socket client = new Socket();
            client.bind(new java.net.InetSocketAddress("127.0.0.2", from));
            client.connect(new java.net.InetSocketAddress("127.0.0.1", port));
            client.setSoTimeout(10_000);
            return client;
        }

        private static void check(String expected, String actual) {
            if (!expected.equals(actual)) {
                throw new AssertionError("expected " + expected + " but was " + actual);
            }
        }
    }
}
