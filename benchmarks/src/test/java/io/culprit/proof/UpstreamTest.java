package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.sim.protocol.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.upstream.Upstream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keep-alive, retries, ejection, capacity, breaker and leaving clients against the simulated upstream. */
class UpstreamTest {
    private static HttpUpstream sim;
    private static HttpUpstream other;
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        other = HttpUpstream.start("127.0.0.1", 0, new Rules());
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
        sim.close();
        other.close();
    }

    private static CompletableFuture<RawResponse> async(TestGateway gateway, String target) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return gateway.get(target);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                THREADS);
    }

    private static TestGateway two(String settings) throws IOException {
        return TestGateway.start("""
                io_threads: 1
                upstreams:
                  app: { servers: [ "127.0.0.1:%d", "127.0.0.1:%d" ], %s }
                routes: [ { upstream: app } ]
                """.formatted(sim.port(), other.port(), settings));
    }

    private static String post(String target) {
        return "POST " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello";
    }

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
    void aFailedAttemptMovesToTheNextServerAndEjectsTheFirst() throws IOException {
        try (TestGateway gateway = TestGateway.start("""
                io_threads: 1
                upstreams:
                  app: { servers: [ "127.0.0.1:1", "127.0.0.1:%d" ], health: { fail_timeout: 300ms } }
                routes: [ { upstream: app } ]
                """.formatted(sim.port()))) {
            for (int i = 0; i < 5; i++) {
                assertEquals(200, gateway.get("/" + i).status());
            }
            assertEquals(1, gateway.gateway().recorder().counters().retries(), "ejected after its first failure");
            TestGateway.await("the penalty is over and one request probes", () -> {
                try {
                    gateway.get("/probe");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                return gateway.gateway().recorder().counters().retries() >= 2;
            });
        }
    }

    @Test
    void whenEveryServerIsEjectedTheReasonIsNamed() throws IOException {
        try (TestGateway gateway = TestGateway.start("""
                io_threads: 1
                upstreams: { app: { servers: [ "127.0.0.1:1", "127.0.0.1:2" ] } }
                routes: [ { upstream: app } ]
                """)) {
            assertEquals("connect.refused", gateway.get("/first").cause());
            RawResponse second = gateway.get("/second");
            assertEquals("peers.none-live", second.cause());
            assertEquals(502, second.status());
            String id = gateway.failureOf("/first").requestId();
            String detail = gateway.failureOf("/second").failure().detail();
            assertTrue(detail.contains("127.0.0.1:1 is ejected until 20"), detail);
            assertTrue(detail.contains("by request " + id + " (connect.refused)"), detail);
            assertEquals(2, gateway.failureOf("/first").attempts().size());
        }
    }

    @Test
    void aSingleServerIsNeverEjected() throws IOException {
        try (TestGateway gateway = TestGateway.before(1, "")) {
            for (int i = 0; i < 3; i++) {
                assertEquals("connect.refused", gateway.get("/" + i).cause());
            }
        }
    }

    @Test
    void backupsServeOnlyWhenNoPrimaryCan() throws IOException {
        try (TestGateway gateway = TestGateway.start("""
                io_threads: 1
                upstreams:
                  app: { servers: [ "127.0.0.1:%d", { address: "127.0.0.1:%d", backup: true } ] }
                  dead: { servers: [ "127.0.0.1:1", { address: "127.0.0.1:%d", backup: true } ] }
                routes: [ { upstream: app }, { match: { path: /dead }, upstream: dead } ]
                """.formatted(sim.port(), other.port(), other.port()))) {
            long before = other.requests();
            for (int i = 0; i < 5; i++) {
                gateway.get("/");
            }
            assertEquals(before, other.requests());
            assertEquals(200, gateway.get("/dead").status());
            assertEquals(before + 1, other.requests());
        }
    }

    @Test
    void weightsAreKeptSmoothly() throws IOException {
        try (TestGateway gateway = TestGateway.start("""
                io_threads: 1
                upstreams:
                  app: { servers: [ { address: "127.0.0.1:%d", weight: 3 }, "127.0.0.1:%d" ] }
                routes: [ { upstream: app } ]
                """.formatted(sim.port(), other.port()))) {
            long a = sim.requests();
            long b = other.requests();
            for (int i = 0; i < 40; i++) {
                gateway.get("/");
            }
            assertEquals(30, sim.requests() - a);
            assertEquals(10, other.requests() - b);
        }
    }

    @ParameterizedTest
    @CsvSource({"least_connections", "random_two", "ip_hash"})
    void everyBalanceServes(String balance) throws IOException {
        try (TestGateway gateway = two("balance: " + balance)) {
            long a = sim.requests();
            long b = other.requests();
            for (int i = 0; i < 40; i++) {
                assertEquals(200, gateway.get("/").status());
            }
            long first = sim.requests() - a;
            assertEquals(40, first + other.requests() - b);
            assertTrue(
                    balance.equals("ip_hash") ? first == 0 || first == 40 : first > 0 && first < 40, first + " of 40");
        }
    }

    @Test
    void aListedStatusIsRetriedElsewhere() throws IOException {
        try (TestGateway gateway = TestGateway.start("""
                io_threads: 1
                upstreams:
                  app: { servers: [ "127.0.0.1:%d", "127.0.0.1:%d" ], next_upstream: { on: [http_503], tries: 2 } }
                routes: [ { upstream: app } ]
                """.formatted(sim.port(), other.port()))) {
            long before = sim.requests() + other.requests();
            assertEquals(503, gateway.get("/?status=503").status(), "the last answer is relayed");
            assertEquals(2, sim.requests() + other.requests() - before);
        }
    }

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
            Thread.sleep(350);
            assertEquals(200, gateway.get("/probe").status());
            assertEquals(200, gateway.get("/closed").status());
        }
    }

    @ParameterizedTest
    @CsvSource({"/?delay=20s", "/?fault=stall", "/?fault=stall&at=body", "/?fault=drip&at=body&every=100ms&size=1000"})
    void aClientThatLeavesIsNoticedWithinASecond(String target) throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "")) {
            Upstream upstream = gateway.gateway().upstreams().get("app");
            try (Socket client = gateway.connect()) {
                client.getOutputStream().write(("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes());
                TestGateway.await(
                        "the upstream is asked", () -> upstream.budget().open() == 1);
                Thread.sleep(100);
            }
            TestGateway.await(
                    "the upstream connection is closed",
                    1000,
                    () -> upstream.budget().open() == 0);
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
    void aHealthCheckTakesAServerOutAndBringsItBack() throws Exception {
        Rules rules = new Rules();
        try (HttpUpstream sick = HttpUpstream.start("127.0.0.1", 0, rules);
                TestGateway gateway = TestGateway.start("""
                        upstreams:
                          app: { servers: [ "127.0.0.1:%d" ], health: { check: { path: /health, every: 50ms } } }
                        routes: [ { upstream: app } ]
                        """.formatted(sick.port()))) {
            assertEquals(200, gateway.get("/").status());
            rules.put(new io.culprit.sim.scenario.Rule("sick", "/health", 1, java.util.Map.of("status", "500")));
            var peer = gateway.gateway()
                    .upstreams()
                    .get("app")
                    .peers()
                    .group()
                    .primaries()
                    .get(0);
            TestGateway.await("the check fails", () -> peer.checkFailure().isPresent());
            assertEquals("peers.none-live", gateway.get("/out").cause());
            assertTrue(gateway.failureOf("/out").failure().detail().contains("GET /health answered 500"));
            rules.clear();
            TestGateway.await(
                    "the check is good again", () -> peer.checkFailure().isEmpty());
            assertEquals(200, gateway.get("/").status());
        }
    }

    @Test
    void aBusyUpstreamIsNotEjectedByItsHealthCheck() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                sim.port(),
                "max_connections: 1, queue: { size: 5, timeout: 10s }, timeouts: { connect: 200ms },"
                        + " health: { check: { path: /health, every: 50ms } }")) {
            CompletableFuture<RawResponse> busy = async(gateway, "/?delay=1s");
            TestGateway.await(
                    "one runs", () -> gateway.gateway().admissions().get("app").inUse() == 1);
            assertEquals(200, gateway.get("/after").status());
            assertEquals(200, busy.get().status());
        }
    }

    @Test
    void aListed404IsAnsweredAndNeverEjects() throws IOException {
        try (TestGateway gateway = two("next_upstream: { on: [http_404] }")) {
            for (int i = 0; i < 4; i++) {
                assertEquals(404, gateway.get("/?status=404").status(), "request " + i);
            }
            assertEquals(4, gateway.gateway().recorder().counters().retries());
        }
    }

    @Test
    void aListed503WithNoOtherServerIsRelayed() throws IOException {
        try (TestGateway gateway = TestGateway.start("""
                upstreams:
                  app:
                    servers: [ "127.0.0.1:%d", { address: "127.0.0.1:1", down: true } ]
                    next_upstream: { on: [http_503] }
                    health: { max_fails: 0 }
                routes: [ { upstream: app } ]
                """.formatted(sim.port()))) {
            assertEquals(503, gateway.get("/?status=503").status());
        }
    }

    @Test
    void aFastDownloadDoesNotKeepTheThreadFromOthers() throws Exception {
        try (TestGateway gateway = TestGateway.before(sim.port(), "", "io_threads: 1");
                Socket idle = gateway.connect()) {
            idle.getOutputStream().write("GET /?size=300m HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
            Thread.sleep(50);
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
            Thread.sleep(100);
            out.write("world".getBytes());
            RawResponse response = RawResponse.readAll(socket);
            assertEquals(
                    response.header("Connection").equals("close"),
                    response.ended() != RawResponse.End.OPEN,
                    response.text());
        }
    }

    @Test
    void theTotalBoundsWaitingToo() throws Exception {
        try (TestGateway gateway = TestGateway.before(
                sim.port(), "max_connections: 1, queue: { size: 5, timeout: 10s }, timeouts: { total: 300ms }")) {
            CompletableFuture<RawResponse> first = async(gateway, "/?delay=5s");
            TestGateway.await(
                    "one runs", () -> gateway.gateway().admissions().get("app").inUse() == 1);
            Thread.sleep(100);
            assertEquals("deadline.exceeded", gateway.get("/?delay=5s&n=2").cause());
            assertEquals(504, first.get().status());
            TestGateway.await(
                    "all tickets are back",
                    () -> gateway.gateway().admissions().get("app").inUse() == 0);
        }
    }
}
