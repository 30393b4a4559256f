package io.culprit.proof.fpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the real FPM fails, and what the gateway makes of it. */
class FpmFailuresTest extends RealPhpSite {
    @ParameterizedTest
    @CsvSource({
        "B01, /missing.php, 404, ''",
        "B04, /fatal.php, 500, ''",
        "B05, /after.php, 500, ''",
        "B06, /late.php, 200, ''",
        "B07, /memory.php, 500, ''",
        "B08, /cpu.php, 500, ''",
        "B09, /exit.php, 200, ''",
        "B10, /die.php?n=9, 502, head.reset",
        "B10, /die.php?n=11, 502, head.reset",
        "B10, /die.php?n=6, 502, head.reset",
        "B10, /die.php?n=15, 502, head.reset",
        "B11, /torn.php, 200 torn, body.reset",
        "B14, /slow.php, 504, head.timeout",
        "B15, /short.php, 502, fastcgi.truncated", // nothing had been sent yet: nginx tears a 200
        "B17, /big.php?n=70000, 502, head.too-big",
        "A01, http://gone/, 502, connect.socket-missing",
        "A03b, http://file/, 502, connect.refused"
    })
    void everyMeasuredFailureHasNginxsStatusAndItsCause(String row, String url, String verdict, String cause)
            throws IOException {
        String host = url.startsWith("http") ? URI.create(url).getHost() : "unix";
        String target = (url.startsWith("http") ? "/x.php" : url) + (url.contains("?") ? "&" : "?") + "row=" + row;
        RawResponse response = get(host, target);
        assertEquals(verdict, response.verdict(false), row);
        if (!cause.isEmpty()) {
            assertEquals(cause, gateway.failureOf(target).failure().cause().id(), row);
        }
    }

    /** STDERR is no part of a response: what fails before a head fails without one, however much was said. */
    @ParameterizedTest
    @CsvSource({
        "/loud.php?k=9, 502, head.reset, 0 bytes of a response and 1",
        "/loud.php?s=6, 504, head.timeout, 0 bytes of one and 1"
    })
    void messagesOfAScriptAreNotItsResponse(String target, int status, String cause, String detail) throws IOException {
        assertEquals(status, get("unix", target).status());
        Failure failure = gateway.failureOf(target).failure();
        assertEquals(cause, failure.cause().id());
        assertTrue(failure.detail().contains(detail), failure.detail());
        assertTrue(failure.detail().contains(" bytes of STDERR"), failure.detail());
    }

    @Test
    void missingSocketsAndKilledWorkersComeWithWhatAnEngineerWouldFind() throws IOException {
        get("gone", "/x.php?why");
        String missing = evidence(gateway.failureOf("/x.php?why").failure(), Evidence.FINDING);
        assertTrue(missing.contains("none.sock does not exist"), missing);
        get("unix", "/die.php?n=9&why");
        Failure killed = gateway.failureOf("/die.php?n=9&why").failure();
        assertTrue(evidence(killed, Evidence.FINDING).contains("a worker ended in the middle"), killed.toString());
        assertTrue(evidence(killed, "fpm").contains("pm static"), killed.toString());
        assertTrue(evidence(killed, "processes").contains("pool www with "), killed.toString());
    }

    @Test
    void anExhaustedPoolIsNamedWithItsFigures() throws Exception {
        try (RealFpm small = RealFpm.start("", """
                pm = static
                pm.max_children = 2
                listen.backlog = 4
                pm.status_listen = @DIR@/status.sock
                """);
                TestGateway own = TestGateway.start("""
                        upstreams:
                          php:
                            protocol: fastcgi
                            servers: [ "unix:%s" ]
                            fastcgi: { root: %s, status_path: /fpm-status, status_listen: "unix:%s/status.sock" }
                        routes: [ { upstream: php } ]
                        """.formatted(small.socket(), small.root(), small.directory()))) {
            small.script("nap.php", "<?php usleep(1500000); echo 'slept';");
            ExecutorService threads = Executors.newFixedThreadPool(12);
            try {
                List<Future<RawResponse>> running = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    running.add(threads.submit(() -> own.get("/nap.php")));
                    Thread.sleep(15);
                }
                int refused = 0;
                for (Future<RawResponse> each : running) {
                    RawResponse response = each.get();
                    if (response.status() == 502) {
                        refused++;
                        assertEquals("connect.backlog-full", response.cause());
                        assertTrue(
                                response.body()
                                        .contains("backlog full: 2 of 2 workers busy, 5 waiting in a backlog of 4;"
                                                + " raise pm.max_children or shorten requests"),
                                response.body());
                    }
                }
                assertEquals(5, refused);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** Facts F01 and F02: a kept connection pins its worker, so two of them starve a third request. */
    @Test
    void keptConnectionsPinWorkers() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                running.add(threads.submit(() -> get("pinned", "/nap.php").status()));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> each : running) {
                statuses.add(each.get());
            }
            statuses.sort(null);
            assertEquals(2, statuses.stream().filter(s -> s == 200).count(), statuses.toString());
            assertEquals(504, statuses.get(2));
        } finally {
            threads.shutdownNow();
        }
    }
}
