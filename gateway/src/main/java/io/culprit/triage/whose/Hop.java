package io.culprit.triage.whose;

import io.culprit.failure.Cause;
import io.culprit.triage.probe.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One member of {@code Proxy-Status} (RFC 9209 section 2): an intermediary that the answer came through, or that made it. Immutable.
 *
 * @param name as it calls itself
 * @param parameters by name, strings without their quotes
 */
record Hop(String name, Map<String, String> parameters) {
    private static final String HEADER = "proxy-status";

    /** Chains are short; what claims to be longer is not read to its end. */
    private static final int MOST = 32;

    private static final Pattern MEMBER = Pattern.compile(
            "\\s*(\"(?:[^\"\\\\]|\\\\.)*+\"|[^\\s;,\"]++)((?:\\s*;\\s*[a-z*][a-z0-9_.*-]*+(?:=(?:\"(?:[^\"\\\\]|\\\\.)*+\"|[^\\s;,\"]*+))?)*+)\\s*(?:,|$)");
    private static final Pattern PARAMETER =
            Pattern.compile(";\\s*([a-z*][a-z0-9_.*-]*+)(?:=(\"(?:[^\"\\\\]|\\\\.)*+\"|[^\\s;,\"]*+))?");

    /** All of an answer, the one nearest to the origin first. */
    static List<Hop> of(Answer answer) {
        List<Hop> hops = new ArrayList<>();
        for (String value : answer.headers().getOrDefault(HEADER, List.of())) {
            Matcher member = MEMBER.matcher(value);
            while (member.lookingAt()) {
                Map<String, String> parameters = new LinkedHashMap<>();
                Matcher each = PARAMETER.matcher(member.group(2));
                while (each.find()) {
                    parameters.put(each.group(1), each.group(2) == null ? "" : text(each.group(2)));
                }
                if (hops.size() == MOST) {
                    return hops;
                }
                hops.add(new Hop(text(member.group(1)), parameters));
                if (member.end() == value.length()) {
                    break;
                }
                member.region(member.end(), value.length());
            }
        }
        return hops;
    }

    private static String text(String item) {
        return item.startsWith("\"") ? item.substring(1, item.length() - 1).replaceAll("\\\\(.)", "$1") : item;
    }

    /** Whether the answer is of its own making: it names an error, whatever it had received (RFC 9209 section 2.1.1). */
    boolean made() {
        return parameters.containsKey("error");
    }

    /** The kind of server, as the fingerprints call it. */
    String kind() {
        return name.toLowerCase(Locale.ROOT);
    }

    /** What it says of itself. */
    String says() {
        if (!made()) {
            return name + " passed it on"
                    + (parameters.containsKey("received-status")
                            ? ": it received status " + parameters.get("received-status") + " from behind it"
                            : "");
        }
        Optional<Cause> cause = Cause.byId(parameters.getOrDefault("cause", ""));
        return name + " made this answer itself, and says so (RFC 9209): "
                + cause.map(known -> known.id() + ", " + known.summary() + "; blame "
                                + known.blame().id())
                        .orElse("error " + parameters.get("error"))
                + (parameters.containsKey("received-status")
                        ? " (it had received status " + parameters.get("received-status") + ")"
                        : "")
                + (parameters.getOrDefault("details", "").isEmpty() ? "" : ": " + parameters.get("details"))
                + (parameters.containsKey("next-hop") ? ", at " + parameters.get("next-hop") : "");
    }
}
