package io.culprit.triage.whose;

import io.culprit.triage.probe.Answer;
import io.culprit.triage.probe.ProbeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The same question asked by the name and at the origin itself, and what the difference proves.
 *
 * @param side "the edge", "the origin", "nobody" or "unknown"
 * @param sentence why
 * @param differences what differs besides
 */
public record Comparison(String side, String sentence, List<String> differences) {
    /** Compares. */
    public static Comparison of(ProbeResult edge, ProbeResult origin) {
        List<String> differences = differences(edge, origin);
        Optional<Answer> outside = edge.answered() ? edge.answer() : Optional.empty();
        Optional<Answer> inside = origin.answered() ? origin.answer() : Optional.empty();
        if (outside.isEmpty()) {
            String inner = inside.map(a -> "the origin answers " + a.status())
                    .orElse("neither does the origin give one (" + cause(origin) + ")");
            return new Comparison(
                    inside.isPresent() ? "the edge" : "the origin",
                    "by its name no whole answer comes (" + cause(edge) + "), while " + inner,
                    differences);
        }
        int status = outside.get().status();
        if (inside.isEmpty()) {
            String why = "asked directly, the origin gives no whole answer (" + cause(origin) + ")";
            return status >= 500
                    ? new Comparison("the origin", why + ": the edge has nothing to pass on", differences)
                    : new Comparison(
                            "nobody",
                            why + ", and by its name the answer is " + status
                                    + ": it comes from a cache, from another origin, or the origin lets"
                                    + " only the edge in (a firewall; that is how it should be)",
                            differences);
        }
        int own = inside.get().status();
        if (status < 500 && own < 500) {
            return new Comparison(
                    "nobody", "both answer well: " + status + " by the name, " + own + " at the origin", differences);
        }
        if (status >= 500 && own >= 500) {
            Authorship outer = Authorship.of(outside.get());
            Authorship inner = Authorship.of(inside.get());
            boolean same = status == own && outer.writer().equals(inner.writer());
            return same || outer.passed().size() > inner.passed().size()
                    ? new Comparison(
                            "the origin",
                            "asked directly it answers " + own + " as well"
                                    + (same ? ", and the same kind of server wrote both" : ""),
                            differences)
                    : new Comparison(
                            "the origin",
                            "it answers " + own + " itself; what the edge makes of it (" + status
                                    + ") is a consequence",
                            differences);
        }
        return status >= 500
                ? new Comparison(
                        "the edge",
                        "asked directly, with the same Host and SNI, the origin answers " + own + ": the " + status
                                + " is made by the edge or on the way between them (a firewall that lets you in and the edge not, another origin"
                                + " in its settings, its timers)",
                        differences)
                : new Comparison(
                        "the origin",
                        "asked directly it answers " + own + "; by the name the answer is " + status
                                + ": it comes from a cache or another origin",
                        differences);
    }

    private static String cause(ProbeResult asked) {
        return asked.failure().map(c -> c.id()).orElse("?") + (asked.detail().isEmpty() ? "" : ", " + asked.detail());
    }

    private static List<String> differences(ProbeResult edge, ProbeResult origin) {
        List<String> all = new ArrayList<>();
        if (!edge.address().equals(origin.address())) {
            all.add("address: " + shown(edge.address()) + " by the name, " + shown(origin.address()) + " directly");
        } else {
            all.add("both are the same address, " + shown(edge.address()) + ": there is no edge in between");
        }
        if (edge.certificate().isPresent() && origin.certificate().isPresent()) {
            var outer = edge.certificate().get();
            var inner = origin.certificate().get();
            if (!outer.fingerprint().equals(inner.fingerprint())) {
                all.add("certificate: " + String.join(", ", outer.names()) + " (" + outer.issuer() + ") by the name, "
                        + String.join(", ", inner.names()) + " (" + inner.issuer() + ") directly");
            }
            if (!inner.trouble().isEmpty()) {
                all.add("the origin's certificate would be refused by an edge that verifies it: " + inner.trouble());
            }
        }
        return all;
    }

    private static String shown(String address) {
        return address.isEmpty() ? "(not connected)" : address;
    }
}
