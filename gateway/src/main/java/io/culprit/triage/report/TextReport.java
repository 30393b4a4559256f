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
import io.culprit.triage.tally.Tally;
import io.culprit.triage.tally.Top;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** For a person at a terminal: the verdict first, then what it rests on. */
public final class TextReport {
    private static final int COLUMNS = 60;
    private static final String BARS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final int MOST_CAUSES = 12;
    private static final int LINE = 220;

    private final Triage.Result result;
    private final PrintStream out;
    private final boolean colours;

    /**
     * @param colours whether the reader's terminal shows them
     */
    public TextReport(Triage.Result result, PrintStream out, boolean colours) {
        this.result = result;
        this.out = out;
        this.colours = colours;
    }

    /** Prints all. */
    public void print() {
        Verdict verdict = new Verdict(result);
        out.println(bold(verdict.sentence()));
        if (verdict.blame() != Blame.NONE) {
            out.println("Blame: " + verdict.blame().id());
        }
        timeline();
        causes();
        events();
        details();
        verdict.link().ifPresentOrElse(this::link, this::unexplained);
        others(verdict);
        foot();
    }

    private void timeline() {
        TreeMap<Long, Long> seconds = new TreeMap<>();
        for (Failed each : failures()) {
            each.bySecond().forEach((second, count) -> seconds.merge(second, count, Long::sum));
        }
        if (seconds.isEmpty() || seconds.firstKey().equals(seconds.lastKey())) {
            return;
        }
        long from = seconds.firstKey();
        long width = Math.max(1, (seconds.lastKey() - from) / COLUMNS + 1);
        long[] counts = new long[(int) ((seconds.lastKey() - from) / width) + 1];
        seconds.forEach((second, count) -> counts[(int) ((second - from) / width)] += count);
        long most = 1;
        for (long each : counts) {
            most = Math.max(most, each);
        }
        StringBuilder bars = new StringBuilder();
        for (long each : counts) {
            bars.append(BARS.charAt(each == 0 ? 0 : 1 + (int) (each * 7 / most)));
        }
        head("When");
        Evidence e = result.evidence();
        out.printf(
                "  %s %s %s%n",
                e.time(from * 1_000_000L), red(bars.toString()), e.time(seconds.lastKey() * 1_000_000L));
        out.printf("  one column is %s, the highest %s%n", span(width), Evidence.count(most, "failed request"));
    }

    private static String span(long seconds) {
        return seconds < 120
                ? Evidence.count(seconds, "second")
                : seconds < 7200 ? seconds / 60 + " minutes" : seconds / 3600 + " hours";
    }

    private List<Failed> failures() {
        return result.evidence().failed().stream()
                .filter(f -> f.diagnosis().blame() != Blame.CLIENT)
                .toList();
    }

    private void causes() {
        List<Failed> all = result.evidence().failed();
        if (all.isEmpty()) {
            return;
        }
        head("Causes");
        boolean access = result.tally().requests() > 0;
        out.printf("  %10s %10s  %-8s %-19s %-19s %s%n", "requests", "err. lines", "blame", "first", "last", "cause");
        for (Failed each : all.subList(0, Math.min(MOST_CAUSES, all.size()))) {
            String ids = each.diagnoses().stream().map(Diagnosis::id).collect(Collectors.joining(" | "));
            boolean timed = each.first() != Long.MAX_VALUE;
            out.printf(
                    "  %10d %10d  %-8s %-19s %-19s %s%n",
                    each.requests(),
                    each.errorLines(),
                    each.blame().id(),
                    timed ? result.evidence().time(each.first()) : "-",
                    timed ? result.evidence().time(each.last()) : "-",
                    ids);
        }
        if (all.size() > MOST_CAUSES) {
            out.printf("  and %d more; --json has them all%n", all.size() - MOST_CAUSES);
        }
        if (!access) {
            out.println(
                    "  Without an access log, requests are what the error lines tell of; some may have ended well after a retry.");
        }
    }

    private void events() {
        List<Group> events = result.tally().groups(Kind.EVENT).stream()
                .sorted(java.util.Comparator.comparingLong(Group::lines).reversed())
                .limit(MOST_CAUSES)
                .toList();
        if (events.isEmpty()) {
            return;
        }
        head("What happened beside");
        for (Group each : events) {
            boolean timed = each.first() != Long.MAX_VALUE;
            String script = each.scripts().first();
            out.printf(
                    "  %6d x %-24s %s%s%n",
                    each.lines(),
                    each.diagnoses().stream().map(Diagnosis::id).collect(Collectors.joining(" | ")),
                    timed
                            ? result.evidence().time(each.first()) + " to "
                                    + result.evidence().time(each.last())
                            : "without a time",
                    script.isEmpty() ? "" : "  " + cut(script, 90));
        }
    }

    private void details() {
        List<Failed> failures = failures();
        if (failures.isEmpty()) {
            return;
        }
        Failed worst = failures.get(0);
        head("Where (" + worst.diagnosis().id() + ")");
        list("upstream", worst.upstreams());
        list("path", worst.paths());
        list("client", worst.clients());
    }

