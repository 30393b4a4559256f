package io.culprit.triage.translate;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** What proxy_set_header sets. nginx sends the upstream's name as Host where nobody says otherwise, this gateway the client's. */
final class RequestHeaders {
    /** Sent by this gateway anyhow, or of no meaning to it. */
    private static final Set<String> BUILT_IN = Set.of(
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-forwarded-port",
            "forwarded",
            "connection",
            "upgrade",
            "accept-encoding");

    private RequestHeaders() {}

    static Map<String, String> of(Scope location, Directive pass, BiConsumer<Directive, String> left) {
        Map<String, String> set = new LinkedHashMap<>();
        boolean host = false;
        List<Directive> all = new ArrayList<>();
        for (Scope scope = location; scope != null && all.isEmpty(); scope = scope.outer()) {
            scope.block().all("proxy_set_header").forEach(all::add); // those of a block replace those from outside
        }
        for (Directive each : all) {
            String name = each.arg(0);
            String value = each.arg(1);
            if (name.equalsIgnoreCase("host")) {
                host = true;
                if (!value.contains("$")) {
                    set.put("Host", value);
                } else if (value.equals("$proxy_host")) {
                    host = false;
                }
            } else if (value.contains("$") && !BUILT_IN.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                left.accept(
                        each,
                        "a header made of a variable"
                                + (name.equalsIgnoreCase("x-real-ip") ? "; X-Forwarded-For has the address" : ""));
            } else if (!BUILT_IN.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                set.put(name, value);
            }
        }
        if (!host) {
            set.put(
                    "Host",
                    pass.arg(0)
                            .replaceFirst("^https?://", "")
                            .replaceFirst("/.*", "")
                            .replaceFirst("^unix:.*", "localhost"));
        }
        return set;
    }
}
