package io.culprit.bench.load.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.bench.load.CellStore;
import io.culprit.bench.load.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("alone")
class LatencyDistributionTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.2.3.4 - - [x] \"GET / HTTP/1.1\" 200 5 \"-\" \"ua\" urt=0.123 | 0.123",
                "1.2.3.4 - - [x] \"GET / HTTP/1.1\" 200 5 urt=0.500, 0.250 x=1 | 0.250",
                "1.2.3.4 \"GET /v1.000 HTTP/1.1\" 200 5 0.042 | 0.042",
                "{\"status\":200,\"upstream_response_time\":\"0.077\",\"request_time\":0.100} | 0.077",
                "upstream_response_time=0.123 request_time=5.100 | 0.123",
                "1.2.3.4 \"GET / HTTP/1.1\" 200 5 \"-\" | none",
                "1.2.3.4 urt=- | none"
            })
    void upstreamTimesAreFoundInNginxLogs(String line, String seconds) {
        var found = NginxLogTimes.secondsOf(line);
        assertEquals(seconds, found.isPresent() ? "%.3f".formatted(found.getAsDouble()) : "none");
    }

    @Test
    void twoTimesWithoutANameAreRefusedUntilOneIsNamed() throws IOException {
        Path log = Files.writeString(
                directory.resolve("log"), "\"GET / HTTP/1.1\" 200 5 rt=5.100 mine=0.100\n".repeat(20));
        Path bare = Files.writeString(directory.resolve("bare"), "\"GET / HTTP/1.1\" 200 5 0.100 5.100\n".repeat(20));
        IOException e = assertThrows(IOException.class, () -> NginxLogTimes.read(bare, Optional.empty()));
        assertTrue(e.getMessage().contains("bare:1: two fields"), e.getMessage());
        assertEquals(0.1, NginxLogTimes.read(log, Optional.of("mine")).quantile(0.5) / 1e9, 1e-6);
    }

    @Test
    void whatWasCutOffIsNoLatency() throws IOException {
        String log =
                "\"GET / HTTP/1.1\" 200 5 urt=0.100\n".repeat(50) + "\"GET / HTTP/1.1\" 504 5 urt=60.000\n".repeat(50);
        LatencyDistribution found =
                NginxLogTimes.read(Files.writeString(directory.resolve("log"), log), Optional.empty());
        assertEquals(0.1, found.quantile(1) / 1e9, 1e-6);
        assertTrue(found.source().contains("50 that were cut off"), found.source());
    }

    @Test
    void aMeasuredDistributionIsDrawnAsItWas() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        String log = random.doubles(5000)
                .mapToObj(u -> "\"GET / HTTP/1.1\" 200 5 \"ua\" urt=%.3f".formatted(0.05 + u * u))
                .collect(Collectors.joining("\n"));
        LatencyDistribution measured =
                NginxLogTimes.read(Files.writeString(directory.resolve("log"), log), Optional.empty());
        assertEquals(0.30, measured.quantile(0.5) / 1e9, 0.03);
        assertEquals(0.86, measured.quantile(0.9) / 1e9, 0.05);
        Path none = Files.writeString(directory.resolve("none"), "no times\n");
        assertThrows(IOException.class, () -> NginxLogTimes.read(none, Optional.empty()));
    }

    /** Latency, lateness and the rest are in one file: only the service times are what the upstream does. */
    @Test
    void theToolsOwnHistogramsCanBeReadAgain() throws IOException {
        Plan plan = PlanReader.parse("""
                arrival: { shape: constant, rate: 50, duration: 10s }
                upstream: { workers: 100, latency: { min: 80ms, max: 80ms } }
                """, "plan");
        CellStore store = new CellStore(directory, "k", true);
        store.save(Simulation.run(plan, plan.settings(), plan.requests()));
        Path log = store.directory().resolve("simulated_" + plan.settings().key() + ".hlog");
        assertEquals(
                80e6, LatencyDistribution.histogram(log, Optional.empty(), 1000).quantile(0.5), 1e6);
        IOException e =
                assertThrows(IOException.class, () -> LatencyDistribution.histogram(log, Optional.of("nosuch"), 1000));
        assertTrue(e.getMessage().contains("service"), e.getMessage());
    }

    @Test
    void aScenariosPagesAreMeasured() throws IOException {
        Path scenario = Files.writeString(directory.resolve("s.yaml"), """
                fpm: { pools: { www: { max_children: 1 } } }
                scripts: { /slow.php: [ query: 300ms, echo: done ], /fast.php: [ query: 50ms, echo: done ] }
                timeline:
                  - { at: 0s, send: 10, path: /slow.php }
                  - { at: 0s, send: 30, path: /fast.php }
                expect: { answers: { "200": 40 } }
                """);
        Plan plan = PlanReader.parse("""
                arrival: { rate: 10, duration: 10s }
                upstream: { workers: 5, latency: { scenario: %s } }
                """.formatted(scenario), "plan");
        assertEquals(0.05, plan.latency().quantile(0.5) / 1e9, 0.04);
        assertEquals(0.3, plan.latency().quantile(0.9) / 1e9, 0.06);
    }
}
