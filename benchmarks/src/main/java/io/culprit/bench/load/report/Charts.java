package io.culprit.bench.load.report;

import static io.culprit.bench.load.report.Report.text;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.plan.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The report's pictures as SVG, readable in light and dark and without telling red from green. Stateless. */
final class Charts {
    private static final int WIDTH = 960;
    private static final String GOOD = "#2a7fb8";
    private static final String[] BAD = {"#e08214", "#b2182b", "#8073ac", "#bf812d", "#d6604d", "#542788", "#7f7f7f"};
    private static final int[] WORST = {0xe0, 0x82, 0x14};
    private static final int[] MIDDLE = {0xf7, 0xf3, 0xe8};
    private static final int[] BEST = {0x6b, 0xb0, 0xd8};

    private Charts() {}

    /**
     * What a heat map shows.
     *
     * @param span least difference that is worth a change of colour from end to end
     */
    record Figure(String title, String unit, ToDoubleFunction<Cell> value, boolean highIsGood, double span) {}

    /** Read timeouts make the columns, everything else the rows. */
    static String heatMap(Figure figure, List<Cell> cells, @Nullable Cell best) {
        List<String> columns = distinct(cells, c -> Settings.exact(c.settings.read()));
        List<String> rows = distinct(cells, c -> c.settings.pool());
        List<Cell> alive = cells.stream().filter(c -> c.succeeded() > 0).toList();
        double low = alive.stream().mapToDouble(figure.value()).min().orElse(0);
        double high = alive.stream().mapToDouble(figure.value()).max().orElse(1);
        if (high - low < figure.span()) { // what hardly differs is all as good as the best
            low = figure.highIsGood() ? high - figure.span() : low;
            high = low + figure.span();
        }
        int left = 330;
        int wide = Math.min(150, (WIDTH - left) / columns.size());
        int tall = 28;
        StringBuilder out = new StringBuilder(text(
                "<figure><figcaption>%s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                escape(figure.title()), WIDTH, rows.size() * tall + 52, escape(figure.title())));
        out.append(text("<text x=\"%d\" y=\"14\" text-anchor=\"end\">read</text>", left - 8));
        for (int i = 0; i < columns.size(); i++) {
            out.append(text("<text x=\"%d\" y=\"14\">%s</text>", left + i * wide + 6, escape(columns.get(i))));
        }
        for (int i = 0; i < rows.size(); i++) {
            out.append(text("<text x=\"0\" y=\"%d\">%s</text>", 24 + i * tall + 18, escape(rows.get(i))));
        }
        for (Cell each : cells) {
            double value = figure.value().applyAsDouble(each);
            double share = Math.min(1, Math.max(0, (value - low) / (high - low)));
            boolean none = each.succeeded() == 0;
            int x = left + columns.indexOf(Settings.exact(each.settings.read())) * wide;
            int y = 24 + rows.indexOf(each.settings.pool()) * tall;
            out.append(text(
                    "<g class=\"cell\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"%s/><text x=\"%d\" y=\"%d\">%s%s</text></g>",
                    x + 2,
                    y + 2,
                    wide - 4,
                    tall - 4,
                    none ? "#bbb" : color(figure.highIsGood() ? share : 1 - share),
                    each == best ? " class=\"best\"" : "",
                    x + 8,
                    y + 18,
                    none ? "nothing" : text("%.1f", value),
                    each == best ? " \u2605" : ""));
        }
        int y = 24 + rows.size() * tall + 18;
        out.append(text("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.1f %s</text>", left - 8, y, low, figure.unit()));
        for (int i = 0; i < 10; i++) {
            out.append(text(
                    "<rect x=\"%d\" y=\"%d\" width=\"16\" height=\"10\" fill=\"%s\"/>",
                    left + i * 16, y - 9, color(figure.highIsGood() ? i / 9.0 : 1 - i / 9.0)));
        }
        return out.append(text(
                        "<text x=\"%d\" y=\"%d\">%.1f %s</text></svg></figure>", left + 168, y, high, figure.unit()))
                .toString();
    }

    private static List<String> distinct(List<Cell> cells, java.util.function.Function<Cell, String> of) {
        return cells.stream().map(of).distinct().toList();
    }

    private static String color(double goodness) {
        int[] from = goodness < 0.5 ? WORST : MIDDLE;
        int[] to = goodness < 0.5 ? MIDDLE : BEST;
        double share = goodness < 0.5 ? goodness * 2 : goodness * 2 - 1;
        StringBuilder out = new StringBuilder("#");
        for (int i = 0; i < 3; i++) {
            out.append(text("%02x", Math.round(from[i] + (to[i] - from[i]) * share)));
        }
        return out.toString();
    }

    /** Each second's requests by outcome: the height is what was offered, the lowest part what was answered well. */
    static String overTime(Cell cell) {
        TreeSet<String> names = new TreeSet<>(cell.outcomes.keySet());
        names.remove(Cell.GOOD);
        List<String> order = new ArrayList<>(names);
        int seconds = cell.bySecond.isEmpty() ? 1 : ((TreeMap<Integer, ?>) cell.bySecond).lastKey() + 1;
        double most = cell.bySecond.values().stream()
                .mapToDouble(c -> c.values().stream().mapToLong(Long::longValue).sum())
                .max()
                .orElse(1);
        StringBuilder out = new StringBuilder("<p>").append(swatch(GOOD, Cell.GOOD, cell.succeeded()));
        for (int i = 0; i < order.size(); i++) {
            out.append(swatch(BAD[i % BAD.length], order.get(i), cell.outcomes.getOrDefault(order.get(i), 0L)));
        }
        out.append(text(
                "</p><svg viewBox=\"0 0 %d 240\" role=\"img\" aria-label=\"requests of each second by outcome\">",
                WIDTH));
        for (int i = 0; i <= 4; i++) {
            out.append(grid(205 - i * 47.5, text("%.0f/s", most * i / 4)));
        }
        double step = (WIDTH - 60.0) / seconds;
        for (Map.Entry<Integer, Map<String, Long>> each : cell.bySecond.entrySet()) {
            double y = 205;
            for (int i = -1; i < order.size(); i++) {
                long n = each.getValue().getOrDefault(i < 0 ? Cell.GOOD : order.get(i), 0L);
                double height = n / most * 190;
                y -= height;
                out.append(text(
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                        56 + each.getKey() * step,
                        y,
                        Math.max(0.5, step - 0.4),
                        height,
                        i < 0 ? GOOD : BAD[i % BAD.length]));
            }
        }
        int every = Math.max(1, seconds / 9);
        for (int s = 0; s <= seconds; s += every) {
            out.append(text("<text x=\"%.0f\" y=\"226\">%d s</text>", 56 + s * step, s));
        }
        return out.append("</svg>").toString();
    }

    private static String swatch(String color, String name, long n) {
        return text("<span class=\"key\"><i style=\"background:%s\"></i>%s %d</span>", color, escape(name), n);
    }

    private static String grid(double y, String label) {
        return text(
                "<line x1=\"56\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"grid\"/><text x=\"0\" y=\"%.1f\">%s</text>",
                WIDTH, y, y, y + 4, label);
    }

    /** Percentiles of those that succeeded: each nine takes the same width, each power of ten the same height. */
    static String percentiles(List<Cell> cells, Cell shown) {
        List<Cell> alive = cells.stream().filter(c -> c.succeeded() > 0).toList();
        if (alive.isEmpty()) {
            return "<p>No request succeeded.</p>";
        }
        double low = Math.log10(Math.max(
                0.01,
                alive.stream().mapToDouble(c -> c.percentileMillis(1)).min().orElse(1)));
        double high = Math.log10(Math.max(
                0.1,
                alive.stream().mapToDouble(c -> c.percentileMillis(99.99)).max().orElse(1)));
        double scale = 195 / Math.max(0.3, high - low);
        StringBuilder out = new StringBuilder(
                text("<svg viewBox=\"0 0 %d 250\" role=\"img\" aria-label=\"latency percentiles\">", WIDTH));
        for (int power = (int) Math.ceil(low); power <= high; power++) {
            out.append(grid(210 - (power - low) * scale, Settings.exact(java.time.Duration.ofMillis((long)
                    Math.pow(10, power)))));
        }
        String[] labels = {"p0", "p90", "p99", "p99.9", "p99.99"};
        for (int i = 0; i < labels.length; i++) {
            out.append(text(
                    "<text x=\"%d\" y=\"236\" text-anchor=\"%s\">%s</text>",
                    60 + i * (WIDTH - 80) / 4, i == 4 ? "end" : "middle", labels[i]));
        }
        for (Cell each : alive) {
            if (each != shown) {
                out.append(curve(each, low, scale, "class=\"other\""));
            }
        }
        return out.append(curve(shown, low, scale, "stroke=\"" + GOOD + "\" stroke-width=\"3\""))
                .append("</svg>")
                .toString();
    }

    private static String curve(Cell cell, double low, double scale, String style) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i <= 80; i++) {
            double nines = i / 20.0;
            double percentile = 100 * (1 - Math.pow(10, -nines));
            if (!cell.knows(percentile) && i > 6) {
                break;
            }
            double y = 210 - (Math.log10(Math.max(0.01, cell.percentileMillis(percentile))) - low) * scale;
            path.append(text("%s%.1f %.1f", path.isEmpty() ? "M" : "L", 60 + nines / 4 * (WIDTH - 80), y));
        }
        return text(
                "<path d=\"%s\" fill=\"none\" %s><title>%s</title></path>", path, style, escape(cell.settings.label()));
    }

    /** For each time, the share of requests that were cut off and would have been answered within it. */
    static String cutOff(Cell cell) {
        double most = Math.max(0.01, cell.cutOffWithin(Report.LATER[Report.LATER.length - 1]));
        StringBuilder out = new StringBuilder(text(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"requests cut off by how much they missed\">",
                WIDTH, Report.LATER.length * 24));
        for (int i = 0; i < Report.LATER.length; i++) {
            double share = cell.cutOffWithin(Report.LATER[i]);
            double length = share / most * (WIDTH - 220);
            out.append(text(
                    "<text x=\"0\" y=\"%d\">within %s s more</text><rect x=\"130\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/><text x=\"%.1f\" y=\"%d\">%.2f %%</text>",
                    i * 24 + 16,
                    Report.LATER[i] == Math.rint(Report.LATER[i])
                            ? Long.toString((long) Report.LATER[i])
                            : Double.toString(Report.LATER[i]),
                    i * 24 + 3,
                    Math.max(1, length),
                    BAD[0],
                    138 + length,
                    i * 24 + 16,
                    share * 100));
        }
        return out.append("</svg>").toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
