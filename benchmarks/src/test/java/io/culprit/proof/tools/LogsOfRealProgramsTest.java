package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The same fault behind the gateway, nginx, HAProxy and Apache: what their logs say of it must be what the gateway named, as far as
 * they say anything. {@code log-causes.tsv} has what each log tells; where that is another cause or none, it says why.
 */
class LogsOfRealProgramsTest {
    private static final List<String> PROGRAMS = List.of("nginx", "haproxy", "apache");

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
                        String program = PROGRAMS.get(i);
                        ToldByLog log = new ToldByLog(oracles.get(program)
                                .directory()
                                .resolve(program.equals("haproxy") ? "output" : "error.log"));
                        String told = log.told(() -> RawResponse.exchange(
                                oracles.get(program).port(),
                                ("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
                                        .getBytes(StandardCharsets.ISO_8859_1),
                                10_000));
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
