package io.culprit.triage.report;

import io.culprit.failure.Blame;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.Triage;
import io.culprit.triage.Verdict;
import io.culprit.triage.chain.Evidence;
import io.culprit.triage.chain.Fix;
import io.culprit.triage.chain.Link;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.explain.Meaning;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Top;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One page that needs nothing else: to be attached to a ticket. */
public final class HtmlReport {
    private static final int BARS = 80;

    private final Triage.Result result;
    private final StringBuilder page = new StringBuilder(64 * 1024);

    private HtmlReport(Triage.Result result) {
        this.result = result;
    }

    /** The page. */
    public static String of(Triage.Result result) {
        return new HtmlReport(result).page();
    }

    private String page() {
        Verdict verdict = new Verdict(result);
        page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
                .append("<title>What broke</title>\n<style>\n")
                .append(style())
                .append("</style>\n</head>\n<body>\n<main>\n");
        page.append("<h1>").append(text(verdict.sentence())).append("</h1>\n");
        if (verdict.blame() != Blame.NONE) {
            page.append("<p class=\"blame\">Blame: <strong>")
                    .append(text(verdict.blame().id()))
                    .append("</strong></p>\n");
        }
        timeline();
        causes();
        where();
        verdict.link().ifPresentOrElse(this::link, this::plain);
        others(verdict);
        events();
        read();
        return page.append("</main>\n</body>\n</html>\n").toString();
    }

