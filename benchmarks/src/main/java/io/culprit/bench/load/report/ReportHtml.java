package io.culprit.bench.load.report;

import static io.culprit.bench.load.report.Charts.escape;
import static io.culprit.bench.load.report.Report.text;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.Sweep;
import io.culprit.bench.load.plan.SettingLines;
import java.util.List;
import java.util.Map;

/** A report as one page that needs nothing else: the answer first, then maps, curves and figures. Used once. */
public final class ReportHtml {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6572; --line: #d8dde3; --paper: #fff; --accent: #2a7fb8; --bad: #b2182b }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #a3adb8; --line: #3a424c; --paper: #14181d; --accent: #6bb0d8; --bad: #f4836b } }
            body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
            h1 { font-size: 1.6rem; margin-bottom: .5rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
            .answer { font-size: 1.2rem; border-left: 5px solid var(--accent); padding: .3rem 1rem; margin: 1rem 0 }
            .bad { color: var(--bad) } .note, figcaption { color: var(--soft) } figure { margin: 1rem 0 }
            svg { width: 100%; min-width: 40rem; height: auto } svg text { font: 13px system-ui, sans-serif; fill: var(--ink) }
            svg .cell text { fill: #111 } svg .best { stroke: var(--ink); stroke-width: 3 } svg .grid { stroke: var(--line) }
            svg .other { stroke: var(--soft); stroke-opacity: .35 } .wide { overflow-x: auto }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums } td, th { padding: .25rem .9rem .25rem 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
            td:first-child, th:first-child { text-align: left } tr.best { font-weight: 600 }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem } dt { color: var(--soft) } dd { margin: 0 }
            .lines { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1rem } pre { overflow-x: auto; border: 1px solid var(--line); padding: .7rem; margin: .3rem 0 }
            .key { margin-right: 1.2em } .key i { display: inline-block; width: .8em; height: .8em; margin-right: .4em }
            """;

    private final Report report;
    private final Cell shown;
    private final StringBuilder page = new StringBuilder();

    private ReportHtml(Report report) {
        this.report = report;
        this.shown = report.shown();
    }

    public static String of(Report report) {
        return new ReportHtml(report).page();
    }

    private String page() {
        String question = escape(report.plan().question());
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
                .append(question)
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body><h1>")
                .append(question)
                .append("</h1>");
        report.failed()
                .forEach(each -> page.append("<p class=\"bad\"><strong>Failed: ")
                        .append(escape(each))
                        .append("</strong></p>"));
        page.append("<p class=\"answer\">").append(escape(report.answer())).append("</p>");
        list(report.choice().map(Advice.Choice::margins).orElse(List.of()), "");
        list(report.warnings(), " class=\"note\"");
        if (report.cells().size() > 1) {
            maps();
        }
        heading("Offered and answered" + whichCell());
        page.append(
                "<p class=\"note\">Each bar is a second's requests by when they were due; its height is the offered rate, the lowest part what was answered well.</p><div class=\"wide\">");
        page.append(Charts.overTime(shown)).append("</div>");
        latency();
        if (report.seesUpstream() && shown.missedBy.getTotalCount() > 0) {
            heading("Cut off, and would have been answered" + whichCell());
            page.append("<div class=\"wide\">").append(Charts.cutOff(shown)).append("</div>");
        }
        cells();
        checks();
        heading("Set-up");
        page.append("<dl>");
        report.setUp()
                .forEach((name, value) -> page.append("<dt>")
                        .append(escape(name))
                        .append("</dt><dd>")
                        .append(escape(value))
                        .append("</dd>"));
        page.append("</dl>");
        if (report.plan().url().isEmpty() && report.choice().isPresent()) {
            heading("Lines to set");
            page.append("<div class=\"lines\">");
            SettingLines.of(report.plan(), shown.settings)
                    .forEach((program, lines) -> page.append("<div>")
                            .append(escape(program))
                            .append("<pre>")
                            .append(escape(lines.stripTrailing()))
                            .append("</pre></div>"));
            page.append("</div>");
        }
        return page.append("</body></html>\n").toString();
    }

    private String whichCell() {
        return report.cells().size() > 1 ? ": " + shown.settings.label() : "";
    }

    private void heading(String text) {
        page.append("<h2>").append(escape(text)).append("</h2>");
    }

    private void list(List<String> sentences, String attributes) {
        if (!sentences.isEmpty()) {
            page.append("<ul").append(attributes).append('>');
            sentences.forEach(each -> page.append("<li>").append(escape(each)).append("</li>"));
            page.append("</ul>");
        }
    }

    private void maps() {
        heading("Every combination");
        Cell best = report.choice().map(Advice.Choice::cell).orElse(null);
        page.append("<div class=\"wide\">");
        for (Charts.Figure each : List.of(
                new Charts.Figure("Requests that succeed, % (blue is better)", "%", c -> c.success() * 100, true, 5),
                new Charts.Figure(
                        "Upstream work that nobody waited for, % (blue is better)",
                        "%", c -> c.waste() * 100, false, 5),
                new Charts.Figure(
                        "99th percentile of those that succeed, ms (blue is better)",
                        "ms",
                        c -> c.percentileMillis(99),
                        false,
                        100))) {
            page.append(Charts.heatMap(each, report.cells(), best));
        }
        page.append("</div>");
    }

    private void latency() {
        heading("Latency of requests that succeeded" + whichCell());
        page.append("<div class=\"wide\">")
                .append(Charts.percentiles(report.cells(), shown))
                .append("</div>");
        if (report.cells().size() > 1) {
            page.append("<p class=\"note\">Bold: this cell; thin: the others.</p>");
        }
        page.append("<div class=\"wide\"><table><tr><th></th>");
        for (double p : Report.PERCENTILES) {
            page.append("<th>").append(Report.name(p)).append("</th>");
        }
        page.append("</tr>");
        row("from when it was due, ms", shown.latency);
        row("from when it was sent, ms", shown.service);
        page.append("</table></div>");
    }

    private void row(String title, org.HdrHistogram.Histogram of) {
        page.append("<tr><td>").append(title).append("</td>");
        for (double p : Report.PERCENTILES) {
            page.append("<td>").append(Report.percentile(shown, of, p)).append("</td>");
        }
        page.append("</tr>");
    }

    private void cells() {
        heading(report.cells().size() > 1 ? "All cells in figures" : "Figures");
        boolean sees = report.seesUpstream();
        page.append("<div class=\"wide\"><table><tr>");
        if (report.cells().size() > 1) {
            page.append("<th>settings</th>");
        }
        page.append("<th>success (95 %)</th><th>against the best (95 %)</th><th>p50 ms</th><th>p99 ms</th>");
        if (sees) {
            page.append(
                    "<th>wasted work (95 %)</th><th>cut off by 1 s or less (95 %)</th><th>attempts per request</th>");
        }
        page.append("<th>well again after</th><th>failures</th></tr>");
        for (Cell each : report.cells()) {
            page.append(each == shown && report.cells().size() > 1 ? "<tr class=\"best\">" : "<tr>");
            if (report.cells().size() > 1) {
                page.append("<td>").append(escape(each.settings.label())).append("</td>");
            }
            page.append(text(
                    "<td>%s</td><td>%s</td><td>%s</td><td>%s</td>",
                    Report.success(each),
                    report.against(each),
                    Report.percentile(each, each.latency, 50),
                    Report.percentile(each, each.latency, 99)));
            if (sees) {
                page.append(text(
                        "<td>%s</td><td>%s</td><td>%.2f</td>",
                        Report.waste(each), Report.cutOff(each, 1), each.amplification()));
            }
            page.append("<td>")
                    .append(each.recovery().text())
                    .append("</td><td>")
                    .append(failures(each))
                    .append("</td></tr>");
        }
        page.append("</table></div>");
    }

    private static String failures(Cell cell) {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, Long> each : cell.outcomes.entrySet()) {
            if (!each.getKey().equals(Cell.GOOD)) {
                out.append(out.isEmpty() ? "" : ", ")
                        .append(escape(each.getKey()))
                        .append(' ')
                        .append(each.getValue());
            }
        }
        return out.isEmpty() ? "none" : out.toString();
    }

    private void checks() {
        if (report.checks().isEmpty()) {
            return;
        }
        heading("Simulated against real time");
        page.append(
                "<div class=\"wide\"><table><tr><th>settings</th><th>success real</th><th>simulated</th><th>waste real</th><th>simulated</th><th>p99 real ms</th><th>simulated</th><th></th></tr>");
        for (Sweep.Check each : report.checks()) {
            page.append("<tr><td>")
                    .append(escape(each.real().settings.label()))
                    .append("</td><td>")
                    .append(String.join("</td><td>", each.figures()))
                    .append(each.agrees() ? "</td><td>agrees" : "</td><td><strong class=\"bad\">differs</strong>")
                    .append("</td></tr>");
        }
        page.append("</table></div>");
    }
}
