package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.FullBacklog;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.proof.harness.UpstreamFixture;
import io.culprit.upstream.Upstream;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kept connections, retries over them, and timeouts of single phases, against the simulated upstream. */
class UpstreamTest extends UpstreamFixture {
    @Test
    void connectionsAreKeptAndReused() throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "io_threads: 1")) {
            long before = sim.connections();
            for (int i = 0; i < 10; i++) {
                assertEquals(200, gateway.get("/").status());
            }
            assertEquals(1, sim.connections() - before);
        }
    }

    @Test
    void aKeptConnectionServesNoMoreRequestsThanAllowed() throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "keepalive: { requests: 3 }", "io_threads: 1")) {
            long before = sim.connections();
            for (int i = 0; i < 9; i++) {
                gateway.get("/");
            }
            assertEquals(3, sim.connections() - before);
        }
    }

    @Test
    void anIdleConnectionIsClosedAfterItsTime() throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "keepalive: { idle: 100ms }", "io_threads: 1")) {
            gateway.get("/");
            Upstream upstream = gateway.gateway().upstreams().get("app");
            assertEquals(1, upstream.idleConnections());
            TestGateway.await(
                    "the idle connection is gone", () -> upstream.budget().open() == 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"close", "reset"})
    void aStaleConnectionCostsAGetNothing(String how) throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "io_threads: 1")) {
            gateway.get("/?fault=idle-close&on=next&how=" + how);
            assertEquals(200, gateway.get("/stale").status());
            assertEquals(1, gateway.gateway().recorder().counters().retries());
            assertTrue(gateway.gateway()
                    .recorder()
                    .counters()
                    .attemptsByCause()
                    .containsKey(io.culprit.failure.Cause.HEAD_CLOSED_ON_REUSE));
        }
    }

    @ParameterizedTest
    @CsvSource({"close", "reset"})
    void aStaleConnectionCostsAPostA502WithItsStory(String how) throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "io_threads: 1")) {
            gateway.get("/?fault=idle-close&on=next&how=" + how);
            RawResponse response = gateway.send(post("/stale"));
            assertEquals(502, response.status());
            assertEquals("head.closed-on-reuse", response.cause());
            Outcome outcome = gateway.failureOf("/stale");
            assertTrue(
                    outcome.failure().detail().matches(".*connection reused, age .*, idle .*, 1 request served"),
                    outcome.failure().detail());
            assertEquals("POST is not idempotent and may have been processed", outcome.noRetry());
        }
    }

    @Test
    void aPostIsRetriedWhereItIsAllowed() throws IOException {
        try (TestGateway gateway =
                TestGateway.before(sim.port(), "next_upstream: { non_idempotent: true }", "io_threads: 1")) {
            gateway.get("/?fault=idle-close&on=next");
            RawResponse response = gateway.send(post("/stale"));
            assertEquals(200, response.status());
            assertTrue(response.body().contains("5 bytes of body"), response.body());
        }
    }

    @Test
    void connectTimeoutIsTheGatewaysOwn() throws IOException {
        try (FullBacklog backlog = FullBacklog.open();
                TestGateway gateway = TestGateway.before(backlog.port(), "timeouts: { connect: 300ms }")) {
            RawResponse response = gateway.get("/");
            assertEquals("connect.timeout", response.cause());
            assertEquals(504, response.status());
        }
    }

    @Test
    void sendTimeoutIsNamed() throws IOException {
        try (TestGateway gateway = TestGateway.before(sim.port(), "timeouts: { send: 300ms, read: 5s }")) {
            RawResponse response = gateway.send("POST /?fault=slow-reader HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Content-Length: 20000000\r\n\r\n" + "x".repeat(20_000_000));
            assertEquals("send.timeout", response.cause(), response.head());
            assertEquals(504, response.status());
        }
    }

    @Test
    void aFastDownloadDoesNotKeepTheThreadFromOthers() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "io_threads: 1");
                Socket idle = gateway.connect()) {
            idle.getOutputStream().write("GET /?size=300m HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
            assertEquals('H', idle.getInputStream().read(), "the download has begun");
            long start = System.nanoTime();
            assertEquals(200, gateway.get("/").status());
            assertTrue(System.nanoTime() - start < 1_000_000_000L, "it waited for the download");
        }
    }

    @Test
    void whatIsSaidAboutClosingHolds() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "buffering: { request: false }");
                Socket socket = gateway.connect()) {
            var out = socket.getOutputStream();
            out.write("POST /?fault=interim&close=true HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello"
                    .getBytes());
            TestGateway.await(
                    "the upstream has the first part",
                    () -> gateway.gateway().upstreams().get("app").budget().open() == 1);
            out.write("world".getBytes());
            RawResponse response = RawResponse.readOne(socket.getInputStream());
            if (response.header("Connection").equals("close")) {
                assertEquals(-1, socket.getInputStream().read(), response.text());
            } else {
                out.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes());
                assertEquals(200, RawResponse.readAll(socket).status(), response.text());
            }
        }
    }
}
