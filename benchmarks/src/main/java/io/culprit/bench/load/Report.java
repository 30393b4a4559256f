package io.culprit.bench.load;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All that a load test found.
 *
 * @param sent requests that were planned
 * @param checks cells in real and in simulated time
 * @param failed thresholds that were missed, one sentence each
 */
record Report(
        Plan plan,
        Instant at,
        String versions,
        long sent,
        List<Cell> cells,
        Advice.Choice choice,
        List<Sweep.Check> checks,
        List<String> failed) {
    private static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.9, 99.99};

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** As Markdown, which reads well in a terminal. */
    String markdown() {
        Cell best = choice.cell();
        StringBuilder out = new StringBuilder();
        out.append("# ").append(plan.question()).append("\n\n");
        failed.forEach(each -> out.append("**failed:** ").append(each).append("\n\n"));
        if (cells.size() > 1) {
            out.append("**Set ").append(best.settings.label()).append(".** ");
            out.append(choice.reason())
                    .append(". Margin: ")
                    .append(choice.margin())
                    .append(".\n\n");
        }
        out.append(setUp()).append('\n');
        out.append(cells.size() > 1 ? "## All cells\n\n" : "## Result\n\n");
        out.append(
                "| settings | success | p50 ms | p99 ms | wasted work | cut off, answer within 1 s / 5 s | attempts per request | recovered after s |\n");
        out.append("|---|---|---|---|---|---|---|---|\n");
        for (Cell each : cells) {
            out.append(text(
                    "| %s%s | %.2f %% | %.0f | %.0f | %.1f %% | %.2f %% / %.2f %% | %.2f | %.0f |%n",
                    each == best && cells.size() > 1 ? "**best:** " : "",
                    each.settings.label(),
                    each.success() * 100,
                    each.percentileMillis(50),
                    each.percentileMillis(99),
                    each.waste() * 100,
                    each.cutOffWithin(1) * 100,
                    each.cutOffWithin(5) * 100,
                    each.amplification(),
                    each.recoverySeconds));
        }
        out.append("\n## Latency of ").append(best.settings.label()).append("\n\n");
        out.append("| | from when it was due, ms | from when it was sent, ms |\n|---|---|---|\n");
        for (double p : PERCENTILES) {
            out.append(text(
                    "| p%s | %.1f | %.1f |%n",
                    p == Math.rint(p) ? Long.toString((long) p) : Double.toString(p),
                    best.percentileMillis(p),
                    best.service.getTotalCount() == 0 ? 0 : best.service.getValueAtPercentile(p) / 1000.0));
        }
        out.append("\nOutcomes: ");
        for (Map.Entry<String, Long> each : best.outcomes.entrySet()) {
            out.append(each.getKey()).append(' ').append(each.getValue()).append("; ");
        }
        out.append('\n');
        if (!checks.isEmpty()) {
            out.append(
                    "\n## Simulated against real time\n\n| settings | success real | simulated | p99 real ms | simulated |\n|---|---|---|---|---|\n");
            for (Sweep.Check each : checks) {
                out.append(text(
                        "| %s | %.2f %% | %.2f %% | %.0f | %.0f |%n",
                        each.real().settings.label(),
                        each.real().success() * 100,
                        each.simulated().success() * 100,
                        each.real().percentileMillis(99),
                        each.simulated().percentileMillis(99)));
            }
        }
        if (plan.url().isEmpty()) {
            out.append("\n## Lines to set\n\n```\n")
                    .append(Advice.lines(plan, best.settings))
                    .append("```\n");
        }
        return out.toString();
    }

    private String setUp() {
        Cell best = choice.cell();
        double planned = plan.arrivals().duration().toNanos() / 1e9;
        StringBuilder out = new StringBuilder("## Set-up\n\n");
        out.append(text("- %s; %s%n", at, versions));
        out.append(plan.url()
                .map(u -> "- target: " + u + "\n")
                .orElse(text(
                        "- upstream: %d workers, latency %s: p50 %.0f ms, p99 %.0f ms, longest %.0f ms%n",
                        plan.workers(),
                        plan.latency().source(),
                        plan.latency().quantile(0.5) / 1e6,
                        plan.latency().quantile(0.99) / 1e6,
                        plan.latency().quantile(1) / 1e6)));
        out.append(text("- arrivals: %s; clients wait %s%n", plan.arrivals().label(), Settings.shown(plan.patience())));
        out.append(text(
                "- offered %.1f requests/s, answered %.1f/s; %s time%n",
                sent / planned,
                best.outcomes.getOrDefault(Cell.GOOD, 0L) / Math.max(planned, best.seconds),
                best.simulated ? "simulated" : "real"));
        if (cells.stream().anyMatch(Cell::saturated)) {
            out.append(text(
                    "- **the generator was too slow** in %d cells: requests left late, the figures say more about it than about the gateway%n",
                    cells.stream().filter(Cell::saturated).count()));
        }
        return out.toString();
    }
}
