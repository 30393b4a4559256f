package io.culprit.bench.rehearse;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Outcomes as one page that needs nothing else: verdict first, then a chart and the figures of each play. Stateless. */
final class HtmlReport {
    private static final String STYLE = """
            :root { color-scheme: light dark; --good: #2e7d32; --bad: #c62828; --line: #1565c0; --faint: #8886 }
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
            table { border-collapse: collapse; margin: .5rem 0 } td, th { padding: .15rem .8rem .15rem 0; text-align: left }
            td.n { text-align: right } .good { color: var(--good) } .bad { color: var(--bad) }
            svg { width: 100%; height: auto } pre { overflow-x: auto; background: #8881; padding: .5rem }
            svg text { font: 11px system-ui, sans-serif; fill: currentColor }
            """;

    private HtmlReport() {}

    static String of(List<Outcome> outcomes) {
        long differing =
                outcomes.stream().filter(o -> !o.differences().isEmpty()).count();
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>Rehearsal</title><style>" + STYLE
                + "</style></head><body><h1>Rehearsal</h1>");
        page.append(
                differing == 0
                        ? "<p class=\"good\"><strong>Everything came out as expected.</strong></p>"
                        : "<p class=\"bad\"><strong>%d of %d plays did not come out as expected.</strong></p>"
                                .formatted(differing, outcomes.size()));
        if (outcomes.size() > 1) {
            page.append(table(outcomes));
        }
        outcomes.forEach(each -> play(page, each));
        return page.append("</body></html>\n").toString();
    }

    private static String table(List<Outcome> outcomes) {
        var text = new StringBuilder("<table><tr><th>play<th>good<th>bad<th>workers<th>memory<th>verdict</tr>");
        for (Outcome each : outcomes) {
            long all = each.answers().values().stream().mapToLong(n -> n).sum();
            text.append(
                    "<tr><td>%s<td class=\"n\">%d<td class=\"n\">%d<td class=\"n\">%d<td class=\"n\">%d MiB<td>%s</tr>"
                            .formatted(
                                    escape(each.play().name()),
                                    Comparison.good(each),
                                    all - Comparison.good(each),
                                    Comparison.mostWorkers(each),
                                    Comparison.mostMemory(each) >> 20,
                                    verdict(each)));
        }
        return text.append("</table>").toString();
    }

    private static String verdict(Outcome outcome) {
        if (!outcome.skipped().isEmpty()) {
            return "skipped";
        }
        return outcome.differences().isEmpty()
                ? "<span class=\"good\">as expected</span>"
                : "<span class=\"bad\">not as expected</span>";
    }

    private static void play(StringBuilder page, Outcome outcome) {
        page.append("<h2>%s</h2><p>%s</p>"
                .formatted(escape(outcome.play().name()), escape(outcome.play().describe())));
        if (!outcome.skipped().isEmpty()) {
            page.append("<p>Skipped: ").append(escape(outcome.skipped())).append("</p>");
            return;
        }
        if (!outcome.differences().isEmpty()) {
            page.append("<ul class=\"bad\">");
            outcome.differences().forEach(each -> page.append("<li>").append(escape(each)));
            page.append("</ul>");
        }
        page.append(chart(outcome.seconds()));
        page.append("<table><tr><th>answer<th>came<th>expected</tr>");
        Map<String, String> expected = new TreeMap<>();
        outcome.play().answers().forEach((label, range) -> expected.put(label, range.toString()));
        outcome.answers().keySet().forEach(label -> expected.putIfAbsent(label, "0"));
        expected.forEach((label, range) -> page.append("<tr><td>%s<td class=\"n\">%d<td class=\"n\">%s</tr>"
                .formatted(escape(label), outcome.answers().getOrDefault(label, 0L), escape(range))));
        page.append("</table>");
        outcome.findings()
                .forEach((finding, n) ->
                        page.append("<p><strong>Finding</strong> (%d times): %s</p>".formatted(n, escape(finding))));
        page.append("<details><summary>Second by second</summary><pre>");
        outcome.seconds().forEach(second -> page.append(escape(second.line())).append('\n'));
        page.append("</pre></details><details><summary>FPM's log</summary><pre>");
        outcome.log().forEach(line -> page.append(escape(line)).append('\n'));
        page.append("</pre></details>");
    }

    /** Bars: answers a second, good below bad. Line: busy workers. */
    private static String chart(List<Second> seconds) {
        int width = 720;
        int height = 140;
        int most = 1;
        for (Second each : seconds) {
            most = Math.max(
                    most,
                    Math.max(
                            each.active(),
                            each.answers().values().stream().mapToInt(n -> n).sum()));
        }
        double step = (double) width / Math.max(1, seconds.size());
        double unit = (double) height / most;
        var bars = new StringBuilder();
        var line = new StringBuilder();
        for (Second each : seconds) {
            int good = 0;
            int bad = 0;
            for (Map.Entry<String, Integer> answer : each.answers().entrySet()) {
                if (answer.getKey().matches("[23][0-9][0-9]")) {
                    good += answer.getValue();
                } else {
                    bad += answer.getValue();
                }
            }
            double x = each.number() * step;
            bars.append(bar(x, step, height - good * unit, good * unit, "good"));
            bars.append(bar(x, step, height - (good + bad) * unit, bad * unit, "bad"));
            line.append(
                    String.format(Locale.ROOT, "%.1f,%.1f ", x + step / 2, height - Math.max(0, each.active()) * unit));
        }
        return ("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"answers and busy workers by second\">%s"
                        + "<polyline fill=\"none\" stroke=\"var(--line)\" stroke-width=\"2\" points=\"%s\"/>"
                        + "<text x=\"0\" y=\"%d\">0 s</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d s</text>"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">green: good answers, red: bad ones, line: busy workers;"
                        + " full height is %d</text></svg>")
                .formatted(
                        width,
                        height + 18,
                        bars,
                        line.toString().trim(),
                        height + 14,
                        width,
                        height + 14,
                        seconds.size(),
                        width / 2,
                        height + 14,
                        most);
    }

    private static String bar(double x, double width, double y, double height, String kind) {
        return height <= 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"var(--%s)\"/>",
                        x,
                        y,
                        Math.max(1, width - 1),
                        height,
                        kind);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
