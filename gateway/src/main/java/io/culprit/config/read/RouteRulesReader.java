package io.culprit.config.read;

import io.culprit.config.Network;
import io.culprit.config.route.RouteAction;
import io.culprit.config.route.RouteRules;
import io.culprit.config.route.RouteRules.Rate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a route does by itself: actions, access, rate, response headers. */
final class RouteRulesReader {
    private static final Pattern RATE = Pattern.compile("([0-9]{1,9})/(s|m|h)");
    private static final Pattern VARIABLE = Pattern.compile("\\$([a-z_]*)");
    private static final Set<String> VARIABLES = Set.of("host", "request_uri", "uri", "args", "scheme");
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private RouteRulesReader() {}

    /** {@code redirect} or {@code respond}, empty where an upstream is asked. */
    static Optional<RouteAction> action(Section route) {
        Optional<RouteAction> action = Optional.empty();
        if (route.has("redirect")) {
            action = redirect(route.section("redirect"));
        }
        if (route.has("respond")) {
            if (route.has("redirect")) {
                route.problem(route.keyNode("respond"), "redirect and respond exclude each other");
            }
            action = respond(route.section("respond"));
        }
        if (action.isPresent() && route.has("upstream")) {
            route.problem(route.keyNode("upstream"), "a route with redirect or respond asks no upstream");
        }
        return action;
    }

    private static Optional<RouteAction> redirect(Section section) {
        try (section) {
            Optional<String> to = section.literal("to");
            if (to.isEmpty()) {
                section.problem(
                        section.node(), "\"" + section.name("to") + "\" is missing, such as https://$host$request_uri");
            } else {
                Matcher variables = VARIABLE.matcher(to.get());
                while (variables.find()) {
                    if (!VARIABLES.contains(variables.group(1))) {
                        section.problem(
                                section.at("to"),
                                "\"%s\" has $%s; $host, $request_uri, $uri, $args and $scheme are known%s"
                                        .formatted(
                                                section.name("to"),
                                                Section.shown(variables.group(1)),
                                                Suggestion.of(variables.group(1), VARIABLES)));
                    }
                }
                if (to.get().chars().anyMatch(c -> c <= ' ' || c >= 127)) {
                    section.problem(section.at("to"), "\"" + section.name("to") + "\" has a character no URL may have");
                }
            }
            int status = section.integer("status", 301, 300, 399);
            if (!REDIRECTS.contains(status)) {
                section.problem(
                        section.at("status"),
                        "\"%s\" is %d; 301, 302, 303, 307 or 308 was expected"
                                .formatted(section.name("status"), status));
            }
            return to.map(t -> new RouteAction.Redirect(t, status));
        }
    }

    private static Optional<RouteAction> respond(Section section) {
        try (section) {
            int status = section.integer("status", 200, 200, 599);
            String body = section.text("body", "");
            if (!body.isEmpty() && (status == 204 || status == 205 || status == 304)) {
                section.problem(section.at("body"), "a response of status %d has no body".formatted(status));
            }
            String type = section.text("content_type", "text/plain; charset=utf-8");
            if (type.chars().anyMatch(c -> c < ' ' || c >= 127)) {
                section.problem(
                        section.at("content_type"),
                        "\"%s\" has a character no header may have".formatted(section.name("content_type")));
            }
            return Optional.of(new RouteAction.Respond(status, body, type));
        }
    }

    static RouteRules rules(Section route) {
        List<Network> allow = networks(route, "allow");
        List<Network> deny = networks(route, "deny");
        Optional<Rate> rate = route.has("rate") ? rate(route.section("rate")) : Optional.empty();
        Map<String, String> set = new LinkedHashMap<>();
        Map<String, String> add = new LinkedHashMap<>();
        List<String> remove = new ArrayList<>();
        try (Section response = route.section("response")) {
            RouteReader.headers(response, "set", set);
            RouteReader.headers(response, "add", add);
            for (String each : response.texts("remove")) {
                RouteReader.checkName(response, response.at("remove"), each);
                remove.add(each.toLowerCase(Locale.ROOT));
            }
        }
        return new RouteRules(allow, deny, rate, Map.copyOf(set), Map.copyOf(add), List.copyOf(remove));
    }

    private static List<Network> networks(Section route, String key) {
        return route.list(key, (node, name) -> {
            Optional<String> text = route.text(node, name);
            if (text.isPresent() && text.get().equals("all")) {
                return Optional.of(Network.ALL);
            }
            Optional<Network> network = text.flatMap(Network::parse);
            if (text.isPresent() && network.isEmpty()) {
                route.problem(
                        node,
                        "\"%s\" is \"%s\"; a network was expected, such as 10.0.0.0/8, ::1 or all"
                                .formatted(name, Section.shown(text.get())));
            }
            return network;
        });
    }

    private static Optional<Rate> rate(Section section) {
        try (section) {
            String text = section.text("requests", "");
            Matcher matcher = RATE.matcher(text);
            if (!matcher.matches() || matcher.group(1).matches("0+")) {
                section.problem(
                        section.at("requests"),
                        "\"%s\" is \"%s\"; a rate was expected, such as 20/s or 100/m"
                                .formatted(section.name("requests"), Section.shown(text)));
                section.integer("burst", 0, 0, 1_000_000);
                return Optional.empty();
            }
            double unit = switch (matcher.group(2)) {
                case "s" -> 1;
                case "m" -> 60;
                default -> 3600;
            };
            return Optional.of(
                    new Rate(Long.parseLong(matcher.group(1)) / unit, section.integer("burst", 0, 0, 1_000_000)));
        }
    }
}
