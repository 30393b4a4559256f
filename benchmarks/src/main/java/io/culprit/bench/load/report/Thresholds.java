package io.culprit.bench.load.report;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What fails a run. Stateless. */
public final class Thresholds {
    private Thresholds() {}

    /** The plan's thresholds this cell misses, one sentence each. Without an answer there is no percentile to pass. */
    public static List<String> missed(Plan plan, Cell cell) {
        List<String> missed = new ArrayList<>();
        if (cell.requests() > 0 && cell.succeeded() == 0) {
            missed.add("no request succeeded");
            return missed;
        }
        if (cell.success() < plan.success()) {
            missed.add(String.format(
                    Locale.ROOT,
                    "%.2f %% of requests succeed, %.2f %% must",
                    cell.success() * 100,
                    plan.success() * 100));
        }
        plan.p99()
                .filter(p99 -> cell.percentileMillis(99) > p99.toMillis())
                .ifPresent(p99 -> missed.add(String.format(
                        Locale.ROOT,
                        "p99 of those that succeed is %.0f ms, %d ms are allowed",
                        cell.percentileMillis(99),
                        p99.toMillis())));
        return missed;
    }
}
