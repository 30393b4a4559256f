package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Dechunk;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.upstream.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large bodies, slow clients, and who waits for whom. */
class BodiesTest {
    private static HttpUpstream sim;

    @BeforeAll
    static void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
    }

    @AfterAll
    static void stop() {
        sim.close();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void uploadsPassWhole(boolean buffered, boolean chunked) throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "buffering: { request: " + buffered + " }");
                Socket socket = gateway.connect()) {
            int pieces = 800;
            byte[] piece = "x".repeat(65_000).getBytes();
            var out = socket.getOutputStream();
            out.write(("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + pieces * piece.length)
                            + "\r\n\r\n")
                    .getBytes());
            for (int i = 0; i < pieces; i++) {
                if (chunked) {
                    out.write((Integer.toHexString(piece.length) + "\r\n").getBytes());
                    out.write(piece);
                    out.write("\r\n".getBytes());
                } else {
                    out.write(piece);
                }
            }
            if (chunked) {
                out.write("0\r\n\r\n".getBytes());
            }
            RawResponse response = RawResponse.readAll(socket);
            assertTrue(response.body().contains(pieces * piece.length + " bytes of body"), response.text());
        }
    }

    @Test
    void aSlowClientDoesNotHoldTheUpstreamWhenResponsesAreBuffered() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "io_threads: 1");
                Socket socket = gateway.connect()) {
            socket.getOutputStream()
                    .write("GET /?size=20000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes());
            Upstream upstream = gateway.gateway().upstreams().get("app");
            TestGateway.await("the upstream is free although nothing was read", () -> upstream.idleConnections() == 1);
            assertEquals(20_000_000, RawResponse.readAll(socket).body().length());
        }
    }

    @Test
    void withoutBufferingASlowClientSlowsTheUpstream() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                        sim.port(), "buffering: { response: false }, timeouts: { read: 500ms }", "io_threads: 1");
                Socket socket = gateway.connect()) {
            socket.getOutputStream()
                    .write("GET /?size=20000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes());
            Upstream upstream = gateway.gateway().upstreams().get("app");
            assertEquals('H', socket.getInputStream().read(), "the response has begun");
            TestGateway.holds(
                    "our own pause is no timeout of the upstream",
                    1200,
                    () -> upstream.budget().open() == 1 && upstream.idleConnections() == 0);
            assertTrue(RawResponse.readAll(socket).bytes().length > 20_000_000, "all of it comes");
        }
    }

    @Test
    void aFullDiskLimitTurnsIntoBackPressure() throws Exception {
        try (TestGateway gateway =
                        TestGateway.before(sim.port(), "buffering: { memory: 64KiB, disk: 1MiB }", "io_threads: 1");
                Socket socket = gateway.connect()) {
            socket.getOutputStream()
                    .write("GET /?size=30000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes());
            Upstream upstream = gateway.gateway().upstreams().get("app");
            assertEquals('H', socket.getInputStream().read(), "the response has begun");
            TestGateway.holds(
                    "the upstream is kept waiting",
                    300,
                    () -> upstream.budget().open() == 1 && upstream.idleConnections() == 0);
            assertTrue(RawResponse.readAll(socket).bytes().length > 30_000_000, "all of it comes");
        }
    }

    @ParameterizedTest
    @CsvSource({"'memory: 64KiB, disk: 0'", "'response: false, memory: 4KiB'", "'memory: 64KiB, disk: 4MiB'"})
    void aSlowReaderOfChunksGetsThemAll(String buffering) throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "buffering: { " + buffering + " }");
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new java.net.InetSocketAddress("127.0.0.1", gateway.port()));
            socket.setSoTimeout(15_000);
            socket.getOutputStream()
                    .write("GET /?size=20000000&framing=chunked HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes());
            TestGateway.await(
                    "something is held back",
                    () -> gateway.gateway().loops().stream().anyMatch(loop -> loop.lent() > 0));
            RawResponse response = RawResponse.readAll(socket);
            assertTrue(response.whole(false), "torn after " + response.bytes().length);
            assertEquals(20_000_000, Dechunk.length(response));
        }
    }

    @ParameterizedTest
    @CsvSource({"/?fault=stall", "/?fault=stall&at=body", "/?fault=slow-reader"})
    void aLeavingUploaderIsNoticedWhileItsBodyIsStreamed(String target) throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "buffering: { request: false }")) {
            gateway.askAndLeave("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
            assertEquals(
                    "client.closed", gateway.failureOf(target).failure().cause().id());
        }
    }

    @Test
    void eventsStreamAtOnce() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "");
                Socket socket = gateway.connect()) {
            socket.getOutputStream()
                    .write("GET /?fault=drip&at=body&every=50ms&size=20 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
            InputStream in = socket.getInputStream();
            long start = System.nanoTime();
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            in.read();
            assertTrue(System.nanoTime() - start < 800_000_000L, "the first event came before the last was sent");
            in.readNBytes(19);
            assertTrue(System.nanoTime() - start >= 800_000_000L);
        }
    }

    @Test
    void anEarly413ReachesTheClientThatStillUploads() throws IOException {
        for (String how : new String[] {"gentle", "reset"}) {
            for (boolean buffered : new boolean[] {true, false}) {
                try (TestGateway gateway = TestGateway.before(sim.port(), "buffering: { request: " + buffered + " }")) {
                    RawResponse response = gateway.send("POST /?fault=early&how=" + how
                            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8000000\r\n\r\n"
                            + "x".repeat(8_000_000));
                    assertEquals(413, response.status(), how + " " + buffered + " " + response.text());
                }
            }
        }
    }

    @Test
    void aBodyBeyondMemoryAndDiskIsRefused() throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "buffering: { memory: 64KiB, disk: 64KiB }")) {
            RawResponse response =
                    gateway.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 900000\r\n\r\n"
                            + "x".repeat(900_000));
            assertEquals(413, response.status(), response.text());
            assertEquals("client.body-too-big", response.cause());
        }
    }

    @Test
    void theClientIsToldToContinue() throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "");
                Socket socket = gateway.connect()) {
            socket.getOutputStream()
                    .write(
                            "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
                                    .getBytes());
            byte[] interim = socket.getInputStream().readNBytes(25);
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", new String(interim));
            socket.getOutputStream().write("hello".getBytes());
            assertTrue(RawResponse.readAll(socket).body().contains("5 bytes of body"));
        }
    }
}
