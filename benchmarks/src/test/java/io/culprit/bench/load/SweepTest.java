package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {
    @TempDir
    private Path directory;

    private static Plan plan(String text) throws IOException {
        return PlanReader.parse(text);
    }

    /** Nineteen of twenty requests take 50 ms; the others hang, and hold a connection as long as they may. */
    private static final String HANGING = """
            arrival: { rate: 100, duration: 60s }
            patience: 30s
            upstream: { workers: 5000, latency: { min: 40ms, p50: 50ms, p94.9: 60ms, p95.1: 60s, max: 60s } }
            gateway: { max_connections: 20, queue.size: 50, queue.timeout: 2s }
            sweep: { read: [20ms, 200ms, 5s, 30s] }
            mode: simulated
            """;

    @Test
    void findsTheKnownOptimum() throws IOException {
        Plan plan = plan(HANGING);
        List<Plan.Request> requests = plan.requests();
        List<Cell> cells = plan.cells().stream()
                .map(s -> Simulation.run(plan, s, requests))
                .toList();
        Advice.Choice choice = Advice.best(cells);
        assertEquals(Duration.ofMillis(200), choice.cell().settings.read());
        // Too short cuts everything off; too long fills the pool with what hangs.
        assertTrue(cells.get(0).success() < 0.05, "20 ms: " + cells.get(0).success());
        assertTrue(cells.get(1).success() > 0.94, "200 ms: " + cells.get(1).success());
        assertTrue(cells.get(3).success() < 0.7, "30 s: " + cells.get(3).success());
        assertTrue(cells.get(0).cutOffWithin(0.1) > 0.9, "with 100 ms more nearly all would have been answered");
        assertTrue(Advice.lines(plan, choice.cell().settings).contains("timeouts: { read: 200 ms }")
                || Advice.lines(plan, choice.cell().settings).contains("timeouts: { read: 200ms }"));
    }

    @Test
    void simulatedTimeAgreesWithRealTime() throws IOException {
        Plan plan = plan("""
                arrival: { shape: spike, rate: 30, peak: 120, at: 2s, for: 3s, duration: 8s }
                patience: 4s
                upstream: { workers: 5, latency: { p50: 60ms, p90: 150ms, max: 1s } }
                gateway: { read: 500ms, max_connections: 5, queue.size: 20, queue.timeout: 1s }
                """);
        Cell simulated = Simulation.run(plan, plan.settings(), plan.requests());
        Cell real = RealRun.run(plan, plan.settings(), plan.requests(), share -> {});
        assertEquals(simulated.requests, real.requests);
        assertEquals(simulated.success(), real.success(), 0.08, real.outcomes + " and simulated " + simulated.outcomes);
        assertEquals(simulated.outcomes.keySet(), real.outcomes.keySet());
        assertTrue(real.success() < 0.95, "the spike was no overload");
    }

    @Test
    void clientsThatLeaveWasteTheUpstreamsWork() throws IOException {
        Plan plan = plan("""
                arrival: { shape: constant, rate: 10, duration: 10s }
                patience: 50ms
                upstream: { workers: 100, latency: { min: 100ms, max: 100ms } }
                """);
        Cell cell = Simulation.run(plan, plan.settings(), plan.requests());
        assertEquals(Map.of("client.closed", (long) plan.requests().size()), cell.outcomes);
        assertEquals(1.0, cell.waste());
    }

    @Test
    void repeatedAttemptsAmplifyTheLoad() throws IOException {
        Plan plan = plan("""
                arrival: { shape: constant, rate: 10, duration: 10s }
                upstream: { workers: 1000, latency: { min: 1s, max: 1s } }
                gateway: { read: 100ms, tries: 3 }
                """);
        Cell cell = Simulation.run(plan, plan.settings(), plan.requests());
        assertEquals(3.0, cell.amplification());
        assertEquals(0, cell.success());
    }

    @Test
    void aSweepGoesOnWhereItWasAndHistogramsSurvive() throws IOException {
        Plan plan = plan(HANGING);
        CellStore store = new CellStore(directory, "k");
        List<String> begun = new ArrayList<>();
        List<Cell> first = new Sweep(plan, store, (cell, cells, share, what) -> begun.add(what)).run();
        Files.delete(store.directory().resolve("simulated_" + plan.cells().get(1).key() + ".json"));
        List<Cell> again = new Sweep(plan, store, (cell, cells, share, what) -> {}).run();
        for (int i = 0; i < first.size(); i++) {
            assertEquals(first.get(i).outcomes, again.get(i).outcomes);
            assertEquals(first.get(i).bySecond, again.get(i).bySecond);
            assertEquals(first.get(i).percentileMillis(99.9), again.get(i).percentileMillis(99.9));
            assertEquals(first.get(i).recoverySeconds, again.get(i).recoverySeconds);
        }
    }

    @Test
    void everyProblemOfAPlanIsNamedWithItsPlace() {
        IOException e = assertThrows(IOException.class, () -> plan("""
                arrival: { rate: -1, shape: wavy }
                upstream: { latency: { p50: 2s, p99: 1s }, wrokers: 5 }
                sweep: { read: [1s, soon] }
                thresholds: { success: 200% }
                """));
        for (String each : new String[] {"plan:1:", "plan:2:", "plan:3:", "plan:4:", "soon", "wrokers", "wavy"}) {
            assertTrue(e.getMessage().contains(each), each + " in\n" + e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"CONSTANT, 100", "POISSON, 100", "RAMP, 150", "SPIKE, 120"})
    void arrivalsHaveTheRateThatWasAsked(Arrivals.Shape shape, double mean) {
        Arrivals arrivals =
                new Arrivals(shape, 100, 200, Duration.ofSeconds(100), Duration.ofSeconds(20), Duration.ofSeconds(20));
        long[] times = arrivals.times(new SplittableRandom(1));
        assertEquals(mean * 100, times.length, mean * 3);
        for (int i = 1; i < times.length; i++) {
            assertTrue(times[i] >= times[i - 1]);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.2.3.4 - - [x] \"GET / HTTP/1.1\" 200 5 \"-\" \"ua\" urt=0.123 | 0.123",
                "1.2.3.4 - - [x] \"GET / HTTP/1.1\" 200 5 urt=0.500, 0.250 x=1 | 0.250",
                "1.2.3.4 \"GET /v1.000 HTTP/1.1\" 200 5 0.042 | 0.042",
                "1.2.3.4 \"GET / HTTP/1.1\" 200 5 \"-\" | none",
                "1.2.3.4 urt=- | none"
            })
    void upstreamTimesAreFoundInNginxLogs(String line, String seconds) {
        var found = LatencyDistribution.seconds(line);
        assertEquals(seconds, found.isPresent() ? "%.3f".formatted(found.getAsDouble()) : "none");
    }

    @Test
    void aMeasuredDistributionIsDrawnAsItWas() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        String log = random.doubles(5000)
                .mapToObj(u -> "\"GET / HTTP/1.1\" 200 5 \"ua\" urt=%.3f".formatted(0.05 + u * u))
                .collect(Collectors.joining("\n"));
        LatencyDistribution measured = LatencyDistribution.nginxLog(Files.writeString(directory.resolve("log"), log));
        assertEquals(0.30, measured.quantile(0.5) / 1e9, 0.03);
        assertEquals(0.86, measured.quantile(0.9) / 1e9, 0.05);
        assertThrows(
                IOException.class,
                () -> LatencyDistribution.nginxLog(Files.writeString(directory.resolve("none"), "no times\n")));
    }
}
