package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.proof.harness.UpstreamFixture;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of several servers is asked: balance, backups, next_upstream, ejection and health checks. */
class ServersTest extends UpstreamFixture {
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

    /** Failures are answered later than they happen, and still in their turn. */
    @Test
    void pipelinedFailuresAndSuccessesKeepTheirOrder() throws IOException {
        try (TestGateway gateway = TestGateway.start("""
                upstreams:
                  app: { servers: [ "127.0.0.1:%d" ] }
                  none: { servers: [ "127.0.0.1:1" ] }
                routes:
                  - { upstream: app }
                  - { match: { path: /none }, upstream: none }
                """.formatted(sim.port()))) {
            StringBuilder asked = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 60; i++) {
                boolean fails = i % 3 != 0;
                asked.append("GET ").append(fails ? "/none" : "/").append(" HTTP/1.1\r\nHost: x\r\n");
                asked.append(i == 59 ? "Connection: close\r\n\r\n" : "\r\n");
                expected.append(fails ? "502 " : "200 ");
            }
            StringBuilder found = new StringBuilder();
            Matcher status = Pattern.compile("HTTP/1\\.1 (\\d{3}) ")
                    .matcher(gateway.send(asked.toString()).text());
            while (status.find()) {
                found.append(status.group(1)).append(' ');
            }
            assertEquals(expected.toString(), found.toString());
        }
    }
}
