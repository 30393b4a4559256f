package io.culprit.proof.front.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rows of {@code front-cases.tsv} that {@code front-scripts.tsv} has a script for, against the real programs and Culprit.
 * The programs must still do what was measured. Culprit must do what one of them does, but for what {@code
 * front-deviations.tsv} lists.
 */
class FrontDifferentialTest {
    private static final int AT_ONCE = 12;
    private static final List<String> PROGRAMS = List.of("nginx", "haproxy", "apache");

    /** Culprit's listeners by the names of {@link FrontOracle#LISTENERS}; it has no upper bound of versions, and no anyca. */
    private static final Map<String, String> CULPRIT = new LinkedHashMap<>();

    static {
        String both =
                "certificates: [ { certificate: DIR/a.crt, key: DIR/a.key }, { certificate: DIR/b.crt, key: DIR/b.key } ]";
        String one = "certificate: DIR/a.crt, key: DIR/a.key";
        CULPRIT.put("plain", "");
        CULPRIT.put("h2c", ", http2: true");
        CULPRIT.put("proxy", ", proxy_protocol: true");
        CULPRIT.put("proxy-h2c", ", proxy_protocol: true, http2: true");
        CULPRIT.put("tls", ", tls: { " + both + " }");
        CULPRIT.put("strict", ", tls: { " + one + ", unknown_names: refuse }");
        CULPRIT.put("tls13", ", tls: { " + one + ", min_version: 1.3 }");
        CULPRIT.put("mtls", ", tls: { " + both + ", client_ca: DIR/ca.crt }");
        CULPRIT.put("optional", ", tls: { " + both + ", client_ca: DIR/ca.crt, client_verify: optional }");
        CULPRIT.put("h1only", ", http2: false, tls: { " + one + " }");
        CULPRIT.put("proxy-tls", ", proxy_protocol: true, tls: { " + one + " }");
    }

    @TempDir
    static Path directory;

    private static List<FrontScript> scripts;
    private static Map<String, Map<String, String>> measured;
    private static FrontTls tls;
    private static FrontUpstream upstream;

    @BeforeAll
    static void start() throws Exception {
        scripts = FrontScript.all();
        measured = measured();
        tls = FrontTls.make(new Certs(directory));
        upstream = new FrontUpstream();
    }

    @AfterAll
    static void stop() throws IOException {
        upstream.close();
    }

    private static List<String[]> table(String name) throws IOException {
        try (var in = FrontDifferentialTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t", -1))
                    .toList();
        }
    }

    /** Of each row that is played what each program did, in words. */
    private static Map<String, Map<String, String>> measured() throws IOException {
        List<String[]> rows = table("front-cases.tsv");
        List<String> columns = List.of(rows.get(0));
        Map<String, Map<String, String>> all = new LinkedHashMap<>();
        Set<String> played = scripts.stream().map(FrontScript::id).collect(Collectors.toSet());
        for (String[] row : rows) {
            if (!played.contains(row[0])) {
                continue;
            }
            Map<String, String> verdicts = new LinkedHashMap<>();
            for (String each : PROGRAMS) {
                FrontVerdict.measured(row[columns.indexOf(each + "_client")]).ifPresent(v -> verdicts.put(each, v));
            }
            all.put(row[0], verdicts);
        }
        return all;
    }

    /** Plays what these listeners have scripts for, some at a time: most of the time is waiting. */
    private static Map<String, String> play(Map<String, Integer> ports) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            Map<String, Future<String>> running = new LinkedHashMap<>();
            for (FrontScript each : scripts) {
                Integer port = ports.get(each.listener());
                if (port != null) {
                    running.put(each.id(), threads.submit(() -> FrontPlayer.play(each, port, tls)));
                }
            }
            Map<String, String> verdicts = new LinkedHashMap<>();
            for (Map.Entry<String, Future<String>> each : running.entrySet()) {
                verdicts.put(each.getKey(), each.getValue().get(90, TimeUnit.SECONDS));
            }
            return verdicts;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void eachScriptHasItsMeasuredRow() {
        Set<String> seen = new HashSet<>();
        for (FrontScript each : scripts) {
            assertTrue(seen.add(each.id()), each.id() + " is there twice");
            assertTrue(
                    FrontOracle.LISTENERS.contains(each.listener()), each.id() + ": what is " + each.listener() + "?");
            assertTrue(!measured.getOrDefault(each.id(), Map.of()).isEmpty(), each.id() + " was not measured");
        }
    }

