package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.bench.load.plan.Arrivals;
import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.PlanReader;
import io.culprit.bench.load.report.Advice;
import io.culprit.bench.load.report.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("alone")
class SweepTest {
    @TempDir
    private Path directory;

    private static Plan plan(String text) throws IOException {
        return PlanReader.parse(text, "plan");
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
        Advice.Choice choice = Advice.best(plan, cells).orElseThrow();
        assertEquals(Duration.ofMillis(200), choice.cell().settings.read());
        assertTrue(choice.margins().get(0).matches("read 200ms: every other value differs, 20ms loses 9.*"));
        // Too short cuts everything off; too long fills the pool with what hangs.
        assertTrue(cells.get(0).success() < 0.05, "20 ms: " + cells.get(0).success());
        assertTrue(cells.get(1).success() > 0.94, "200 ms: " + cells.get(1).success());
        assertTrue(cells.get(3).success() < 0.7, "30 s: " + cells.get(3).success());
        assertTrue(cells.get(0).cutOffWithin(0.1) > 0.9, "with 100 ms more nearly all would have been answered");
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
    void repeatedAttemptsAmplifyTheLoadAlikeInBothKindsOfTime() throws IOException {
        Plan plan = plan("""
                arrival: { shape: constant, rate: 10, duration: 2s }
                upstream: { workers: 1000, latency: { min: 500ms, max: 500ms } }
                gateway: { read: 100ms, tries: 3 }
                """);
        Cell simulated = Simulation.run(plan, plan.settings(), plan.requests());
        Cell real = RealRun.run(plan, plan.settings(), plan.requests(), share -> {});
        for (Cell each : List.of(simulated, real)) {
            assertEquals(3.0, each.amplification(), 0.01, each.outcomes + "");
            assertEquals(0, each.success());
            assertEquals(1.0, each.waste());
            // Every request was cut off 400 ms too early, once each, however many attempts it made.
            assertEquals(0, each.cutOffWithin(0.3));
            assertEquals(1, each.cutOffWithin(0.6), 0.01);
        }
    }

    @Test
    void nothingThatSucceedsIsNoRecommendation() throws IOException {
        Plan plan = plan("""
                arrival: { rate: 10, duration: 5s }
                upstream: { latency: { min: 5s, max: 5s } }
                gateway: { read: 100ms }
                thresholds: { p99: 50ms }
                """);
        Cell cell = Simulation.run(plan, plan.settings(), plan.requests());
        assertTrue(Advice.best(plan, List.of(cell)).isEmpty());
        assertEquals(List.of("no request succeeded"), Thresholds.missed(plan, cell));
    }

    @Test
    void recoveryLooksPastFailuresThatAreUsual() throws IOException {
        Plan plan = plan("""
                arrival: { shape: spike, rate: 100, peak: 300, at: 20s, for: 10s, duration: 90s }
                patience: 30s
                upstream: { workers: 5000, latency: { min: 40ms, p50: 50ms, p98.9: 60ms, p99.1: 60s, max: 60s } }
                gateway: { read: 200ms, max_connections: 10, queue.size: 50, queue.timeout: 1s }
                """);
        Plan endless = plan("""
                arrival: { shape: spike, rate: 300, peak: 400, at: 5s, for: 5s, duration: 20s }
                upstream: { workers: 10, latency: { min: 50ms, max: 50ms } }
                gateway: { max_connections: 10, queue.size: 50, queue.timeout: 1s }
                """);
        Cell usual = Simulation.run(plan, plan.settings(), plan.requests());
        assertTrue(usual.outcomes.getOrDefault("head.timeout", 0L) > 50, usual.outcomes + "");
        assertTrue(usual.recovery.seconds() <= 5, usual.recovery.text());
        assertEquals(
                "-",
                Recovery.of(
                                usual.bySecond,
                                new Arrivals(
                                        Arrivals.Shape.CONSTANT,
                                        1,
                                        1,
                                        Duration.ofSeconds(1),
                                        Duration.ZERO,
                                        Duration.ZERO))
                        .text());
        assertTrue(
                Simulation.run(endless, endless.settings(), endless.requests()).success() < 0.9);
    }

    @Test
    void aQueueIsAssumedWhereItsTimeIsSwept() throws IOException {
        Plan plan = plan("""
                arrival: { rate: 10, duration: 5s }
                upstream: { latency: { min: 50ms, max: 50ms } }
                sweep: { read: [1s, 2s], max_connections: [5, 10], queue.timeout: [0, 1s, 5s] }
                """);
        assertEquals(12, plan.cells().size());
        assertTrue(plan.notes().get(0).startsWith("queue.size is 100"), plan.notes() + "");
        assertEquals(0, plan.cells().get(0).queueSize(), "no time to wait is no queue");
    }

    @Test
    void aSweepGoesOnWhereItWasAndHistogramsSurvive() throws IOException {
        Plan plan = plan(HANGING);
        CellStore store = new CellStore(directory, "k", true);
        List<String> begun = new ArrayList<>();
        List<Cell> first = new Sweep(plan, store, (cell, cells, share, what) -> begun.add(what)).run();
        Files.delete(
                store.directory().resolve("simulated_" + plan.cells().get(1).key() + ".json"));
        List<Cell> again = new Sweep(plan, store, (cell, cells, share, what) -> {}).run();
        for (int i = 0; i < first.size(); i++) {
            assertEquals(first.get(i).outcomes, again.get(i).outcomes);
            assertEquals(first.get(i).bySecond, again.get(i).bySecond);
            assertEquals(first.get(i).percentileMillis(99.9), again.get(i).percentileMillis(99.9));
            assertEquals(first.get(i).amplification(), again.get(i).amplification());
        }
        store.finish();
        assertTrue(
                new CellStore(directory, "k", true)
                        .load(plan.cells().get(0), true)
                        .isEmpty(),
                "a new run begins anew");
    }

    @Test
    void everyProblemOfAPlanIsNamedWithItsPlace() {
        IOException e = assertThrows(IOException.class, () -> plan("""
                arrival: { rate: -1, shape: wavy }
                upstream: { latency: { p50: 2s, p99: 1s }, wrokers: 5 }
                sweep: { read: [1s, soon, 0], tries: [0, 3] }
                thresholds: { success: 200% }
                target: { url: "http://a b/" }
                mix: [ { path: nowhere, method: get } ]
                """));
        for (String each : new String[] {
            "plan:1:", "plan:2:", "plan:3:", "plan:4:", "plan:5:", "plan:6:", "soon", "wrokers", "wavy", "from 1 to 10"
        }) {
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
}
