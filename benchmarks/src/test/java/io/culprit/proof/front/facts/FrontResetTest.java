package io.culprit.proof.front.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rows of {@code front-cases.tsv} in which the client resets the connection, by {@code front-resets.tsv}. The client sees nothing
 * then, so what was measured is what the programs' logs say, and that they go on; Culprit names the cause and leaves the upstream.
 */
class FrontResetTest {
    /** How much was written when the reset came is not the same each time, and so are the words for it. */
    private static final Set<String> RACES = Set.of("TC77", "HC123");

    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";

    /** What of its logs counts, by program: a status, the state in which it ended, the words for an error, or their number. */
    private static final Map<String, Pattern> WORDS = Map.of(
            "nginx",
            Pattern.compile(
                    "(?m)\" (\\d{3}) |\\[(?:info|error)] (?:\\d+#\\d+: (?:\\*\\d+ )?)?(.*?)(?: while |, client: )"),
            "haproxy",
            Pattern.compile(
                    " (-?\\d+) \\d+ - - (\\S{4}) |: (SSL handshake failure|Truncated PROXY protocol header received)"),
            "apache",
            Pattern.compile("\" (\\d{3})\\b|(AH\\d{5})"));

    @TempDir
    static Path directory;

    private static List<FrontScript> scripts;
    private static FrontTls tls;
    private static FrontUpstream upstream;

    @BeforeAll
    static void start() throws Exception {
        scripts = FrontScript.all(FrontScript.RESETS);
        tls = FrontTls.make(new Certs(directory));
        upstream = new FrontUpstream();
    }

    @AfterAll
    static void stop() throws IOException {
        upstream.close();
    }

    private static Set<String> words(String program, String log) {
        Set<String> words = new LinkedHashSet<>();
        for (MatchResult each : WORDS.get(program).matcher(log).results().toList()) {
            StringBuilder word = new StringBuilder();
            for (int i = 1; i <= each.groupCount(); i++) {
                word.append(each.group(i) == null ? "" : " " + each.group(i));
            }
            words.add(word.toString().strip());
        }
        return words;
    }

    /** A status is what begins with its number. */
    private static boolean isStatus(String word) {
        return word.matches("(?:-1|\\d{3}).*");
    }

    @ParameterizedTest
    @CsvSource({"nginx", "haproxy", "apache"})
    void theRealProgramSaysWhatWasMeasured(String name) throws Exception {
        Map<String, String> access = FrontRows.column(name + "_access");
        Map<String, String> errors = FrontRows.column(name + "_error");
        try (FrontOracle oracle = FrontOracle.start(name, upstream.port(), directory)) {
            settled(oracle, "first");
            for (FrontScript each : scripts) {
                Set<String> measured = words(name, access.get(each.id()) + "\n" + errors.get(each.id()));
                List<String> before = oracle.logs();
                FrontPlayer.play(each, oracle.ports(), tls);
                TestGateway.await(
                        each.id() + ": " + measured,
                        () -> said(oracle, name, before).containsAll(measured)
                                || RACES.contains(each.id())
                                        && said(oracle, name, before).stream().anyMatch(w -> isStatus(w)));
                if (measured.stream().noneMatch(FrontResetTest::isStatus)) {
                    Set<String> said = said(oracle, name, before);
                    assertFalse(said.stream().anyMatch(FrontResetTest::isStatus), each.id() + ": " + said);
                }
                settled(oracle, "after" + each.id());
            }
        }
    }

    /** What was before is told before this request is; it is served. */
    private static void settled(FrontOracle oracle, String path) throws Exception {
        assertEquals(
                "200", FrontPlayer.play(FrontScript.sending(path, NEXT.replace("next", path)), oracle.ports(), tls));
        TestGateway.await(path + " is logged", () -> {
            try {
                return oracle.logs().toString().contains("/" + path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The words for what it has logged since. */
    private static Set<String> said(FrontOracle oracle, String name, List<String> before) {
        try {
            List<String> now = oracle.logs();
            StringBuilder since = new StringBuilder();
            for (int i = 0; i < now.size(); i++) {
                since.append(now.get(i).substring(before.get(i).length()));
            }
            return words(name, since.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void culpritNamesItAndLeavesTheUpstream() throws Exception {
        for (FrontScript each : scripts) {
            Set<String> listeners = new LinkedHashSet<>(List.of("plain", each.listener()));
            try (TestGateway gateway = FrontCulprit.start(upstream.port(), directory, listeners)) {
                Map<String, Integer> ports = new HashMap<>(Map.of("plain", gateway.port(0)));
                ports.put(each.listener(), gateway.port(listeners.size() - 1));
                FrontPlayer.play(each, ports, tls);
                if (!each.cause().isEmpty()) {
                    TestGateway.await(
                            each.id() + " is told",
                            () -> !gateway.gateway().recorder().recentFailures().isEmpty());
                    assertEquals(
                            each.cause(),
                            TestGateway.awaitFailure(gateway).failure().cause().id(),
                            each.id());
                }
                TestGateway.await(
                        each.id() + ": the upstream is left",
                        () -> gateway.gateway().upstreams().get("main").budget().open() == 0);
                assertEquals("200", FrontPlayer.play(FrontScript.sending("next", NEXT), ports, tls), each.id());
            }
        }
    }
}
