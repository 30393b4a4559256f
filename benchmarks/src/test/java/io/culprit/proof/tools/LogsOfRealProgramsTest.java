package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The same fault behind the gateway, nginx, HAProxy and Apache: what their logs say of it must be what the gateway named, as far as
 * they say anything. {@code log-causes.tsv} has what each log tells; where that is another cause or none, it says why.
 */
class LogsOfRealProgramsTest {
    private static final List<String> PROGRAMS = List.of("nginx", "haproxy", "apache");

    private final LogClassifier classifier = new LogClassifier();

    @Test
    void eachLogNamesWhatTheGatewayNamed() throws Exception {
        List<String[]> rows = rows();
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway = TestGateway.before(sim.port(), "timeouts: { connect: 1s, send: 1s, read: 1s }")) {
            Map<String, Oracle> oracles = new LinkedHashMap<>();
            try {
                for (String each : PROGRAMS) {
                    oracles.put(each, Oracle.start(each, Map.of("SIM", sim.port(), "BACKLOG", sim.port())));
                }
                List<String> wrong = new ArrayList<>();
                for (String[] row : rows) {
                    String target = "/?" + row[0];
                    gateway.get(target);
                    String cause = gateway.failureOf(target).failure().cause().id();
                    assertEquals(row[1], cause, row[0]);
                    for (int i = 0; i < PROGRAMS.size(); i++) {
                        String told = told(PROGRAMS.get(i), oracles.get(PROGRAMS.get(i)), target);
                        if (!told.equals(row[2 + i])) {
                            wrong.add(row[0] + " " + PROGRAMS.get(i) + ": " + told + ", not " + row[2 + i]);
                        }
                        boolean named = Arrays.asList(told.split("[|]")).contains(cause);
                        boolean excused = row.length > 5 && !row[5].isEmpty();
                        assertTrue(
                                named || excused,
                                row[0] + " " + PROGRAMS.get(i) + ": " + told + " instead of " + cause
                                        + ", without a reason");
                    }
                }
                assertEquals("", String.join("\n", wrong));
            } finally {
                for (Oracle each : oracles.values()) {
                    each.close();
                }
            }
        }
    }

    /** The union of what the log's new lines prove, UNKNOWN left out where another line says more. */
    private String told(String program, Oracle oracle, String target) throws Exception {
        Path log = oracle.directory().resolve(program.equals("haproxy") ? "output" : "error.log");
        long before = Files.exists(log) ? Files.size(log) : 0;
        RawResponse.exchange(
                oracle.port(),
                ("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1),
                10_000);
        Set<String> ids = new LinkedHashSet<>();
        for (int i = 0; i < 15 && ids.isEmpty(); i++) {
            Thread.sleep(20);
            for (String line : tail(log, before)) {
                classifier
                        .classify(line)
                        .map(Finding::id)
                        .filter(id -> !id.equals("none"))
                        .ifPresent(ids::add);
            }
        }
        Thread.sleep(20);
        for (String line : tail(log, before)) {
            classifier
                    .classify(line)
                    .map(Finding::id)
                    .filter(id -> !id.equals("none"))
                    .ifPresent(ids::add);
        }
        if (ids.size() > 1) {
            ids.remove("unknown");
        }
        Set<String> all = new TreeSet<>();
        ids.forEach(id -> all.addAll(Arrays.asList(id.split("[|]"))));
        return all.isEmpty() ? "-" : String.join("|", all);
    }

    private static List<String> tail(Path log, long from) throws IOException {
        if (!Files.exists(log)) {
            return List.of();
        }
        byte[] all = Files.readAllBytes(log);
        return new String(all, (int) from, all.length - (int) from, StandardCharsets.ISO_8859_1)
                .lines()
                .toList();
    }

    private static List<String[]> rows() throws IOException {
        try (var in = LogsOfRealProgramsTest.class.getResourceAsStream("log-causes.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .toList();
        }
    }
}
