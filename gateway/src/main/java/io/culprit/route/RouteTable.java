package io.culprit.route;

import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All routes, immutable, read by all threads. An exact path wins over a regular expression, the first matching regular
 * expression over a path or prefix (as in nginx), and among those the longest wins; among equals the most specific host.
 *
 * @param <T> what a request that takes a route is handed to
 */
public final class RouteTable<T> {
    private final PrefixTree<T> tree = new PrefixTree<>();
    private final List<Route<T>> regexes = new ArrayList<>();
    private boolean slashes;

    /**
     * @param targets gives each route what it leads to
     */
    public RouteTable(List<RouteConfig> configs, Function<RouteConfig, T> targets) {
        for (int i = 0; i < configs.size(); i++) {
            RouteConfig config = configs.get(i);
            Route<T> route = new Route<>(config, targets.apply(config), i);
            if (config.kind() == PathKind.REGEX) {
                regexes.add(route);
            } else {
                tree.add(route);
                slashes |= config.kind() != PathKind.EXACT
                        && config.path().length() > 1
                        && config.path().endsWith("/");
            }
        }
        regexes.sort((a, b) -> b.hostRank() - a.hostRank());
        tree.seal();
    }

    /**
     * Finds the route of a request. Allocates nothing unless there are regular expressions.
     *
     * @param host host without port, lower case
     * @param path bytes that hold the normalised path in {@code [start, end)}
     * @return null when no route matches; the caller turns that into {@code route.none}
     */
    public @Nullable Route<T> match(String host, String method, byte[] path, int start, int end) {
        Route<T> exact = tree.exact(path, start, end, host, method);
        if (exact != null) {
            return exact;
        }
        if (!regexes.isEmpty()) {
            String text = new String(path, start, end - start, StandardCharsets.ISO_8859_1);
            for (Route<T> route : regexes) {
                if (route.matchesHost(host) && route.allows(method) && route.regexMatches(text)) {
                    return route;
                }
            }
        }
        return tree.longest(path, start, end, host, method);
    }

    /**
     * Whether a route ends in a slash that is all this path lacks: the client is then sent there, as nginx does. An exact
     * route, or one for the path as it is, goes before that.
     */
    public boolean lacksSlash(String host, String method, byte[] path, int start, int end) {
        return slashes
                && tree.exact(path, start, end, host, method) == null
                && tree.lackingSlash(path, start, end, host, method) != null;
    }

    /** Why this request takes the route it takes, in one sentence. */
    public String explain(String host, String method, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        return Optional.ofNullable(match(host, method, bytes, 0, bytes.length))
                .map(route -> "route \"%s\" wins: %s%s%s"
                        .formatted(
                                route.name(),
                                kind(route.config()),
                                route.config().host().isEmpty()
                                        ? ", any host"
                                        : ", host " + route.config().host(),
                                route.config().methods().isEmpty()
                                        ? ""
                                        : ", methods "
                                                + String.join(
                                                        " ", route.config().methods())))
                .orElse("no route matches %s %s%s".formatted(method, host, path));
    }

    private static String kind(RouteConfig config) {
        return switch (config.kind()) {
            case EXACT -> "the path is exactly " + config.path();
            case REGEX -> "the path matches " + config.path() + ", the first regular expression that does";
            case PATH -> "the longest path is " + config.path();
            case PREFIX -> "the longest prefix is " + config.path();
        };
    }
}