    private static String style() {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Failed> failures() {
        return result.evidence().failed().stream()
                .filter(f -> f.diagnosis().blame() != Blame.CLIENT)
                .toList();
    }

    private void timeline() {
        TreeMap<Long, Long> seconds = new TreeMap<>();
        failures().forEach(f -> f.bySecond().forEach((second, count) -> seconds.merge(second, count, Long::sum)));
        if (seconds.size() < 2) {
            return;
        }
        long from = seconds.firstKey();
        long width = Math.max(1, (seconds.lastKey() - from) / BARS + 1);
        TreeMap<Long, Long> bars = new TreeMap<>();
        seconds.forEach((second, count) -> bars.merge((second - from) / width, count, Long::sum));
        long most = bars.values().stream().mapToLong(Long::longValue).max().orElse(1);
        long columns = bars.lastKey() + 1;
        head("When");
        page.append("<svg class=\"bars\" viewBox=\"0 0 ")
                .append(columns * 10)
                .append(" 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"failed requests over time\">");
        bars.forEach((column, count) -> {
            double height = Math.max(2, 100.0 * count / most);
            page.append("<rect x=\"%d\" y=\"%.1f\" width=\"8\" height=\"%.1f\"><title>%s: %d</title></rect>"
                    .formatted(
                            column * 10,
                            100 - height,
                            height,
                            text(time((from + column * width) * 1_000_000L)),
                            count));
        });
        page.append("</svg>\n<p class=\"axis\"><span>")
                .append(text(time(from * 1_000_000L)))
                .append("</span><span>most: ")
                .append(most)
                .append(" in ")
                .append(Evidence.count(width, "second"))
                .append("</span><span>")
                .append(text(time(seconds.lastKey() * 1_000_000L)))
                .append("</span></p>\n");
    }

    private void causes() {
        List<Failed> all = result.evidence().failed();
        if (all.isEmpty()) {
            return;
        }
        head("Causes");
        page.append(
                "<div class=\"wide\"><table><thead><tr><th>Cause</th><th class=\"n\">Requests</th><th class=\"n\">Error lines</th><th>Blame</th><th>First</th><th>Last</th></tr></thead><tbody>\n");
        for (Failed each : all) {
            String ids = each.diagnoses().stream().map(Diagnosis::id).collect(Collectors.joining(" | "));
            boolean timed = each.first() != Long.MAX_VALUE;
            page.append("<tr><td><code>")
                    .append(text(ids))
                    .append("</code><br><small>")
                    .append(text(each.diagnosis().summary()))
                    .append("</small></td>");
            page.append("<td class=\"n\">")
                    .append(each.requests())
                    .append("</td><td class=\"n\">")
                    .append(each.errorLines())
                    .append("</td>");
            page.append("<td>").append(text(each.blame().id())).append("</td>");
            page.append("<td>")
                    .append(timed ? text(time(each.first())) : "")
                    .append("</td><td>")
                    .append(timed ? text(time(each.last())) : "")
                    .append("</td></tr>\n");
        }
        page.append("</tbody></table></div>\n");
    }

    private void where() {
        List<Failed> failures = failures();
        if (failures.isEmpty()) {
            return;
        }
        Failed worst = failures.get(0);
        head("Where (" + worst.diagnosis().id() + ")");
        page.append("<dl>");
        list("Upstream", worst.upstreams());
        list("Path", worst.paths());
        list("Client", worst.clients());
        page.append("</dl>\n");
    }

    private void list(String title, Top top) {
        List<Top.Entry> entries = top.first(8);
        if (!entries.isEmpty()) {
            page.append("<dt>").append(title).append("</dt><dd>");
            entries.forEach(e -> page.append("<code>")
                    .append(text(e.name()))
                    .append("</code> ")
                    .append(e.count())
                    .append("<br>"));
            page.append("</dd>");
        }
    }

    private void link(Link link) {
        head("Proof");
        exhibits(link.proof());
        if (!link.notProven().isEmpty()) {
            head("Not proven");
            page.append("<p>").append(text(link.notProven())).append("</p>\n");
        }
        if (!link.notThis().isEmpty()) {
            head("Not this");
            page.append("<ul>");
            link.notThis()
                    .forEach(each -> page.append("<li>").append(text(each)).append("</li>"));
            page.append("</ul>\n");
        }
        head("Fix");
        page.append("<p>").append(text(link.fix().advice())).append("</p>\n");
        for (Fix.Change each : link.fix().changes()) {
            page.append("<figure><figcaption>").append(text(each.file())).append("</figcaption><pre>");
            each.before()
                    .lines()
                    .forEach(line -> page.append("<del>- ").append(text(line)).append("</del>\n"));
            each.after()
                    .lines()
                    .forEach(line -> page.append("<ins>+ ").append(text(line)).append("</ins>\n"));
            page.append("</pre></figure>\n");
        }
    }

    private void plain() {
        List<Failed> failures = failures();
        if (failures.isEmpty()) {
            List<Exhibit> proof = new Verdict(result).proofOfIncident();
            if (!proof.isEmpty()) {
                head("Proof");
                exhibits(proof);
            }
            return;
        }
        Failed worst = failures.get(0);
        head("Proof");
        exhibits(worst.exhibits());
        head("Not proven");
        page.append("<p>")
                .append(text(Meaning.of(worst.diagnosis()).notProven()))
                .append("</p>\n");
        head("Fix");
        page.append("<p>").append(text(worst.diagnosis().remedy())).append("</p>\n");
    }

    private void others(Verdict verdict) {
        List<Link> others = result.links().stream()
                .filter(l -> verdict.link().filter(v -> v == l).isEmpty())
                .toList();
        if (others.isEmpty()) {
            return;
        }
        head("Also");
        page.append("<ul>");
        others.forEach(each -> page.append("<li>")
                .append(each.requests())
                .append(" &times; <code>")
                .append(text(each.effects().get(0).id()))
                .append("</code>: ")
                .append(text(each.because()))
                .append("</li>"));
        page.append("</ul>\n");
    }

    private void events() {
        List<Group> events = result.tally().groups(Kind.EVENT).stream()
                .sorted(java.util.Comparator.comparingLong(Group::lines).reversed())
                .toList();
        if (events.isEmpty()) {
            return;
        }
        head("What happened beside");
        page.append("<div class=\"wide\"><table><tbody>\n");
        for (Group each : events) {
            String ids = each.diagnoses().stream().map(Diagnosis::id).collect(Collectors.joining(" | "));
            page.append("<tr><td class=\"n\">")
                    .append(each.lines())
                    .append("</td><td><code>")
                    .append(text(ids))
                    .append("</code></td><td>")
                    .append(each.first() == Long.MAX_VALUE ? "" : text(time(each.first()) + " to " + time(each.last())))
                    .append("</td><td>")
                    .append(text(each.scripts().first()))
                    .append("</td></tr>\n");
        }
        page.append("</tbody></table></div>\n");
    }

    private void read() {
        head("Read");
        page.append("<p>")
                .append(Evidence.count(result.tally().lines(), "line"))
                .append(" in ")
                .append(Evidence.count(result.files().size(), "file"))
                .append(": ");
        page.append(result.tally().programs().entrySet().stream()
                .sorted(Map.Entry.<io.culprit.triage.classify.Program, Long>comparingByValue()
                        .reversed())
                .map(e -> text(e.getKey().id()) + " " + e.getValue())
                .collect(Collectors.joining(", ")));
        page.append("; ").append(result.tally().unreadCount()).append(" of no known form.</p>\n");
        exhibits(result.tally().unreadLines());
        result.problems()
                .forEach(each -> page.append("<p class=\"problem\">not read: ")
                        .append(text(each))
                        .append("</p>\n"));
    }

    private void exhibits(List<Exhibit> exhibits) {
        for (Exhibit each : exhibits) {
            page.append("<figure><figcaption>")
                    .append(text(result.evidence().where(each)))
                    .append("</figcaption><pre>")
                    .append(text(each.text()))
                    .append("</pre></figure>\n");
        }
    }

    private void head(String title) {
        page.append("<h2>").append(text(title)).append("</h2>\n");
    }

    private String time(long micros) {
        return result.evidence().time(micros);
    }

    private static String text(String plain) {
        StringBuilder safe = new StringBuilder(plain.length() + 16);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c < 0x20 && c != '\n' && c != '\t' ? '\ufffd' : c);
            }
        }
        return safe.toString();
    }
}
