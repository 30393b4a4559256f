package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** What a location adds to its route: headers of responses, who may come, how often. */
final class RouteRules {
    private final StringBuilder text;
    private final Map<String, String> rates;
    private final BiConsumer<Directive, String> left;

    /**
     * @param text to which lines are added
     * @param rates requests a time, by the name of a {@code limit_req_zone}
     * @param left told what has no counterpart
     */
    RouteRules(StringBuilder text, Map<String, String> rates, BiConsumer<Directive, String> left) {
        this.text = text;
        this.rates = rates;
        this.left = left;
    }

    /** Adds what holds in a location to the route that was begun for it. */
    void of(Scope scope) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Scope each = scope; each != null && headers.isEmpty(); each = each.outer()) {
            each.block()
                    .all("add_header")
                    .filter(d -> !d.arg(1).contains("$"))
                    .forEach(d -> headers.put(d.arg(0), d.arg(1)));
            each.block()
                    .all("add_header")
                    .filter(d -> d.arg(1).contains("$"))
                    .forEach(d -> left.accept(d, "a header made of a variable"));
        }
        if (!headers.isEmpty()) {
            text.append("    response: { set: ").append(Yaml.map(headers)).append(" }\n");
        }
        access(scope);
        scope.find("limit_req").ifPresent(this::rate);
    }

    /** nginx takes the first rule that fits; here deny wins, and an allow list keeps all others out. */
    private void access(Scope scope) {
        List<Directive> rules = new ArrayList<>();
        for (Scope each = scope; each != null && rules.isEmpty(); each = each.outer()) {
            each.block().block().stream()
                    .filter(d -> d.name().equals("allow") || d.name().equals("deny"))
                    .forEach(rules::add);
        }
        List<String> allow = new ArrayList<>();
        List<String> deny = new ArrayList<>();
        boolean closed = false;
        for (Directive rule : rules) {
            boolean denies = rule.name().equals("deny");
            if (rule.arg(0).equals("all")) {
                closed = denies;
                break; // nothing behind it is ever looked at
            }
            if (rule.arg(0).startsWith("unix:")) {
                left.accept(rule, "clients by a unix socket have no address here");
                continue;
            }
            if (denies && !allow.isEmpty()) {
                left.accept(rule, "it stands behind an allow, whose addresses are denied here if they are among these");
            }
            (denies ? deny : allow).add(rule.arg(0));
        }
        if (closed && allow.isEmpty()) {
            deny = List.of("all");
        }
        if (closed && !allow.isEmpty()) {
            text.append("    allow: ").append(Yaml.list(allow)).append('\n');
        }
        if (!deny.isEmpty()) {
            text.append("    deny: ").append(Yaml.list(deny)).append('\n');
        }
    }

    private void rate(Directive limit) {
        String zone = "";
        String burst = "";
        for (String arg : limit.args()) {
            zone = arg.startsWith("zone=") ? arg.substring(5) : zone;
            burst = arg.startsWith("burst=") ? arg.substring(6) : burst;
        }
        String rate = rates.get(zone);
        if (rate == null) {
            left.accept(limit, "its zone does not count by address, or is not known");
            return;
        }
        text.append("    rate: { requests: ")
                .append(rate)
                .append(burst.isEmpty() ? "" : ", burst: " + burst)
                .append(" }\n");
    }
}
