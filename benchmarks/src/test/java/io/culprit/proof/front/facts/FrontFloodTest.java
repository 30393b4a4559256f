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
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The floods of {@code front-cases.tsv}, by {@code front-floods.tsv}: as {@link FrontDifferentialTest}, but few at a time, so that
 * they do not slow each other down, and Culprit names the cause of each.
 */
class FrontFloodTest {
    private static final int AT_ONCE = 4;
    private static final int LOOKS = 1_000;

    @TempDir
    static Path directory;

    private static List<FrontScript> scripts;
    private static FrontRows rows;
    private static FrontTls tls;
    private static FrontUpstream upstream;

    @BeforeAll
    static void start() throws Exception {
        scripts = FrontScript.all(FrontScript.FLOODS);
        rows = FrontRows.of(scripts);
        tls = FrontTls.make(new Certs(directory));
        upstream = new FrontUpstream();
    }

    @AfterAll
    static void stop() throws IOException {
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource({"nginx", "haproxy", "apache"})
    void theRealProgramDoesWhatWasMeasured(String name) throws Exception {
        try (FrontOracle oracle = FrontOracle.start(name, upstream.port(), directory)) {
            FrontPlayer.Play play = each -> FrontPlayer.play(each, oracle.ports(), tls);
            assertEquals("", rows.differences(name, scripts, FrontPlayer.all(scripts, AT_ONCE, play), play));
        }
    }

    @Test
    void culpritDoesWhatOneOfThemDoesButForTheListedDeviationsAndNamesIt() throws Exception {
        Map<String, String> deviations = FrontRows.deviations();
        List<String> wrong = new ArrayList<>();
        FrontPlayer.all(scripts, AT_ONCE, FrontFloodTest::verdictAndCause).forEach((id, both) -> {
            String[] parts = both.split("\t", -1);
            rows.wrong(id, parts[0], Optional.ofNullable(deviations.get(id))).ifPresent(wrong::add);
            if (!parts[1].isEmpty()) {
                wrong.add(id + ": " + parts[1]);
            }
        });
        assertEquals("", String.join("\n", wrong));
    }

    /** On a gateway of its own, so that it is known whose cause it is; what is wrong with it comes behind the verdict. */
    private static String verdictAndCause(FrontScript script) throws Exception {
        try (TestGateway gateway = FrontCulprit.start(upstream.port(), directory, Set.of(script.listener()))) {
            String now = FrontPlayer.play(script, Map.of(script.listener(), gateway.port()), tls);
            List<String> causes = List.of();
            for (int i = 0; i < LOOKS && !script.cause().isEmpty() && !causes.contains(script.cause()); i++) {
                causes = gateway.gateway().recorder().recentFailures().stream()
                        .map(each -> each.failure().cause().id())
                        .distinct()
                        .toList();
                Thread.sleep(10); // it is told when it has happened, and the client may know it first
            }
            boolean named = script.cause().isEmpty() || causes.contains(script.cause());
            return now + "\t" + (named ? "" : "the causes are " + causes);
        }
    }
}
