package io.culprit.route;

import com.google.re2j.Pattern;
import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteConfig.PathKind;
import org.jspecify.annotations.Nullable;

/**
 * A route ready to be matched: its configuration and the target the server attached to it.
 *
 * @param <T> what a request that takes this route is handed to
 */
public final class Route<T> {
    private final RouteConfig config;
    private final T target;
    private final int order;
    private final @Nullable Pattern regex;

    Route(RouteConfig config, T target, int order) {
        this.config = config;
        this.target = target;
        this.order = order;
        this.regex = config.kind() == PathKind.REGEX ? Pattern.compile(config.path()) : null;
    }

    /** Its configuration. */
    public RouteConfig config() {
        return config;
    }

    /** Its name in logs and metrics. */
    public String name() {
        return config.name();
    }

    /** What it leads to. */
    public T target() {
        return target;
    }

    int order() {
        return order;
    }

    boolean allows(String method) {
        return config.methods().isEmpty() || config.methods().contains(method);
    }

    boolean regexMatches(String path) {
        return regex != null && regex.matcher(path).find();
    }

    /** 0 for any host, 1 for a wildcard, 2 for a whole name. */
    int hostRank() {
        return config.host().isEmpty() ? 0 : config.host().startsWith("*.") ? 1 : 2;
    }

    boolean matchesHost(String host) {
        return switch (hostRank()) {
            case 0 -> true;
            case 1 ->
                host.length() > config.host().length() - 1
                        && host.endsWith(config.host().substring(1));
            default -> host.equals(config.host());
        };
    }
}
