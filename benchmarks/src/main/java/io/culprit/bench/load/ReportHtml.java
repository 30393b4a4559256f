package io.culprit.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** A report as one page that needs nothing else: the answer first, then heat map, curves and figures. Stateless. */
final class ReportHtml {
    private static final String STYLE = """
            :root { color-scheme: light dark; --good: #2e7d32; --bad: #c62828 }
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem }
            .answer { font-size: 1.2rem; border-left: 5px solid var(--good); padding: .3rem 1rem } .bad { color: var(--bad) }
            svg { width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: currentColor }
            svg .cell text { fill: #111 } pre { overflow-x: auto; background: #8881; padding: .7rem }
            table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid #8884 }
            .swatch { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em }
            """;
    private static final String[] COLORS = {"#c62828", "#ef8e19", "#6b3fa0", "#2f7fc1", "#8a6d3b", "#c13584", "#41648a"
    };
    private static final int WIDTH = 960;

    private ReportHtml() {}

    static String of(Report report) {
        Cell best = report.choice().cell();
        StringBuilder page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>Load test</title><style>" + STYLE
                + "</style></head><body><h1>" + escape(report.plan().question()) + "</h1>");
        report.failed()
                .forEach(each -> page.append("<p class=\"bad\"><strong>failed: ")
                        .append(escape(each))
                        .append("</strong></p>"));
        if (report.cells().size() > 1) {
            page.append("<p class=\"answer\"><strong>Set ")
                    .append(escape(best.settings.label()))
                    .append(".</strong> ");
            page.append(escape(report.choice().reason()))
                    .append(". ")
                    .append(escape(report.choice().margin()))
                    .append(".</p>");
            page.append(heatMaps(report.cells(), best));
        }
        page.append("<h2>Outcomes over time, ")
                .append(escape(best.settings.label()))
                .append("</h2>")
                .append(overTime(best));
        page.append("<h2>Latency</h2>").append(percentiles(report.cells(), best));
        page.append("<h2>Everything in figures</h2><pre>")
                .append(escape(report.markdown()))
                .append("</pre>");
        return page.append("</body></html>\n").toString();
    }

    /** One map for success, waste and p99 each: read timeouts make the columns, everything else the rows. */
    private static String heatMaps(List<Cell> cells, Cell best) {
        return heatMap("Requests that succeed, %", cells, best, c -> c.success() * 100, true)
                + heatMap("Upstream work that nobody waited for, %", cells, best, c -> c.waste() * 100, false)
                + heatMap("99th percentile of those that succeed, ms", cells, best, c -> c.percentileMillis(99), false);
    }

    private static String heatMap(
            String title, List<Cell> cells, Cell best, Function<Cell, Double> value, boolean highIsGood) {
        Function<Settings, String> column = s -> Settings.shown(s.read());
        Function<Settings, String> row = Settings::pool;
        List<String> columns =
                cells.stream().map(c -> column.apply(c.settings)).distinct().toList();
        List<String> rows =
                cells.stream().map(c -> row.apply(c.settings)).distinct().toList();
        double low = cells.stream().mapToDouble(value::apply).min().orElse(0);
        double high = cells.stream().mapToDouble(value::apply).max().orElse(1);
        int left = 330;
        int wide = (WIDTH - left) / columns.size();
        int tall = 26;
        StringBuilder out = new StringBuilder("<h2>%s</h2><svg viewBox=\"0 0 %d %d\" role=\"img\">"
                .formatted(escape(title), WIDTH, rows.size() * tall + 26));
        for (int i = 0; i < columns.size(); i++) {
            out.append("<text x=\"%d\" y=\"15\">%s %s</text>"
                    .formatted(left + i * wide + 4, "read", escape(columns.get(i))));
        }
        for (int i = 0; i < rows.size(); i++) {
            out.append("<text x=\"0\" y=\"%d\">%s</text>".formatted(26 + i * tall + 17, escape(rows.get(i))));
        }
        for (Cell each : cells) {
            double share = high == low ? 1 : (value.apply(each) - low) / (high - low);
            double goodness = highIsGood ? share : 1 - share;
            int x = left + columns.indexOf(column.apply(each.settings)) * wide;
            int y = 26 + rows.indexOf(row.apply(each.settings)) * tall;
            out.append(text(
                    "<g class=\"cell\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"hsl(%.0f 65%% 72%%)\"%s/><text x=\"%d\" y=\"%d\">%.1f%s</text></g>",
                    x + 1,
                    y + 1,
                    wide - 2,
                    tall - 2,
                    goodness * 120,
                    each == best ? " stroke=\"#111\" stroke-width=\"3\"" : "",
                    x + 6,
                    y + 17,
                    value.apply(each),
                    each == best ? " best" : ""));
        }
        return out.append("</svg>").toString();
    }

    private static String overTime(Cell cell) {
        TreeSet<String> names = new TreeSet<>(cell.outcomes.keySet());
        names.remove(Cell.GOOD);
        int seconds = cell.bySecond.isEmpty() ? 1 : ((TreeMap<Integer, ?>) cell.bySecond).lastKey() + 1;
        double most = cell.bySecond.values().stream()
                .mapToDouble(counts ->
                        counts.values().stream().mapToLong(Long::longValue).sum())
                .max()
                .orElse(1);
        double step = (WIDTH - 50.0) / seconds;
        StringBuilder out = new StringBuilder("<p><span class=\"swatch\" style=\"background:#2e7d32\"></span>ok");
        List<String> order = new ArrayList<>(names);
        for (int i = 0; i < order.size(); i++) {
            out.append("<span class=\"swatch\" style=\"background:%s\"></span>%s (%d)"
                    .formatted(COLORS[i % COLORS.length], escape(order.get(i)), cell.outcomes.get(order.get(i))));
        }
        out.append("</p><svg viewBox=\"0 0 %d 230\" role=\"img\">".formatted(WIDTH));
        for (Map.Entry<Integer, Map<String, Long>> each : cell.bySecond.entrySet()) {
            int second = each.getKey();
            Map<String, Long> counts = each.getValue();
            double y = 200;
            for (int i = -1; i < order.size(); i++) {
                long n = counts.getOrDefault(i < 0 ? Cell.GOOD : order.get(i), 0L);
                double height = n / most * 190;
                y -= height;
                out.append(text(
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                        50 + second * step,
                        y,
                        Math.max(0.5, step - 0.3),
                        height,
                        i < 0 ? "#2e7d32" : COLORS[i % COLORS.length]));
            }
        }
        return out.append(text(
                        "<text x=\"0\" y=\"16\">%.0f/s</text><text x=\"50\" y=\"220\">0 s</text><text x=\"%d\" y=\"220\">%d s</text></svg>",
                        most, WIDTH - 50, seconds))
                .toString();
    }

    /** Percentiles on a logarithmic scale of rarity: each nine takes the same width. */
    private static String percentiles(List<Cell> cells, Cell best) {
        double most =
                cells.stream().mapToDouble(c -> c.percentileMillis(99.99)).max().orElse(1);
        StringBuilder out = new StringBuilder("<svg viewBox=\"0 0 %d 250\" role=\"img\">".formatted(WIDTH));
        for (Cell each : cells) {
            StringBuilder path = new StringBuilder();
            for (int i = 0; i <= 80; i++) {
                double nines = i / 20.0;
                double percentile = 100 * (1 - Math.pow(10, -nines));
                double y = 210 - each.percentileMillis(percentile) / Math.max(1, most) * 195;
                path.append(text("%s%.1f %.1f", path.isEmpty() ? "M" : "L", 60 + nines / 4 * (WIDTH - 80), y));
            }
            out.append("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"/>"
                    .formatted(path, each == best ? "#2e7d32" : "#8886", each == best ? "3" : "1"));
        }
        String[] labels = {"p0", "p90", "p99", "p99.9", "p99.99"};
        for (int i = 0; i < labels.length; i++) {
            out.append("<text x=\"%d\" y=\"232\">%s</text>".formatted(50 + i * (WIDTH - 80) / 4, labels[i]));
        }
        return out.append(text(
                        "<text x=\"0\" y=\"14\">%.0f ms</text></svg><p>Bold: the recommended cell; thin: all others.</p>",
                        most))
                .toString();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
