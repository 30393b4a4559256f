package io.culprit.triage.translate;

import com.google.re2j.Pattern;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The routes of one server block. */
final class Routes {
    private final Upstreams upstreams;
    private final BiConsumer<Directive, String> left;
    private final Answers answers;
    private final RouteRules rules;
    private final PhpSite phpSite;
    private final StringBuilder text = new StringBuilder();
    private String scheme = "";

    Routes(Upstreams upstreams, Map<String, String> rates, BiConsumer<Directive, String> left) {
        this.upstreams = upstreams;
        this.left = left;
        this.answers = new Answers(text, left);
        this.rules = new RouteRules(text, rates, left);
        this.phpSite = new PhpSite(upstreams, left);
    }

    String yaml() {
        return text.toString();
    }

    /**
     * Adds the routes of a server, for each of its names.
     *
     * @param by scheme of its listeners where another server has the same name by the other one, else empty
     */
    void server(Scope server, List<String> names, String by) {
        scheme = by;
        List<String> hosts = names.isEmpty() ? List.of("") : names;
        Optional<Directive> own = server.block().last("return");
        Optional<Scope> php = php(server);
        for (String host : hosts) {
            if (own.isPresent()) {
                answers.of(own.get(), match(host, "path: /"), server);
                continue;
            }
            boolean root = false;
            first(server, host, php.isPresent());
            List<Scope> nested = new ArrayList<>();
            for (Scope location : locations(server, nested)) {
                root |= location(location, host, php);
            }
            nested.forEach(location -> closed(location, host));
            if (php.isPresent() && !root) {
                site(server, php.get(), host);
            }
        }
    }

    /** All locations of a server; what stands within another is a route of its own, which is found for the longer path. */
    private List<Scope> locations(Scope outer, List<Scope> nested) {
        List<Scope> all = new ArrayList<>();
        for (Directive d : outer.block().block()) {
            if (!d.name().equals("location")) {
                continue;
            }
            Scope location = new Scope(d, outer);
            boolean within = outer.block().name().equals("location");
            if (within && d.args().size() > 1 && d.arg(0).startsWith("~")) {
                left.accept(
                        d,
                        "a regular expression that holds within "
                                + outer.block().text() + " only: 403 stands in its place until it is written by hand");
                nested.add(location);
            } else {
                all.add(location);
            }
            all.addAll(locations(location, nested));
        }
        return all;
    }

    /** What a regular expression within a prefix takes is closed: its rules are not known to the route around it. */
    private void closed(Scope location, String host) {
        Directive d = location.block();
        Directive around = Objects.requireNonNull(location.outer()).block();
        String prefix = Pattern.quote(around.lastArg());
        String pattern = regex(d.lastArg());
        String regex = (d.arg(0).equals("~*") ? "(?i)" : "") + "^" + prefix + (pattern.startsWith(".*") ? "" : ".*")
                + pattern.replaceFirst("^\\^", "");
        answers.standIn(match(host, "regex: " + Yaml.text(regex)), Answers.FORBIDDEN, "write by hand: " + d.where());
    }

    /** The location that hands scripts to FPM. */
    private static Optional<Scope> php(Scope server) {
        return server.block()
                .all("location")
                .map(d -> new Scope(d, server))
                .filter(s -> s.block().has("fastcgi_pass")
                        && s.block().arg(0).startsWith("~")
                        && s.block().lastArg().contains("php"))
                .findFirst();
    }

    /** @return whether it was the site's own route, for all that is not otherwise said */
    private boolean location(Scope location, String host, Optional<Scope> php) {
        Directive d = location.block();
        boolean scripts = php.isPresent() && php.get().block() == d;
        String kind = d.args().size() == 1 ? "" : d.arg(0);
        String path = d.lastArg();
        if (path.startsWith("@")) {
            left.accept(d, "named locations have no counterpart");
            return false;
        }
        if (scripts) {
            return false; // the site's route takes scripts and files
        }
        String match = switch (kind) {
            case "=" -> match(host, "exact: " + Yaml.text(path));
            case "~" -> match(host, "regex: " + Yaml.text(regex(path)));
            case "~*" -> match(host, "regex: " + Yaml.text("(?i)" + regex(path)));
            default -> match(host, "prefix: " + Yaml.text(path));
        };
        if (d.has("internal")) {
            left.accept(d, "internal locations are reached by redirects within nginx only: a 404 stands in its place");
            answers.standIn(match, Answers.NOT_FOUND, "");
            return false;
        }
        if (kind.equals("^~")) {
            left.accept(d, "^~ keeps regular expressions out; here they go before every prefix");
        }
        Optional<Directive> answer = d.last("return");
        if (answer.isPresent()) {
            answers.of(answer.get(), match, location);
            return false;
        }
        if (guarded(location, match)) {
            return false;
        }
        Optional<Directive> pass = d.block().stream()
                .filter(x -> x.name().equals("proxy_pass") || x.name().equals("fastcgi_pass"))
                .findFirst();
        if (pass.isPresent()) {
            proxied(location, pass.get(), match, path, kind);
            return false;
        }
        return files(location, host, match, path, kind, php);
    }

