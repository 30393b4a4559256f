package io.culprit.proof.front.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TLS to upstreams that break, row by row of front-cases.tsv (TU*): as {@link FrontDifferentialTest}, and the cause says which of it
 * was. What else concerns certificates is in UpstreamTlsTest.
 */
class FrontUpstreamTlsTest {
    private static final int AT_ONCE = 12;

    @TempDir
    static Path directory;

    private static FrontTls tls;
    private static FrontTlsServers servers;
    private static List<FrontScript> scripts;
    private static FrontRows rows;

    @BeforeAll
    static void begin() throws Exception {
        Certs certs = new Certs(directory);
        tls = FrontTls.make(certs);
        servers = new FrontTlsServers(certs);
        scripts = servers.scripts();
        rows = FrontRows.of(scripts);
    }

    @AfterAll
    static void end() throws IOException {
        servers.close();
    }

    private static Map<String, String> play(Map<String, Integer> ports) throws Exception {
        return FrontPlayer.all(scripts, AT_ONCE, each -> FrontPlayer.play(each, ports, tls));
    }

    @ParameterizedTest
    @CsvSource({"nginx", "haproxy", "apache"})
    void theRealProgramDoesWhatWasMeasured(String name) throws Exception {
        try (FrontOracle oracle = FrontOracle.start(name, 1, directory, servers.ports())) {
            FrontPlayer.Play play = each -> FrontPlayer.play(each, oracle.ports(), tls);
            assertEquals("", rows.differences(name, scripts, FrontPlayer.all(scripts, AT_ONCE, play), play));
        }
    }

    @Test
    void culpritDoesWhatOneOfThemDoesButForTheListedDeviationsAndNamesIt() throws Exception {
        Map<String, String> deviations = FrontRows.deviations();
        try (TestGateway gateway = gateway()) {
            List<String> wrong = new ArrayList<>();
            play(Map.of("plain", gateway.port())).forEach((id, now) -> {
                rows.wrong(id, now, Optional.ofNullable(deviations.get(id))).ifPresent(wrong::add);
                List<String> causes = List.of(servers.rows().get(id).cause().split("\\|"));
                if (!causes.contains("")) {
                    String named = gateway.failureOf("/" + id).failure().cause().id();
                    if (!causes.contains(named)) {
                        wrong.add("%s: the cause is %s and not %s"
                                .formatted(id, gateway.failureOf("/" + id).failure(), causes));
                    }
                }
            });
            assertEquals("", String.join("\n", wrong));
        }
    }

    private static TestGateway gateway() throws IOException {
        StringBuilder upstreams = new StringBuilder("upstreams:\n");
        StringBuilder routes = new StringBuilder("routes:\n");
        servers.ports().forEach((id, port) -> {
            upstreams.append("""
                  %s:
                    servers: [ "localhost:%d" ]
                    protocol: https
                    tls: { ca: %s }
                    timeouts: { connect: 2s, head: 2s }
                    next_upstream: { tries: 1 }
                    health: { max_fails: 0 }
                """.formatted(id, port, directory.resolve("ca.crt")));
            routes.append("  - { match: { path: /%s }, upstream: %s }\n".formatted(id, id));
        });
        return TestGateway.start(upstreams.toString() + routes);
    }
}
