package io.culprit.config.read;

import io.culprit.config.Problem.Weight;
import io.culprit.config.UpstreamConfig;
import io.culprit.config.route.RouteAction;
import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one entry of {@code routes}. */
final class RouteReader {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /** What stands in a request target as it is. */
    private static final Pattern PLAIN_PATH = Pattern.compile("[A-Za-z0-9._~!$&'()*+,;=:@/-]*");

    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_.:\\[\\]-]+");
    /** Which of these it is makes no difference to a path that ends in a slash. */
    private static final Set<PathKind> PREFIXES = Set.of(PathKind.PATH, PathKind.PREFIX);

    private static final List<String> SCHEMES = List.of("", "http", "https");
    private static final List<String> FRAMING =
            List.of("content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive");

    private RouteReader() {}

    /** A route and where its upstream is named, to be checked once all upstreams are known. */
    record Placed(RouteConfig route, Node at, Node match, ReadContext context) {}

    static Optional<Placed> read(Section section) {
        try (section) {
            Match match = match(section);
            Optional<RouteAction> action = RouteRulesReader.action(section);
            Optional<String> upstream = section.text("upstream");
            if (upstream.isEmpty() && !section.has("redirect") && !section.has("respond")) {
                section.problem(section.node(), "\"" + section.name("upstream") + "\" is missing");
            }
            String strip = "";
            String replace = null;
            try (Section rewrite = section.section("rewrite")) {
                strip = rewrite.text("strip_prefix", "");
                replace = rewrite.text("replace_prefix").orElse(null);
                if (!strip.isEmpty() && replace != null) {
                    rewrite.problem(rewrite.node(), "strip_prefix and replace_prefix exclude each other");
                }
                checkRewrite(rewrite, match.kind, strip, replace);
            }
            Map<String, String> set = new LinkedHashMap<>();
            List<String> remove;
            try (Section headers = section.section("headers")) {
                headers(headers, "set", set);
                remove = headers.texts("remove").stream()
                        .map(h -> h.toLowerCase(Locale.ROOT))
                        .toList();
                for (String each : remove) {
                    checkName(headers, headers.at("remove"), each);
                }
            }
            String name = section.text("name", match.shown());
            RouteConfig route = new RouteConfig(
                    name,
                    match.host,
                    match.scheme,
                    match.kind,
                    match.path,
                    match.methods,
                    upstream.orElse(""),
                    strip,
                    replace,
                    Map.copyOf(set),
                    remove,
                    action,
                    RouteRulesReader.rules(section));
            return Optional.of(new Placed(route, section.at("upstream"), section.at("match"), section.context()));
        }
    }

    private static void checkRewrite(Section rewrite, PathKind kind, String strip, @Nullable String replace) {
        if (replace != null && kind != PathKind.PATH && kind != PathKind.PREFIX) {
            rewrite.problem(
                    rewrite.at("replace_prefix"), "replace_prefix needs a route that matches by path or prefix");
        }
        if (!strip.isEmpty() && !strip.startsWith("/")) {
            rewrite.problem(rewrite.at("strip_prefix"), "\"" + rewrite.name("strip_prefix") + "\" must start with /");
        }
        if (replace != null
                && !replace.isEmpty()
                && (!replace.startsWith("/") || !PLAIN_PATH.matcher(replace).matches())) {
            rewrite.problem(
                    rewrite.at("replace_prefix"),
                    "\"%s\" is \"%s\"; a path without query and escapes was expected, such as /static"
                            .formatted(rewrite.name("replace_prefix"), Section.shown(replace)));
        }
    }

    /** Names and values under one key. */
    static void headers(Section headers, String key, Map<String, String> set) {
        Section section = headers.section(key);
        section.all().forEach((header, node) -> {
            checkName(section, section.keyNode(header), header);
            section.text(node, section.name(header)).ifPresent(value -> {
                if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127 || c > 255)) {
                    section.problem(node, "the value of header \"" + header + "\" has a character no header may have");
                }
                set.put(header, value);
            });
        });
    }

    static void checkName(Section section, Node at, String header) {
        if (!TOKEN.matcher(header).matches()) {
            section.problem(at, "\"" + Section.shown(header) + "\" is not a header name");
        } else if (FRAMING.contains(header.toLowerCase(Locale.ROOT))) {
            section.problem(at, "header \"" + header + "\" frames the message and belongs to the gateway");
        }
    }

    private record Match(String host, String scheme, PathKind kind, String path, List<String> methods) {
        String shown() {
            String prefix = scheme.isEmpty() ? host : scheme + "://" + host;
            return prefix
                    + switch (kind) {
                        case EXACT -> "=";
                        case REGEX -> "~";
                        case PREFIX -> "^";
                        case PATH -> "";
                    }
                    + path;
        }
    }

    private static Match match(Section parent) {
        try (Section section = parent.section("match")) {
            String host = section.text("host", "").toLowerCase(Locale.ROOT);
            if (!host.isEmpty() && !HOST.matcher(host).matches()) {
                section.problem(
                        section.at("host"),
                        "\"%s\" is \"%s\"; a host name was expected, such as shop.test or *.shop.test"
                                .formatted(section.name("host"), Section.shown(host)));
            }
            String scheme = section.text("scheme", "");
            if (!SCHEMES.contains(scheme)) {
                section.problem(
                        section.at("scheme"),
                        "\"%s\" is \"%s\"; http or https was expected"
                                .formatted(section.name("scheme"), Section.shown(scheme)));
            }
            List<String> methods = section.texts("methods");
            for (String method : methods) {
                if (!TOKEN.matcher(method).matches()) {
                    section.problem(section.at("methods"), "\"" + Section.shown(method) + "\" is not a method");
                }
            }
            PathKind kind = PathKind.PATH;
            String path = "/";
            int kinds = 0;
            for (PathKind each : PathKind.values()) {
                String key = each.name().toLowerCase(Locale.ROOT);
                Optional<String> text = section.text(key);
                if (text.isPresent()) {
                    kinds++;
                    kind = each;
                    path = text.get();
                    checkPath(section, key, kind, path);
                }
            }
            if (kinds > 1) {
                section.problem(section.node(), "path, prefix, exact and regex exclude each other");
            }
            return new Match(host, scheme, kind, path, methods);
        }
    }

    private static void checkPath(Section section, String key, PathKind kind, String path) {
        if (kind == PathKind.REGEX) {
            try {
                com.google.re2j.Pattern.compile(path);
            } catch (com.google.re2j.PatternSyntaxException e) {
                section.problem(section.at(key), notRe2(section.name(key), path, e));
            }
        } else if (!path.startsWith("/")) {
            section.problem(
                    section.at(key),
                    "\"%s\" is \"%s\"; a path starts with /%s"
                            .formatted(
                                    section.name(key),
                                    Section.shown(path),
                                    path.equals("*") ? "; OPTIONS * goes to the route of /" : ""));
        }
    }

    /** Look-around and back-references are not in RE2's syntax: no engine runs them in linear time. */
    private static String notRe2(String name, String regex, com.google.re2j.PatternSyntaxException e) {
        String part = e.getPattern() == null ? "" : e.getPattern();
        int at = part.isEmpty() ? -1 : regex.indexOf(part);
        return "\"%s\" is not a regular expression of RE2: %s%s"
                .formatted(
                        name,
                        e.getDescription(),
                        at < 0 ? "" : " at character %d, \"%s\"".formatted(at + 1, Section.shown(part)));
    }

    /** Checks that every route's upstream exists. */
    static void check(List<Placed> routes, Map<String, UpstreamConfig> upstreams) {
        for (Placed each : routes) {
            String name = each.route().upstream();
            if (!name.isEmpty() && !upstreams.containsKey(name)) {
                each.context()
                        .problem(
                                each.at(),
                                "there is no upstream \"" + Section.shown(name) + "\""
                                        + Suggestion.of(name, upstreams.keySet()));
            }
        }
        for (int i = 0; i < routes.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (hides(routes.get(j).route(), routes.get(i).route())) {
                    Placed hidden = routes.get(i);
                    hidden.context()
                            .problem(
                                    hidden.match(),
                                    "route \"%s\" is never reached: route \"%s\" before it takes the same requests"
                                            .formatted(
                                                    Section.shown(hidden.route().name()),
                                                    Section.shown(routes.get(j)
                                                            .route()
                                                            .name())),
                                    Weight.WARNING);
                    break;
                }
            }
        }
    }

    /** Of two routes for the same path and host, one with methods goes first, then the one that stands first. */
    private static boolean hides(RouteConfig first, RouteConfig second) {
        boolean alike = first.kind() == second.kind()
                || first.path().endsWith("/") && PREFIXES.contains(first.kind()) && PREFIXES.contains(second.kind());
        boolean same = alike
                && first.path().equals(second.path())
                && first.scheme().equals(second.scheme())
                && first.host().equals(second.host());
        if (!same) {
            return false;
        }
        return second.methods().isEmpty()
                ? first.methods().isEmpty()
                : !first.methods().isEmpty() && first.methods().containsAll(second.methods());
    }
}
