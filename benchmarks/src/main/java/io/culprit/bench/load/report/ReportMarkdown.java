package io.culprit.bench.load.report;

import static io.culprit.bench.load.report.Report.millis;
import static io.culprit.bench.load.report.Report.text;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.Sweep;
import io.culprit.bench.load.plan.SettingLines;
import java.util.Map;

/** A report as Markdown: the answer first. Used once. */
final class ReportMarkdown {
    private final Report report;
    private final StringBuilder out = new StringBuilder();

    ReportMarkdown(Report report) {
        this.report = report;
    }

    String page() {
        out.append("# ").append(report.plan().question()).append("\n\n");
        report.failed().forEach(each -> out.append("**Failed:** ").append(each).append("\n\n"));
        out.append("**").append(report.answer()).append("**\n\n");
        report.choice()
                .ifPresent(choice -> choice.margins()
                        .forEach(each -> out.append("- ").append(each).append('\n')));
        report.warnings().forEach(each -> out.append("- note: ").append(each).append('\n'));
        out.append("\n## Set-up\n\n");
        report.setUp()
                .forEach((name, value) ->
                        out.append("- ").append(name).append(": ").append(value).append('\n'));
        cells();
        latency();
        cutOff();
        checks();
        if (report.plan().url().isEmpty() && report.choice().isPresent()) {
            out.append("\n## Lines to set\n");
            SettingLines.of(report.plan(), report.shown().settings)
                    .forEach((program, lines) ->
                            out.append(text("%n%s%n%n```%n%s%n```%n", program, lines.stripTrailing())));
        }
        return out.toString();
    }

    private void cells() {
        if (report.cells().size() == 1) {
            return;
        }
        out.append(
                "\n## All cells\n\n| settings | success (95 %) | against the best (95 %) | p50 ms | p99 ms | wasted work (95 %) | attempts per request | well again after |\n");
        out.append("|---|---|---|---|---|---|---|---|\n");
        for (Cell each : report.cells()) {
            out.append(text(
                    "| %s%s | %s | %s | %s | %s | %s | %.2f | %s |%n",
                    each == report.shown() && report.choice().isPresent() ? "**best:** " : "",
                    each.settings.label(),
                    Report.success(each),
                    report.against(each),
                    Report.percentile(each, each.latency, 50),
                    Report.percentile(each, each.latency, 99),
                    Report.waste(each),
                    each.amplification(),
                    each.recovery().text()));
        }
    }

    private void latency() {
        Cell cell = report.shown();
        out.append("\n## Latency of requests that succeeded");
        out.append(report.cells().size() > 1 ? ", " + cell.settings.label() : "")
                .append("\n\n");
        out.append("| | from when it was due, ms | from when it was sent, ms |\n|---|---|---|\n");
        for (double p : Report.PERCENTILES) {
            out.append(text(
                    "| %s | %s | %s |%n",
                    Report.name(p),
                    Report.percentile(cell, cell.latency, p),
                    Report.percentile(cell, cell.service, p)));
        }
        out.append("\nOutcomes:");
        for (Map.Entry<String, Long> each : cell.outcomes.entrySet()) {
            out.append(text(" %s %d;", each.getKey(), each.getValue()));
        }
        if (cell.recovery().known()) {
            out.append(" well again after the spike: ")
                    .append(cell.recovery().text())
                    .append(';');
        }
        out.setCharAt(out.length() - 1, '.');
        out.append('\n');
        if (cell.failures.getTotalCount() > 0) {
            out.append(text(
                    "Failures took %s ms at the median, %s ms at most.%n",
                    millis(cell.failures.getValueAtPercentile(50) / 1000.0),
                    millis(cell.failures.getMaxValue() / 1000.0)));
        }
    }

    private void cutOff() {
        Cell cell = report.shown();
        if (!report.seesUpstream()) {
            return;
        }
        out.append("\n## Cut off, and would have been answered within\n\n|");
        for (double later : Report.LATER) {
            out.append(text(" %s s |", later));
        }
        out.append("\n|").append("---|".repeat(Report.LATER.length)).append("\n|");
        for (double later : Report.LATER) {
            out.append(' ').append(Report.cutOff(cell, later)).append(" |");
        }
        out.append(
                "\n\nof all requests (95 %), had read been so much longer and nothing else changed; clients that would have left are not counted.\n");
    }

    private void checks() {
        if (report.checks().isEmpty()) {
            return;
        }
        out.append("\n## Simulated against real time\n\n");
        out.append("| settings | success real | simulated | waste real | simulated | p99 real ms | simulated | |\n");
        out.append("|---|---|---|---|---|---|---|---|\n");
        for (Sweep.Check each : report.checks()) {
            out.append("| ")
                    .append(each.real().settings.label())
                    .append(" | ")
                    .append(String.join(" | ", each.figures()))
                    .append(each.agrees() ? " | agrees |\n" : " | **differs** |\n");
        }
    }
}