    /** A location that asks for more than an address stays shut until somebody has written the rest. */
    private boolean guarded(Scope location, String match) {
        Optional<Directive> guard = Guards.of(location);
        guard.ifPresent(each -> {
            left.accept(
                    each, "has no counterpart: 403 stands in the place of what it guards until it is written by hand");
            answers.standIn(
                    match,
                    Answers.FORBIDDEN,
                    "write by hand: " + location.block().where() + ", guarded by " + each.name() + " (" + each.where()
                            + ")");
        });
        return guard.isPresent();
    }

    /**
     * {@code ^~} keeps regular expressions out of a prefix, and here they go first: what is shut there is shut before them, and what a
     * PHP site must not run there is not run.
     */
    private void first(Scope server, String host, boolean scripts) {
        boolean expressions =
                server.block().all("location").anyMatch(l -> l.arg(0).startsWith("~"));
        for (Scope location : locations(server, new ArrayList<>())) {
            Directive d = location.block();
            if (!d.arg(0).equals("^~") || !expressions && !scripts) {
                continue;
            }
            String prefix = "^" + Pattern.quote(d.arg(1)) + ".*";
            boolean shut =
                    d.has("deny") || d.has("internal") || Guards.of(location).isPresent();
            if (shut) {
                answers.standIn(
                        match(host, "regex: " + Yaml.text(prefix)), Answers.FORBIDDEN, "write by hand: " + d.where());
            } else if (scripts && !d.has("fastcgi_pass")) {
                answers.standIn(
                        match(host, "regex: " + Yaml.text(prefix + "(?i)\\.(php|phtml|phar).*")),
                        Answers.FORBIDDEN,
                        "scripts are not run here: " + d.where());
            }
        }
    }

    /** nginx finds a regular expression anywhere in a path. */
    private static String regex(String pattern) {
        String begun = pattern.startsWith("^") ? pattern : ".*" + pattern;
        return begun.endsWith("$") ? begun : begun + ".*";
    }

    private boolean files(Scope location, String host, String match, String path, String kind, Optional<Scope> php) {
        Directive d = location.block();
        boolean denied = d.all("deny").anyMatch(x -> x.arg(0).equals("all")) && !d.has("allow");
        if (denied) {
            answers.standIn(match, Answers.FORBIDDEN, "");
            return false;
        }
        boolean whole = path.equals("/") && (kind.isEmpty() || kind.equals("^~"));
        if (php.isPresent()) {
            if (whole) {
                site(new Scope(d, location.outer()), php.get(), host);
                return true;
            }
            boolean own = d.has("root") || d.has("alias");
            if (own) {
                left.accept(d, "files from another folder than the site's own have no counterpart");
            } else {
                d.block().stream()
                        .filter(x -> x.name().equals("expires") || x.name().equals("add_header"))
                        .forEach(x ->
                                left.accept(x, "headers of files alone have no counterpart; files get a validator"));
            }
            return false;
        }
        left.accept(d, "files without PHP behind them have no counterpart: a 404 stands in their place");
        answers.standIn(match, Answers.NOT_FOUND, "files: " + d.where());
        return false;
    }

    private void site(Scope files, Scope scripts, String host) {
        String match = match(host, "path: /");
        if (!guarded(files, match) && !guarded(scripts, match)) {
            phpSite.upstream(files, scripts).ifPresent(name -> route(files, match, "upstream: " + name, "", Map.of()));
        }
    }

    private void proxied(Scope location, Directive pass, String match, String path, String kind) {
        if (pass.name().equals("fastcgi_pass")) {
            left.accept(
                    location.block(),
                    "a script behind a path of its own: 403 stands in its place until fastcgi.root and index are written by hand");
            answers.standIn(
                    match,
                    Answers.FORBIDDEN,
                    "write by hand: " + location.block().where()); // the site's route has other rules
            return;
        }
        Optional<String> upstream = upstreams.of(location, pass, Optional.empty());
        if (upstream.isEmpty()) {
            // Closed, lest what it matches falls to a location that lets others in.
            answers.standIn(match, Answers.FORBIDDEN, "write by hand: " + pass.where());
            return;
        }
        String target = pass.arg(0).replaceFirst("^https?://", "");
        int slash = target.startsWith("unix:")
                ? target.indexOf(":/", 5) + (target.indexOf(":/", 5) < 0 ? 0 : 1)
                : target.indexOf('/');
        String uri = slash > 0 ? target.substring(slash) : "";
        String rewrite = uri.isEmpty() || kind.startsWith("~") || uri.equals(path)
                ? ""
                : "rewrite: { replace_prefix: " + Yaml.text(uri) + " }";
        Map<String, String> headers = RequestHeaders.of(location, pass, left);
        if (!rewrite.isEmpty() && !path.endsWith("/")) {
            left.accept(pass, "a slash stands between " + uri + " and what follows " + path + " here");
        }
        route(location, match, "upstream: " + upstream.get(), rewrite, headers);
    }

    private void route(Scope scope, String match, String target, String rewrite, Map<String, String> set) {
        text.append("  - match: ").append(match).append('\n');
        text.append("    ").append(target).append('\n');
        if (!rewrite.isEmpty()) {
            text.append("    ").append(rewrite).append('\n');
        }
        if (!set.isEmpty()) {
            text.append("    headers: { set: ").append(Yaml.map(set)).append(" }\n");
        }
        rules.of(scope);
    }

    private String match(String host, String path) {
        return "{ " + (host.isEmpty() ? "" : "host: " + Yaml.text(host) + ", ")
                + (scheme.isEmpty() ? "" : "scheme: " + scheme + ", ") + path + " }";
    }
}