    @ParameterizedTest
    @CsvSource({"nginx", "haproxy", "apache"})
    void theRealProgramDoesWhatWasMeasured(String name) throws Exception {
        Map<String, String> variants = new LinkedHashMap<>(); // by the version of a library that all of them use
        List<String[]> rows = table("front-variants.tsv");
        rows.subList(1, rows.size()).forEach(row -> variants.put(row[0], row[1]));
        try (FrontOracle oracle = FrontOracle.start(name, upstream.port(), directory)) {
            List<String> differences = new ArrayList<>();
            play(oracle.ports()).forEach((id, now) -> {
                Optional<String> then = Optional.ofNullable(measured.get(id).get(name));
                if (then.isPresent() && !then.get().equals(now) && !now.equals(variants.get(id))) {
                    differences.add("%s: measured %s, now %s".formatted(id, then.get(), now));
                }
            });
            assertEquals("", String.join("\n", differences));
        }
    }

    @Test
    void culpritDoesWhatOneOfThemDoesButForTheListedDeviations() throws Exception {
        Map<String, String> deviations = new LinkedHashMap<>();
        List<String[]> rows = table("front-deviations.tsv");
        for (String[] row : rows.subList(1, rows.size())) {
            assertTrue(row.length == 3 && !row[2].isBlank(), "a deviation needs its reason: " + row[0]);
            deviations.put(row[0], row[1]);
        }
        try (TestGateway gateway = culprit()) {
            Map<String, Integer> ports = new LinkedHashMap<>();
            for (String each : CULPRIT.keySet()) {
                ports.put(each, gateway.port(ports.size()));
            }
            List<String> wrong = new ArrayList<>();
            Map<String, String> ours = play(ports);
            ours.forEach((id, now) -> {
                boolean alone = !measured.get(id).containsValue(now);
                String listed = deviations.get(id);
                if (listed == null ? alone : !listed.equals(now)) {
                    wrong.add("%s\t%s\t(they %s, listed %s)".formatted(id, now, measured.get(id), listed));
                } else if (listed != null && !alone) {
                    wrong.add(id + " is listed but does not deviate");
                }
            });
            deviations.keySet().stream()
                    .filter(id -> !ours.containsKey(id))
                    .forEach(id -> wrong.add(id + " is listed but not played"));
            assertEquals("", String.join("\n", wrong));
        }
    }

    private static TestGateway culprit() throws IOException {
        StringBuilder listen = new StringBuilder("listen:\n");
        CULPRIT.values()
                .forEach(each -> listen.append("  - { address: \"127.0.0.1:0\"")
                        .append(each.replace("DIR", directory.toString()))
                        .append(" }\n"));
        return TestGateway.start(listen + """
                limits: { head_timeout: 2s, body_timeout: 2s, send_timeout: 3s, idle: 4s }
                trusted_proxies: [ 127.0.0.1 ]
                upstreams:
                  main: { servers: [ "127.0.0.1:%1$d" ], timeouts: { connect: 2s, send: 2s, read: 2s, tunnel: 2s } }
                  long: { servers: [ "127.0.0.1:%1$d" ], timeouts: { connect: 2s, send: 2s, read: 6s } }
                  dead: { servers: [ "127.0.0.1:1" ] }
                routes:
                  - { upstream: main }
                  - { match: { path: /long }, upstream: long }
                  - { match: { path: /dead }, upstream: dead }
                """.formatted(upstream.port()));
    }
}