    private void list(String title, Top top) {
        List<Top.Entry> entries = top.first(5);
        if (entries.isEmpty()) {
            return;
        }
        String values = entries.stream()
                .map(e -> cut(e.name(), 60) + " (" + e.count() + ")")
                .collect(Collectors.joining(", "));
        String more = top.forgotten() > 0
                ? ", and more than can be counted"
                : top.size() > 5 ? ", and %d more".formatted(top.size() - 5) : "";
        out.printf("  %-9s %s%s%n", title, values, more);
    }

    private void link(Link link) {
        head("Proof");
        link.proof().forEach(this::exhibit);
        if (!link.notProven().isEmpty()) {
            head("Not proven");
            out.println("  " + link.notProven());
        }
        if (!link.notThis().isEmpty()) {
            head("Not this");
            link.notThis().forEach(text -> out.println("  " + text));
        }
        head("Fix");
        fix(link.fix());
    }

    private void exhibit(Exhibit exhibit) {
        out.println("  " + dim(result.evidence().where(exhibit)));
        for (String line : exhibit.text().split("\n")) {
            out.println("    " + cut(safe(line), LINE));
        }
    }

    private void fix(Fix fix) {
        if (!fix.advice().isEmpty()) {
            out.println("  " + fix.advice());
        }
        if (!fix.changes().isEmpty()) {
            out.println("  For example (values that these logs do not tell are assumed):");
        }
        for (Fix.Change change : fix.changes()) {
            out.println("  " + change.file() + ":");
            change.before().lines().forEach(line -> out.println(red("  - " + line)));
            change.after().lines().forEach(line -> out.println(green("  + " + line)));
        }
    }

    /** Nothing lies behind the failures that these logs could tell: the cause itself says what to do. */
    private void unexplained() {
        List<Failed> failures = failures();
        if (failures.isEmpty()) {
            List<Exhibit> proof = new Verdict(result).proofOfIncident();
            if (!proof.isEmpty()) {
                head("Proof");
                proof.forEach(this::exhibit);
            }
            return;
        }
        Failed worst = failures.get(0);
        head("Proof");
        worst.exhibits().forEach(this::exhibit);
        Meaning meaning = Meaning.of(worst.diagnosis());
        head("Not proven");
        if (worst.diagnoses().size() > 1) {
            out.println(
                    "  which of these it was: the lines are the same for all of them. An error log of the same time would tell.");
        } else {
            out.println("  " + meaning.notProven());
        }
        head("Fix");
        out.println("  " + worst.diagnosis().remedy());
    }

    private void others(Verdict verdict) {
        List<Link> others = result.links().stream()
                .filter(l -> verdict.link().filter(v -> v == l).isEmpty())
                .toList();
        if (others.isEmpty()) {
            return;
        }
        head("Also");
        for (Link each : others) {
            out.printf(
                    "  %s (%s%s): %s%n",
                    Evidence.count(each.requests(), "request"),
                    each.effects().get(0).id(),
                    each.roots().stream().map(r -> " <- " + r.id()).collect(Collectors.joining()),
                    each.because());
            if (!each.fix().advice().isEmpty()) {
                out.println("    Fix: " + each.fix().advice());
            }
        }
    }

    private void foot() {
        Tally tally = result.tally();
        head("Read");
        String programs = tally.programs().entrySet().stream()
                .sorted(Map.Entry.<io.culprit.triage.classify.Program, Long>comparingByValue()
                        .reversed())
                .map(e -> e.getKey().id() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        out.printf(
                "  %s in %s%s%n",
                Evidence.count(tally.lines(), "line"),
                Evidence.count(result.files().size(), "file"),
                programs.isEmpty() ? "" : ": " + programs);
        if (tally.requests() > 0) {
            out.printf(
                    "  %s, %d ended with 5xx%s%n",
                    Evidence.count(tally.requests(), "request"),
                    tally.failed(),
                    tally.retried() > 0 ? ", %d ended well after a retry".formatted(tally.retried()) : "");
        }
        if (tally.unreadCount() > 0) {
            out.printf("  %s of no known form, the first:%n", Evidence.count(tally.unreadCount(), "line"));
            tally.unreadLines().stream()
                    .limit(3)
                    .forEach(each ->
                            out.println("    " + result.evidence().where(each) + ": " + cut(safe(each.text()), 120)));
        }
        if (tally.eventsDropped() > 0) {
            out.printf("  %d events were counted only, there were too many to look at each%n", tally.eventsDropped());
        }
        result.problems().forEach(problem -> out.println("  not read: " + safe(problem)));
    }

    private void head(String title) {
        out.println();
        out.println(bold(title));
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "\u2026";
    }

    /** A text without what steers a terminal: it comes out of a log or an answer. */
    public static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            safe.append(c < 0x20 && c != '\t' || c >= 0x7f && c < 0xa0 ? '\ufffd' : c);
        }
        return safe.toString();
    }

    private String bold(String text) {
        return colours ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    private String red(String text) {
        return colours ? "\u001b[31m" + text + "\u001b[0m" : text;
    }

    private String green(String text) {
        return colours ? "\u001b[32m" + text + "\u001b[0m" : text;
    }

    private String dim(String text) {
        return colours ? "\u001b[2m" + text + "\u001b[0m" : text;
    }
}
