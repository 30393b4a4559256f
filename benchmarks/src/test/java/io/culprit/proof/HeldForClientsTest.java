package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is held for clients is bounded in sum: each bound is filled, has a name, and is left behind without help. */
class HeldForClientsTest {
    private final List<Socket> held = new ArrayList<>();
    private HttpUpstream sim;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
    }

    @AfterEach
    void stop() throws IOException {
        leave();
        sim.close();
    }

    private void leave() throws IOException {
        for (Socket each : held) {
            each.close();
        }
        held.clear();
    }

    private Socket from(String address, TestGateway gateway, String bytes) throws IOException {
        Socket socket =
                new Socket(InetAddress.getByName("127.0.0.1"), gateway.port(), InetAddress.getByName(address), 0);
        socket.setSoTimeout(5_000);
        held.add(socket);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static int statusOf(Socket socket) throws IOException {
        return RawResponse.readOne(socket.getInputStream()).status();
    }

    private static final String BODY =
            "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "b".repeat(62_000);

    private static String halfAHead(int size) {
        StringBuilder head = new StringBuilder("GET /head HTTP/1.1\r\nHost: x\r\n");
        while (head.length() < size) {
            head.append("X-Filler-")
                    .append(head.length())
                    .append(": ")
                    .append("a".repeat(300))
                    .append("\r\n");
        }
        return head.toString();
    }

    @Test
    void unfinishedBodiesOfOneClientAreBoundedByItsShare() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                sim.port(), "buffering: { disk: 0, memory: 1MiB }", "limits: { memory: 4MiB }\nio_threads: 1")) {
            for (int i = 0; i < 100; i++) {
                from("127.0.0.1", gateway, BODY);
            }
            TestGateway.await("some are refused", () -> refused(gateway) > 0);
            assertEquals(
                    "gateway.memory",
                    gateway.failureOf("/upload").failure().cause().id());
            assertTrue(
                    gateway.failureOf("/upload").failure().detail().contains("its share of limits.memory"),
                    gateway.failureOf("/upload").failure().detail());
            assertEquals(200, statusOf(from("127.0.0.9", gateway, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
            leave();
            recovered(gateway);
        }
    }

    @Test
    void unfinishedBodiesOfManyClientsEndOldestFirst() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                sim.port(), "buffering: { disk: 0, memory: 1MiB }", "limits: { memory: 4MiB }\nio_threads: 1")) {
            Socket first = from("127.0.1.1", gateway, BODY);
            for (int i = 2; i < 120; i++) {
                from("127.0.1." + i, gateway, BODY);
            }
            assertTrue(List.of(408, 503).contains(statusOf(first)), "the oldest goes first");
            assertEquals(200, statusOf(from("127.0.0.9", gateway, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
            leave();
            recovered(gateway);
        }
    }

    @Test
    void unfinishedHeadsEndBeforeMemoryDoes() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "limits: { memory: 2MiB }\nio_threads: 1")) {
            for (int i = 1; i < 250; i++) {
                from("127.0.2." + i, gateway, halfAHead(20_000));
            }
            TestGateway.await("some have ended", () -> refused(gateway) > 0);
            assertEquals(200, statusOf(from("127.0.0.9", gateway, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
            leave();
            recovered(gateway);
        }
    }

    @Test
    void anIdleClientGoesForANewOne() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "limits: { connections: 10 }")) {
            Socket oldest = from("127.0.0.1", gateway, "GET /first HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(200, statusOf(oldest));
            for (int i = 0; i < 9; i++) {
                assertEquals(200, statusOf(from("127.0.0.1", gateway, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
            }
            assertEquals(200, statusOf(from("127.0.0.1", gateway, "GET /new HTTP/1.1\r\nHost: x\r\n\r\n")));
            assertEquals(-1, oldest.getInputStream().read(), "the longest idle one was closed");
            TestGateway.await(
                    "it is told",
                    () -> gateway.gateway().monitor().watch().events().stream()
                            .anyMatch(event -> event.kind() == io.culprit.failure.Event.Kind.CLIENTS_LIMITED));
        }
    }

    @Test
    void asManyAsMayComeCostNobody() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "limits: { connections: 10 }")) {
            List<Socket> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(from("127.0.0.1", gateway, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            }
            for (Socket each : all) {
                assertEquals(200, statusOf(each));
                each.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertEquals(200, statusOf(each), "it was kept");
            }
        }
    }

    @Test
    void whereNoneIsIdleANewClientWaitsAndCostsNoRunningOne() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "limits: { connections: 4 }")) {
            List<Socket> busy = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                busy.add(from("127.0.0.1", gateway, "GET /?delay=1s HTTP/1.1\r\nHost: x\r\n\r\n"));
            }
            TestGateway.await(
                    "all run", () -> gateway.gateway().admissions().get("app").inUse() == 4);
            Socket waiting = from("127.0.0.1", gateway, "GET /new HTTP/1.1\r\nHost: x\r\n\r\n");
            for (Socket each : busy) {
                assertEquals(200, statusOf(each));
            }
            assertEquals(200, statusOf(waiting));
        }
    }

    @Test
    void aSlowReadersResponseIsSlowedWhenTheDiskIsFull() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("t"));
        try (TestGateway gateway = TestGateway.before(
                sim.port(), "buffering: { memory: 16KiB, disk: 1GiB }", "temp_directory: " + temporary)) {
            Files.delete(temporary);
            Socket slow =
                    from("127.0.0.1", gateway, "GET /?size=8000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            TestGateway.await(
                    "the response is held back",
                    () -> gateway.gateway().loops().stream().anyMatch(loop -> loop.lent() > 0));
            RawResponse response = RawResponse.readAll(slow);
            assertEquals("200", response.verdict(false));
            assertEquals(8_000_000, response.body().length());
        }
    }

    private static long refused(TestGateway gateway) {
        return gateway.gateway().recorder().recentFailures().stream()
                .filter(o -> o.failure().cause().id().equals("gateway.memory")
                        || o.failure().cause().id().equals("client.timeout"))
                .count();
    }

    /** Nothing is held any more, and requests are answered as before. */
    private static void recovered(TestGateway gateway) throws IOException {
        TestGateway.await(
                "all buffers are back", () -> gateway.gateway().loops().stream().allMatch(loop -> loop.lent() == 0));
        assertEquals(200, gateway.get("/").status());
        RawResponse upload =
                gateway.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 50000\r\n\r\n"
                        + "b".repeat(50_000));
        assertEquals(200, upload.status(), upload.text());
    }
}
