package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new process takes the addresses of one that runs: nothing is refused, nothing cut. */
class TakeoverTest {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    /**
     * Whether the kernel hands connections whose handshake is under way to the other process. Where it does not, each client may lose the
     * one that it was just opening, and the second process says so.
     */
    private static boolean migrates() throws IOException {
        Path setting = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");
        return Files.exists(setting) && Files.readString(setting).strip().equals("1");
    }

    @Test
    void noConnectionIsLostAndARunningRequestEndsWhereItBegan() throws Exception {
        int port = Oracle.freePort();
        int admin = Oracle.freePort();
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules())) {
            String yaml = """
                    admin: { address: "127.0.0.1:%d", token: secret }
                    access_log: { path: %s, format: json }
                    error_log: { path: /dev/null }
                    journal: { url: off }
                    upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                    routes: [ { upstream: app } ]
                    """.formatted(admin, directory.resolve("access.log"), sim.port());
            try (GatewayProcess first = GatewayProcess.start(directory, port, yaml)) {
                Socket slow = new Socket("127.0.0.1", port);
                slow.getOutputStream().write("GET /slow?delay=4s HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                AtomicInteger good = new AtomicInteger();
                var bad = new ConcurrentHashMap<String, Integer>();
                boolean[] over = new boolean[1];
                List<Thread> clients = IntStream.range(0, 4)
                        .mapToObj(i -> new Thread(() -> {
                            while (!over[0]) {
                                try {
                                    int status = RawResponse.exchange(port, REQUEST, 5_000)
                                            .status();
                                    if (status == 200) {
                                        good.incrementAndGet();
                                    } else {
                                        bad.merge("status " + status, 1, Integer::sum);
                                    }
                                } catch (Exception e) {
                                    bad.merge(e.toString(), 1, Integer::sum);
                                }
                            }
                        }))
                        .toList();
                clients.forEach(Thread::start);
                TestGateway.await("load runs", 10_000, () -> good.get() > 50);
                try (GatewayProcess second = GatewayProcess.start(directory, port, yaml, "--takeover")) {
                    RawResponse response = RawResponse.readOne(slow.getInputStream());
                    assertEquals(200, response.status());
                    assertEquals(0, first.exit());
                    int before = good.get();
                    TestGateway.await("the second serves", 10_000, () -> good.get() > before + 50);
                    over[0] = true;
                    for (Thread each : clients) {
                        each.join();
                    }
                    assertTrue(second.errors().contains("taking over from process"), second.errors());
                    int lost = bad.values().stream().mapToInt(Integer::intValue).sum();
                    assertTrue(lost <= (migrates() ? 0 : clients.size()), bad.toString());
                    assertEquals(200, RawResponse.exchange(port, REQUEST, 5_000).status());
                }
                long lines = Files.readAllLines(directory.resolve("access.log")).size();
                assertEquals(good.get() + 2, lines);
            }
        }
    }

    @Test
    void withoutAWordTheAddressIsInUse() throws Exception {
        int port = Oracle.freePort();
        String yaml = """
                error_log: { path: /dev/null }
                access_log: { path: /dev/null }
                journal: { url: off }
                routes: [ { respond: { status: 200, body: ok } } ]
                """;
        try (GatewayProcess first = GatewayProcess.start(directory, port, yaml)) {
            try (GatewayProcess second = GatewayProcess.start(directory, port, yaml)) {
                assertEquals(1, second.exit());
                assertTrue(second.errors().contains("address already in use"), second.errors());
            }
            try (GatewayProcess second = GatewayProcess.start(directory, port, yaml, "--takeover")) {
                assertEquals(1, second.exit());
                assertTrue(second.errors().contains("admin.token"), second.errors());
            }
            assertEquals(200, RawResponse.exchange(port, REQUEST, 5_000).status());
        }
    }

    @Test
    void aProcessThatIsNoGatewayIsLeftAlone() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            String text = org.junit.jupiter.api.Assertions.assertThrows(
                            java.io.IOException.class, () -> io.culprit.process.Predecessor.handOver(other.pid()))
                    .getMessage();
            assertTrue(text.startsWith("process " + other.pid() + " is no gateway"), text);
            assertTrue(other.isAlive());
        } finally {
            other.destroyForcibly();
        }
    }
}
