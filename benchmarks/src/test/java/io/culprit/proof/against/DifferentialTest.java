package io.culprit.proof.against;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.FullBacklog;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same misbehaviour through the real gateway and through Culprit in its dialect. {@code cases.tsv} holds what was
 * measured; the real program must still do it, and Culprit must do it too, but for what {@code deviations.tsv} lists.
 */
class DifferentialTest {
    private static HttpUpstream sim;
    private static FullBacklog backlog;

    /** One row of {@code cases.tsv}. */
    private record Case(String id, String send, String play, Map<String, String> measured) {
        byte[] request() {
            String path = play.startsWith("@") ? "/" + play.substring(1) : "/?" + play;
            String head = (send.equals("EXPECT") ? "POST" : send) + " " + path
                    + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";
            String body = switch (send) {
                case "POST" -> "x".repeat(8 << 20);
                case "EXPECT" -> "0123456789";
                default -> "";
            };
            if (!body.isEmpty()) {
                head += "Content-Length: " + body.length() + "\r\n"
                        + (send.equals("EXPECT") ? "Expect: 100-continue\r\n" : "");
            }
            return (head + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
        }

        String through(int port) throws IOException {
            return RawResponse.exchange(port, request(), 10_000).verdict(send.equals("HEAD"));
        }
    }

    @BeforeAll
    static void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        backlog = FullBacklog.open();
    }

    @AfterAll
    static void stop() throws IOException {
        sim.close();
        backlog.close();
    }

    private static List<String[]> table(String name) throws IOException {
        try (var in = DifferentialTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .toList();
        }
    }

    private static List<Case> cases() throws IOException {
        return table("cases.tsv").stream()
                .map(f -> new Case(f[0], f[1], f[2], Map.of("nginx", f[3], "haproxy", f[4], "apache", f[5])))
                .toList();
    }

    /** Runs all cases, some at a time: most of the time is waiting for timeouts. */
    private static Map<String, String> verdicts(int port) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Map<String, Future<String>> running = new LinkedHashMap<>();
            for (Case each : cases()) {
                running.put(each.id(), threads.submit(() -> each.through(port)));
            }
            Map<String, String> verdicts = new LinkedHashMap<>();
            for (Map.Entry<String, Future<String>> each : running.entrySet()) {
                verdicts.put(each.getKey(), each.getValue().get());
            }
            return verdicts;
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource({"nginx", "haproxy", "apache"})
    void theRealGatewayDoesWhatWasMeasured(String name) throws Exception {
        try (Oracle oracle = Oracle.start(name, Map.of("SIM", sim.port(), "BACKLOG", backlog.port()))) {
            Map<String, String> live = verdicts(oracle.port());
            List<String> differences = new ArrayList<>();
            for (Case each : cases()) {
                if (!each.measured().get(name).equals(live.get(each.id()))) {
                    differences.add("%s %s: measured %s, now %s"
                            .formatted(each.id(), each.play(), each.measured().get(name), live.get(each.id())));
                }
            }
            assertEquals(List.of(), differences);
        }
    }

    @ParameterizedTest
    @CsvSource({"nginx, 4KiB, 200", "haproxy, 15KiB, 100", "apache, 16KiB, 200"})
    void culpritDoesTheSameButForTheListedDeviations(String name, String headLimit, int headerLimit) throws Exception {
        Map<String, String> deviations = new LinkedHashMap<>();
        for (String[] row : table("deviations.tsv")) {
            assertTrue(row.length == 4 && !row[3].isBlank(), "a deviation needs its reason: " + row[0]);
            if (row[1].equals(name)) {
                deviations.put(row[0], row[2]);
            }
        }
        try (TestGateway gateway =
                TestGateway.start("""
                dialect: %s
                upstreams:
                  sim: { servers: [ "127.0.0.1:%d" ], timeouts: { connect: 1s, send: 1s, read: 1s }, head_limit: %s, header_limit: %d }
                  refused: { servers: [ "127.0.0.1:1" ] }
                  backlog: { servers: [ "127.0.0.1:%d" ], timeouts: { connect: 1s } }
                routes:
                  - { upstream: sim }
                  - { match: { path: /refused }, upstream: refused }
                  - { match: { path: /backlog }, upstream: backlog }
                """.formatted(name, sim.port(), headLimit, headerLimit, backlog.port()))) {
            Map<String, String> ours = verdicts(gateway.port());
            List<String> wrong = new ArrayList<>();
            for (Case each : cases()) {
                String theirs = each.measured().get(name);
                String expected = deviations.getOrDefault(each.id(), theirs);
                if (!ours.get(each.id()).equals(expected)) {
                    wrong.add("%s\t%s\t%s (theirs %s, expected %s) %s"
                            .formatted(each.id(), name, ours.get(each.id()), theirs, expected, each.play()));
                }
                assertTrue(!theirs.equals(deviations.get(each.id())), each.id() + " is listed but does not deviate");
            }
            assertEquals("", String.join("\n", wrong));
        }
    }
}
