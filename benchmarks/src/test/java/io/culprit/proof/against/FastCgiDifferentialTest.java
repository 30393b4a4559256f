package io.culprit.proof.against;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.pool.FpmLog;
import io.culprit.sim.pool.Master;
import io.culprit.sim.pool.MasterConfig;
import io.culprit.sim.pool.PoolConfig;
import io.culprit.sim.script.PhpApplication;
import io.culprit.sim.script.Scripts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every broken FastCGI response through the real nginx and through Culprit. {@code fastcgi-cases.tsv} holds what nginx
 * does, what Culprit does and by which cause; where the two differ it says why.
 */
class FastCgiDifferentialTest {
    private static Master fpm;

    /** One row of {@code fastcgi-cases.tsv}. */
    private record Case(
            String id, String send, String play, String nginx, String culprit, String cause, String reason) {
        String target() {
            return "/x.php?raw=" + play;
        }

        RawResponse through(int port) throws IOException {
            String body = send.equals("POST") ? "x".repeat(4 << 20) : "";
            String head = send + " " + target() + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
                    + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n");
            return RawResponse.exchange(port, (head + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1), 10_000);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        PoolConfig pool = PoolConfig.ofStatic("raw", "127.0.0.1:0", 24, 256);
        fpm = Master.start(MasterConfig.of(pool), new PhpApplication(Scripts.byQuery()), new FpmLog("/dev/null"));
    }

    @AfterAll
    static void stop() {
        fpm.close();
    }

    private static List<Case> cases() throws IOException {
        try (var in = FastCgiDifferentialTest.class.getResourceAsStream("fastcgi-cases.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .map(f -> new Case(f[0], f[1], f[2], f[3], f[4], f[5], f[6]))
                    .toList();
        }
    }

    private static Map<Case, RawResponse> responses(int port) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            Map<Case, Future<RawResponse>> running = new LinkedHashMap<>();
            for (Case each : cases()) {
                running.put(each, threads.submit(() -> each.through(port)));
            }
            Map<Case, RawResponse> all = new LinkedHashMap<>();
            for (Map.Entry<Case, Future<RawResponse>> each : running.entrySet()) {
                all.put(each.getKey(), each.getValue().get());
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theRealNginxDoesWhatTheTableSays() throws Exception {
        try (Oracle nginx =
                Oracle.start("nginx-fastcgi", Map.of("FPM", fpm.pool().port()))) {
            List<String> wrong = new ArrayList<>();
            responses(nginx.port()).forEach((row, response) -> {
                String verdict = response.verdict(false);
                if (!verdict.equals(row.nginx())) {
                    wrong.add(row.id() + "\t" + row.play() + "\t" + verdict + "\t(table: " + row.nginx() + ")");
                }
            });
            assertEquals("", String.join("\n", wrong));
        }
    }

    @Test
    void culpritAnswersByTheTableAndNamesTheCause() throws Exception {
        try (TestGateway gateway = TestGateway.start("""
                upstreams:
                  php:
                    protocol: fastcgi
                    servers: [ "127.0.0.1:%d" ]
                    fastcgi: { root: /srv/www }
                    head_limit: 4KiB
                    timeouts: { connect: 1s, send: 1s, read: 1s }
                routes: [ { upstream: php } ]
                """.formatted(fpm.pool().port()))) {
            List<String> wrong = new ArrayList<>();
            responses(gateway.port()).forEach((row, response) -> {
                String verdict = response.verdict(false);
                String cause = response.cause();
                if (cause.isEmpty() && !row.cause().isEmpty()) {
                    cause = recorded(gateway, row);
                }
                if (!verdict.equals(row.culprit()) || !cause.equals(row.cause())) {
                    wrong.add("%s\t%s\t%s\t%s\t(table: %s %s)"
                            .formatted(row.id(), row.play(), verdict, cause, row.culprit(), row.cause()));
                }
            });
            assertEquals("", String.join("\n", wrong));
        }
    }

    /** The cause of a response that had begun: it is in the record, not in the response. */
    private static String recorded(TestGateway gateway, Case row) {
        Optional<Outcome> found = Optional.empty();
        for (int i = 0; i < 100 && found.isEmpty(); i++) {
            found = gateway.gateway().recorder().recentFailures().stream()
                    .filter(o -> o.target().equals(row.target()))
                    .findFirst();
            sleep();
        }
        return found.map(o -> o.failure().cause().id()).orElse("");
    }

    private static void sleep() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyDifferenceHasItsReason() throws IOException {
        for (Case each : cases()) {
            assertEquals(
                    each.nginx().equals(each.culprit()),
                    each.reason().isBlank(),
                    each.id() + ": a reason is due where the two differ, and only there");
        }
        assertTrue(cases().size() > 60);
    }
}
