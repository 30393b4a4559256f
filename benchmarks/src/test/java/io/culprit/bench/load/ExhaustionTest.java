package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.PlanReader;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Five upstream connections, 100 ms for each request, and far more clients than that. */
@Tag("alone")
class ExhaustionTest {
    private static Cell burst(int clients, int duration) throws IOException {
        Plan plan = PlanReader.parse("""
                arrival: { shape: constant, rate: %d, duration: %dms }
                upstream: { workers: 5, latency: { min: 100ms, max: 100ms } }
                gateway: { max_connections: 5, queue.size: 10, queue.timeout: 5s }
                """.formatted(clients * 1000 / duration, duration), "plan");
        return RealRun.run(plan, plan.settings(), plan.requests(), share -> {});
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 200, 2000})
    void admittedRequestsWaitTheirTurnAndTheOthersAreToldAtOnce(int clients) throws IOException {
        Cell cell = burst(clients, 100);
        long served = cell.outcomes.getOrDefault(Cell.GOOD, 0L);
        assertTrue(served >= Math.min(clients - 1, 15), cell.outcomes + "");
        // Five more for each 100 ms by which a busy test machine sent late: so long the pool had work coming in.
        long late = (cell.lateness.getMaxValue() + 99_999) / 100_000;
        assertTrue(served <= 26 + 5 * late, cell.outcomes + " are more than pool and queue could hold");
        assertEquals(cell.requests, served + cell.outcomes.getOrDefault("queue.full", 0L), cell.outcomes + "");
        // The last of the queue waits for three rounds of 100 ms; the rest is what a busy test machine adds.
        assertTrue(cell.percentileMillis(99) < 700, cell.percentileMillis(99) + " ms");
        if (clients > 100) {
            // Against those that were served, not against a clock: both are as slow as the machine is at the time.
            long refused = cell.failures.getValueAtPercentile(50);
            long answered = cell.service.getValueAtPercentile(50);
            assertTrue(refused < answered, "refusals took " + refused + " us, answers " + answered + " us");
        }
    }

    @Test
    void everythingIsWellASecondAfterTheRush() throws IOException {
        Plan plan = PlanReader.parse("""
                arrival: { shape: spike, rate: 20, peak: 400, at: 1s, for: 2s, duration: 6s }
                upstream: { workers: 5, latency: { min: 100ms, max: 100ms } }
                gateway: { max_connections: 5, queue.size: 10, queue.timeout: 5s }
                """, "plan");
        Cell cell = RealRun.run(plan, plan.settings(), plan.requests(), share -> {});
        assertTrue(cell.outcomes.get("queue.full") > 100, cell.outcomes + "");
        assertTrue(cell.recovery.seconds() <= 1, "recovered after " + cell.recovery.text());
    }
}
