package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.proof.harness.UpstreamFixture;
import io.culprit.upstream.Upstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits, queue, breaker, and what becomes of the places of clients that leave. */
class CapacityTest extends UpstreamFixture {
    @Test
    void withoutAQueueTheSurplusIsRefused() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "max_connections: 2")) {
            List<CompletableFuture<RawResponse>> running =
                    List.of(async(gateway, "/?delay=600ms"), async(gateway, "/?delay=600ms"));
            TestGateway.await(
                    "two run", () -> gateway.gateway().admissions().get("app").inUse() == 2);
            RawResponse third = gateway.get("/third");
            assertEquals("pool.full", third.cause());
            assertEquals(502, third.status(), "as nginx answers for max_conns");
            for (CompletableFuture<RawResponse> each : running) {
                assertEquals(200, each.get().status());
            }
        }
    }

    @Test
    void theQueueIsFirstInFirstOutAndBounded() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                sim.port(), "max_connections: 1, queue: { size: 3, timeout: 10s }", "dialect: haproxy")) {
            var admission = gateway.gateway().admissions().get("app");
            List<Integer> order = java.util.Collections.synchronizedList(new ArrayList<>());
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                all.add(async(gateway, "/?delay=150ms&n=" + i).thenAccept(r -> order.add(number)));
                TestGateway.await(i + " wait", () -> admission.inUse() == 1 && admission.waiting() == number);
            }
            RawResponse surplus = gateway.get("/surplus");
            assertEquals("queue.full", surplus.cause());
            assertEquals(503, surplus.status());
            assertEquals("1", surplus.header("Retry-After"));
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
            assertEquals(List.of(0, 1, 2, 3), order);
            assertEquals(0, admission.inUse());
        }
    }

    @Test
    void waitingEndsWithTheQueueTimeout() throws Exception {
        try (TestGateway gateway =
                TestGateway.before(sim.port(), "max_connections: 1, queue: { size: 3, timeout: 200ms }")) {
            CompletableFuture<RawResponse> first = async(gateway, "/?delay=800ms");
            TestGateway.await(
                    "one runs", () -> gateway.gateway().admissions().get("app").inUse() == 1);
            assertEquals("queue.timeout", gateway.get("/second").cause());
            assertEquals(200, first.get().status());
        }
    }

    @Test
    void theLimitIsExactOverAllThreads() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                sim.port(), "max_connections: 3, queue: { size: 500, timeout: 20s }", "io_threads: 4")) {
            List<CompletableFuture<RawResponse>> all = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                all.add(async(gateway, "/?delay=20ms"));
            }
            int most = 0;
            Upstream upstream = gateway.gateway().upstreams().get("app");
            while (!all.stream().allMatch(CompletableFuture::isDone)) {
                most = Math.max(most, upstream.budget().open());
                Thread.sleep(1);
            }
            for (CompletableFuture<RawResponse> each : all) {
                assertEquals(200, each.get().status(), each.get().text());
            }
            assertTrue(most <= 3, most + " connections were open");
            assertEquals(0, gateway.gateway().admissions().get("app").inUse());
        }
    }

    @Test
    void theTotalBoundsWaitingToo() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                sim.port(), "max_connections: 1, queue: { size: 5, timeout: 10s }, timeouts: { total: 300ms }")) {
            CompletableFuture<RawResponse> first = async(gateway, "/?delay=5s");
            TestGateway.await(
                    "one runs", () -> gateway.gateway().admissions().get("app").inUse() == 1);
            assertEquals("deadline.exceeded", gateway.get("/?delay=5s&n=2").cause());
            assertEquals(504, first.get().status());
            TestGateway.await(
                    "all tickets are back",
                    () -> gateway.gateway().admissions().get("app").inUse() == 0);
        }
    }

    @Test
    void theBreakerOpensAndLetsProbesThrough() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                sim.port(),
                "circuit_breaker: { failure_rate: 50%, window: 10, minimum_calls: 4, wait: 300ms, half_open_calls: 1 }")) {
            for (int i = 0; i < 4; i++) {
                assertEquals("head.closed", gateway.get("/?fault=close").cause());
            }
            RawResponse open = gateway.get("/open");
            assertEquals("breaker.open", open.cause());
            String detail = gateway.failureOf("/open").failure().detail();
            assertTrue(detail.matches("open since .*, when 100% of the calls had failed.*"), detail);
            TestGateway.await("a probe is let through", () -> answered(gateway, "/probe"));
            assertEquals(200, gateway.get("/closed").status());
        }
    }

    @ParameterizedTest
    @CsvSource({"/?delay=20s", "/?fault=stall", "/?fault=stall&at=body", "/?fault=drip&at=body&every=100ms&size=1000"})
    void aClientThatLeavesIsNoticedWithinASecond(String target) throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "")) {
            gateway.askAndLeave("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
            Outcome outcome = gateway.failureOf(target);
            assertEquals(Outcome.Ending.CLIENT_GONE, outcome.ending());
            assertEquals("client.closed", outcome.failure().cause().id());
            assertEquals(outcome.committed() ? 200 : 499, outcome.status());
            assertEquals(0, gateway.gateway().admissions().get("app").inUse());
        }
    }

    @Test
    void aClientThatLeavesTheQueueFreesItsPlace() throws Exception {
        try (TestGateway gateway =
                TestGateway.before(sim.port(), "max_connections: 1, queue: { size: 5, timeout: 20s }")) {
            CompletableFuture<RawResponse> first = async(gateway, "/?delay=700ms");
            var admission = gateway.gateway().admissions().get("app");
            TestGateway.await("one runs", () -> admission.inUse() == 1);
            try (Socket client = gateway.connect()) {
                client.getOutputStream().write("GET /leaver HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                TestGateway.await("it waits", () -> admission.waiting() == 1);
            }
            TestGateway.await("its place is free", 500, () -> admission.waiting() == 0);
            assertTrue(gateway.failureOf("/leaver").queueNanos() > 0);
            assertEquals(200, first.get().status());
            assertEquals(200, gateway.get("/after").status());
        }
    }

    private static boolean answered(TestGateway gateway, String target) {
        try {
            return gateway.get(target).status() == 200;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
