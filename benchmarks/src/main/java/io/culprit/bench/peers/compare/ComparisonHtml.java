package io.culprit.bench.peers.compare;

import io.culprit.bench.peers.Measurement;
import io.culprit.bench.peers.Peer;
import io.culprit.bench.peers.Workload;
import java.util.List;

/** A comparison as one page that needs nothing else: a bar for each proxy, and the table. Stateless. */
public final class ComparisonHtml {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ours: #c4320a; --theirs: #2f7fc1; --bad: #c62828; --good: #2e7d32 }
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
            svg { width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: currentColor }
            .ours { fill: var(--ours) } .theirs { fill: var(--theirs) } .bad { color: var(--bad) } .good { color: var(--good) }
            """;
    private static final int LEFT = 170;
    private static final int WIDTH = 900;

    private ComparisonHtml() {}

    public static String of(Comparison comparison) {
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>Culprit beside its peers</title><style>"
                + STYLE + "</style></head><body><h1>CPU time per request</h1><p>" + comparison.at() + "; ");
        comparison
                .machine()
                .forEach(
                        (name, value) -> page.append(escape(name + " " + value)).append("; "));
        page.append(
                "one core for the proxy, medians of interleaved rounds; whiskers from the lowest to the highest.</p>");
        List<String> missed = comparison.missed();
        page.append(missed.isEmpty() ? "<p class=\"good\">All goals are met.</p>" : "<ul class=\"bad\">");
        missed.forEach(each -> page.append("<li>missed: ").append(escape(each)).append("</li>"));
        page.append(missed.isEmpty() ? "" : "</ul>");
        for (Workload workload : Workload.values()) {
            List<Measurement> some = comparison.measurements().stream()
                    .filter(m -> m.workload() == workload)
                    .toList();
            if (!some.isEmpty()) {
                page.append("<h2>")
                        .append(escape(workload.title()))
                        .append("</h2>")
                        .append(bars(some));
            }
        }
        return page.append("<h2>Figures</h2><pre>")
                .append(escape(ComparisonText.of(comparison)))
                .append("</pre></body></html>\n")
                .toString();
    }

    private static String bars(List<Measurement> some) {
        double most = some.stream()
                .flatMap(m -> m.rounds().stream())
                .mapToDouble(Measurement.Round::cpuMicros)
                .max()
                .orElse(1);
        var out = new StringBuilder("<svg viewBox=\"0 0 %d %d\" role=\"img\">".formatted(WIDTH, some.size() * 28 + 6));
        int y = 4;
        for (Measurement m : some) {
            double low = m.rounds().stream()
                    .mapToDouble(Measurement.Round::cpuMicros)
                    .min()
                    .orElse(0);
            double high = m.rounds().stream()
                    .mapToDouble(Measurement.Round::cpuMicros)
                    .max()
                    .orElse(0);
            double scale = (WIDTH - LEFT - 90) / most;
            out.append("<text x=\"0\" y=\"%d\">%s</text>"
                    .formatted(y + 15, escape(m.peer().title())));
            out.append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"20\"/>"
                    .formatted(m.peer() == Peer.Kind.CULPRIT ? "ours" : "theirs", LEFT, y, m.cpuMicros() * scale));
            out.append("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"currentColor\"/>"
                    .formatted(LEFT + low * scale, LEFT + high * scale, y + 10, y + 10));
            out.append("<text x=\"%.1f\" y=\"%d\">%.1f us</text>"
                    .formatted(LEFT + high * scale + 6, y + 15, m.cpuMicros()));
            y += 28;
        }
        return out.append("</svg>").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
