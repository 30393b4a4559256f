package io.culprit.triage;

import io.culprit.failure.Blame;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.chain.Evidence;
import io.culprit.triage.chain.Link;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.tally.Exhibit;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Group;
import io.culprit.triage.tally.Top;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One sentence about all that was read: what broke, since when, whose fault it is. */
public final class Verdict {
    /** What happens in any log and is no finding where no request failed. */
    private static final Set<Diagnosis> ORDINARY =
            Set.of(Condition.UPSTREAM_UP, Condition.UPSTREAM_RESTART, Condition.POOL_BUSY, Condition.UNKNOWN);

    private final Triage.Result result;
    private final Evidence evidence;

    public Verdict(Triage.Result result) {
        this.result = result;
        evidence = result.evidence();
    }

    /** Failures that are not the clients' own. */
    List<Failed> failures() {
        return evidence.failed().stream()
                .filter(f -> f.blame() != Blame.CLIENT && f.diagnosis().blame() != Blame.CLIENT)
                .toList();
    }

    /** The link that explains most of the failures that are not the clients' own. */
    public Optional<Link> link() {
        return result.links().stream()
                .filter(l -> l.effects().get(0).blame() != Blame.CLIENT)
                .findFirst();
    }

    boolean isFinding() {
        return !failures().isEmpty() || incident().isPresent();
    }

    /** What happened beside requests, the most telling first. */
    Optional<Group> incident() {
        return result.tally().groups(Kind.EVENT).stream()
                .filter(g -> !ORDINARY.contains(g.diagnosis()))
                .max(Comparator.comparing((Group g) -> weight(g.diagnosis())).thenComparing(Group::lines));
    }

    /** The first lines of what happened beside requests. */
    public List<Exhibit> proofOfIncident() {
        return incident().map(Group::exhibits).orElse(List.of());
    }

    private static int weight(Diagnosis what) {
        if (what == Condition.POOL_SLOW) {
            return 0;
        }
        return what.blame() == Blame.MACHINE || what == Condition.UPSTREAM_START_LIMIT ? 2 : 1;
    }

    /** Who has to act. */
    public Blame blame() {
        return link().map(Link::blame)
                .or(() -> failures().stream().findFirst().map(Failed::blame))
                .or(() -> incident().map(Group::blame))
                .orElse(Blame.NONE);
    }

    /** The sentence. */
    public String sentence() {
        if (result.tally().lines() == 0) {
            return result.evidence().isFiltered()
                    ? "No line passes the filter (--since, --until, --host, --path)."
                    : "There is nothing to read here.";
        }
        List<Failed> failures = failures();
        if (failures.isEmpty()) {
            return incident().map(this::incident).orElseGet(this::nothing);
        }
        Optional<Link> link = link();
        return link.isPresent() && link.get().requests() > 0 ? explained(link.get(), failures) : plain(failures);
    }

    private String explained(Link link, List<Failed> failures) {
        List<Failed> about = failures.stream()
                .filter(f -> link.effects().contains(f.diagnosis()))
                .toList();
        about = about.isEmpty() ? failures.subList(0, 1) : about;
        long first = about.stream().mapToLong(Failed::first).min().orElse(Long.MAX_VALUE);
        long last = about.stream().mapToLong(Failed::last).max().orElse(Long.MIN_VALUE);
        String effects = link.effects().stream().map(Diagnosis::id).collect(Collectors.joining(", "));
        return "%s%s failed%s: %s (%s%s)."
                .formatted(
                        Evidence.count(link.requests(), "request"),
                        status(about),
                        when(first, last),
                        link.because(),
                        effects,
                        link.roots().stream().map(r -> " <- " + r.id()).collect(Collectors.joining()));
    }

    private String plain(List<Failed> failures) {
        Failed worst = failures.get(0);
        String ids = worst.diagnoses().stream().map(Diagnosis::id).collect(Collectors.joining(" or "));
        List<Top.Entry> most = worst.upstreams().first(1);
        boolean one = !most.isEmpty() && most.get(0).count() * 2 > Math.max(worst.requests(), worst.errorLines());
        String upstream = one ? most.get(0).name() : "";
        if (worst.requests() == 0) {
            return "No request failed by the access log; %s tell%s of tries that failed%s: %s (%s)."
                    .formatted(
                            Evidence.count(worst.errorLines(), "error line"),
                            worst.errorLines() == 1 ? "s" : "",
                            when(worst.first(), worst.last()),
                            lower(worst.diagnosis().summary()),
                            ids);
        }
        return "%s%s failed%s%s: %s (%s)."
                .formatted(
                        Evidence.count(worst.requests(), "request"),
                        status(List.of(worst)),
                        upstream.isEmpty() ? "" : " at " + upstream,
                        when(worst.first(), worst.last()),
                        lower(worst.diagnosis().summary()),
                        ids);
    }

    private String incident(Group group) {
        String script = group.scripts().first();
        return "No failed request in these logs, but %s %s%s%s: %s (%s)."
                .formatted(
                        Evidence.count(group.lines(), "line"),
                        group.lines() == 1 ? "tells" : "tell",
                        when(group.first(), group.last()),
                        script.isEmpty() ? "" : " about " + script,
                        lower(group.diagnosis().summary()),
                        group.diagnoses().stream().map(Diagnosis::id).collect(Collectors.joining(" or ")));
    }

    private String nothing() {
        long read = result.tally().lines() - result.tally().unreadCount();
        if (read == 0) {
            return "None of the %s is of a program that is known here."
                    .formatted(Evidence.count(result.tally().lines(), "line"));
        }
        return result.tally().requests() > 0
                ? "Nothing failed: %s, none ended with a 5xx, and no line tells of trouble."
                        .formatted(Evidence.count(result.tally().requests(), "request"))
                : "No line tells of trouble, of %s that are known.".formatted(Evidence.count(read, "line"));
    }

    private String when(long first, long last) {
        if (first == Long.MAX_VALUE || last == Long.MIN_VALUE) {
            return "";
        }
        String from = evidence.time(first);
        String to = evidence.time(last);
        return from.equals(to) ? " at " + from : " from " + from + " to " + to;
    }

    private static String status(List<Failed> failures) {
        String statuses = failures.stream()
                .flatMap(f -> f.statuses().first(2).stream())
                .map(e -> e.name())
                .distinct()
                .limit(3)
                .collect(Collectors.joining(", "));
        return statuses.isEmpty() ? "" : " (" + statuses + ")";
    }

    static String lower(String sentence) {
        boolean name = sentence.length() > 1 && Character.isUpperCase(sentence.charAt(1));
        return name ? sentence : Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
