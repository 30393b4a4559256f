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
 * The rows of {@code front-cases.tsv} that {@code front-scripts.tsv} has a script for, against the real programs and Culprit.
 * The programs must still do what was measured. Culprit must do what one of them does, but for what {@code
 * front-deviations.tsv} lists.
 */
class FrontDifferentialTest {
    private static final int AT_ONCE = 16;

    @TempDir
    static Path directory;

    private static List<FrontScript> scripts;
    private static FrontRows rows;
    private static FrontTls tls;
    private static FrontUpstream upstream;

    @BeforeAll
    static void start() throws Exception {
        scripts = FrontScript.all(FrontScript.SCRIPTS);
        rows = FrontRows.of(scripts);
        tls = FrontTls.make(new Certs(directory));
        upstream = new FrontUpstream();
    }

    @AfterAll
    static void stop() throws IOException {
        upstream.close();
    }

    /** What these listeners have scripts for. */
    private static List<FrontScript> playable(Map<String, Integer> ports) {
        return scripts.stream()
                .filter(each -> ports.containsKey(each.listener()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"nginx", "haproxy", "apache"})
    void theRealProgramDoesWhatWasMeasured(String name) throws Exception {
        try (FrontOracle oracle = FrontOracle.start(name, upstream.port(), directory)) {
            List<FrontScript> playable = playable(oracle.ports());
            FrontPlayer.Play play = each -> FrontPlayer.play(each, oracle.ports(), tls);
            assertEquals("", rows.differences(name, playable, FrontPlayer.all(playable, AT_ONCE, play), play));
        }
    }

    @Test
    void culpritDoesWhatOneOfThemDoesButForTheListedDeviations() throws Exception {
        Map<String, String> deviations = FrontRows.deviations();
        try (TestGateway gateway = FrontCulprit.start(upstream.port(), directory)) {
            List<String> wrong = new ArrayList<>();
            Map<String, Integer> ports = FrontCulprit.ports(gateway);
            FrontPlayer.all(playable(ports), AT_ONCE, each -> FrontPlayer.play(each, ports, tls))
                    .forEach((id, now) -> rows.wrong(id, now, Optional.ofNullable(deviations.get(id)))
                            .ifPresent(wrong::add));
            assertEquals("", String.join("\n", wrong));
        }
    }
}
