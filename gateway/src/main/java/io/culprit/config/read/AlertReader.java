package io.culprit.config.read;

import io.culprit.config.record.AlertConfig;
import io.culprit.config.record.AlertConfig.Format;
import io.culprit.config.record.AlertConfig.Rule;
import io.culprit.config.record.AlertConfig.Watch;
import io.culprit.config.record.AlertConfig.Webhook;
import io.culprit.config.record.UptimeConfig;
import io.culprit.failure.Cause;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code alerts} and {@code uptime}. */
final class AlertReader {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Longest window that is looked back over: the counts of the last hour are held in memory. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private AlertReader() {}

    static AlertConfig alerts(Section top, Set<String> upstreams) {
        if (!top.has("alerts")) {
            return AlertConfig.NONE;
        }
        try (Section section = top.section("alerts")) {
            List<Webhook> webhooks = section.list("webhooks", (node, name) -> webhook(section.section(node, name)));
            List<Rule> rules = section.list("rules", (node, name) -> rule(section.section(node, name), upstreams));
            Set<String> names = new TreeSet<>();
            for (Rule each : rules) {
                if (!names.add(each.name())) {
                    section.problem(
                            section.at("rules"),
                            "two rules are called \"%s\"; give them a name each, or only one is told"
                                    .formatted(Section.shown(each.name())));
                }
            }
            if (webhooks.isEmpty()) {
                section.problem(section.node(), "\"alerts.webhooks\" is missing: nobody would be told");
            }
            return new AlertConfig(webhooks, section.has("rules") ? rules : all());
        }
    }

    /** What is watched where nothing is said: everything that means somebody has to act. */
    private static List<Rule> all() {
        return Arrays.stream(Watch.values()).map(AlertReader::standard).toList();
    }

    private static Rule standard(Watch watch) {
        return new Rule(id(watch), watch, 5, WINDOW, 20, EnumSet.noneOf(Cause.class), Set.of());
    }

    private static String id(Watch watch) {
        return watch.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private static Optional<Webhook> webhook(Section section) {
        try (section) {
            Format format = section.choice("format", Format.JSON, Format.class);
            Optional<URI> url = WebValues.url(section, "url");
            String name = section.text("name", url.map(URI::getHost).orElse(""));
            Map<String, String> headers = WebValues.headers(section, "headers");
            return url.map(u -> new Webhook(name, u, format, headers));
        }
    }

    private static Optional<Rule> rule(Section section, Set<String> known) {
        try (section) {
            if (!section.has("on")) {
                section.problem(section.node(), "\"%s\" is missing, such as outage".formatted(section.name("on")));
            }
            Watch on = section.choice("on", Watch.OUTAGE, Watch.class);
            boolean share = on == Watch.FAILURES;
            Duration window = section.positiveDuration("window", WINDOW);
            if (window.compareTo(LONGEST) > 0) {
                section.problem(section.at("window"), "\"" + section.name("window") + "\" may be 1h at most");
            }
            for (String key : List.of("share", "window", "minimum", "causes")) {
                if (!share && section.has(key)) {
                    section.problem(
                            section.keyNode(key),
                            "\"%s\" has a meaning with \"on: failures\" only".formatted(section.name(key)));
                }
            }
            Set<String> upstreams = new TreeSet<>(section.texts("upstreams"));
            for (String each : upstreams) {
                if (!known.contains(each)) {
                    section.problem(
                            section.at("upstreams"),
                            "there is no upstream \"" + Section.shown(each) + "\"" + Suggestion.of(each, known));
                }
            }
            return Optional.of(new Rule(
                    section.text("name", id(on)),
                    on,
                    section.percent("share", 5),
                    window,
                    section.integer("minimum", 20, 1, 1_000_000),
                    causes(section),
                    upstreams));
        }
    }

    /** Ids of causes, or a phase and {@code .*} for all of its group. */
    private static Set<Cause> causes(Section section) {
        Set<Cause> causes = EnumSet.noneOf(Cause.class);
        List<String> ids = Arrays.stream(Cause.values()).map(Cause::id).toList();
        for (String each : section.texts("causes")) {
            int before = causes.size();
            String group = each.endsWith(".*") ? each.substring(0, each.length() - 1) : "";
            for (Cause cause : Cause.values()) {
                if (cause.id().equals(each) || !group.isEmpty() && cause.id().startsWith(group)) {
                    causes.add(cause);
                }
            }
            if (causes.size() == before) {
                section.problem(
                        section.at("causes"),
                        "\"%s\" knows no cause \"%s\"%s"
                                .formatted(section.name("causes"), Section.shown(each), Suggestion.of(each, ids)));
            }
        }
        return causes;
    }

    static List<UptimeConfig> uptime(Section top) {
        Map<String, Node> names = new LinkedHashMap<>();
        return top.list("uptime", (node, name) -> {
            Optional<UptimeConfig> check = check(top.section(node, name));
            check.ifPresent(c -> {
                if (names.putIfAbsent(c.name(), node) != null) {
                    top.problem(node, "\"" + name + "\" has the name of another check: " + Section.shown(c.name()));
                }
            });
            return check;
        });
    }

    private static Optional<UptimeConfig> check(Section section) {
        try (section) {
            Optional<URI> url = WebValues.url(section, "url");
            Duration every = section.positiveDuration("every", Duration.ofSeconds(10));
            Duration timeout = section.positiveDuration("timeout", Duration.ofSeconds(5));
            String status = section.text("status", "200-399");
            int least = 200;
            int most = 399;
            if (status.matches("[1-9][0-9]{2}(-[1-9][0-9]{2})?")) {
                least = Integer.parseInt(status.substring(0, 3));
                most = Integer.parseInt(status.substring(status.length() - 3));
            } else {
                section.problem(
                        section.at("status"),
                        "\"%s\" is \"%s\"; a status or a range was expected, such as 200 or 200-399"
                                .formatted(section.name("status"), Section.shown(status)));
            }
            String name = section.text("name", url.map(URI::toString).orElse(""));
            String contains = section.text("contains", "");
            int from = least;
            int to = most;
            return url.map(u -> new UptimeConfig(name, u, every, timeout, from, to, contains));
        }
    }
}
