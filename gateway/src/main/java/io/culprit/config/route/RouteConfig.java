package io.culprit.config.route;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One route.
 *
 * @param name shown in logs and metrics; the match in short where none was given
 * @param host host to match, {@code *.} wildcards allowed, empty for any
 * @param scheme {@code http} or {@code https}, by which the client came; empty for both
 * @param kind how {@code path} is compared
 * @param path prefix, whole path or regular expression
 * @param methods methods to match, empty for any
 * @param upstream name of the upstream
 * @param stripPrefix prefix taken off the path before it goes upstream, empty for none
 * @param replacePrefix what replaces the matched prefix, null for nothing
 * @param setHeaders request headers set towards the upstream
 * @param removeHeaders request headers not passed on, in lower case
 * @param action what is done instead of asking an upstream, empty where one is asked
 * @param rules what is asked of clients and added to responses
 */
public record RouteConfig(
        String name,
        String host,
        String scheme,
        PathKind kind,
        String path,
        List<String> methods,
        String upstream,
        String stripPrefix,
        @Nullable String replacePrefix,
        Map<String, String> setHeaders,
        List<String> removeHeaders,
        Optional<RouteAction> action,
        RouteRules rules) {
    /** A route to an upstream without further rules. */
    public RouteConfig(
            String name,
            String host,
            PathKind kind,
            String path,
            List<String> methods,
            String upstream,
            String stripPrefix,
            @Nullable String replacePrefix,
            Map<String, String> setHeaders,
            List<String> removeHeaders) {
        this(
                name,
                host,
                "",
                kind,
                path,
                methods,
                upstream,
                stripPrefix,
                replacePrefix,
                setHeaders,
                removeHeaders,
                Optional.empty(),
                RouteRules.NONE);
    }

    /** The Host the route sets towards the upstream, or the one given. */
    public String hostOr(String received) {
        for (Map.Entry<String, String> set : setHeaders.entrySet()) {
            if (set.getKey().equalsIgnoreCase("host")) {
                return set.getValue();
            }
        }
        return received;
    }

    /** Whether the path is changed before it goes upstream. */
    public boolean rewrites() {
        return !stripPrefix.isEmpty() || replacePrefix != null;
    }

    /**
     * The ways to compare a path; among matching routes EXACT beats REGEX, and REGEX beats the prefixes, as in nginx.
     */
    public enum PathKind {
        /** {@code exact}: the whole path. */
        EXACT,
        /** {@code path}: a prefix that ends at a segment: {@code /api} is {@code /api} and {@code /api/x}, not {@code /apix}. */
        PATH,
        /** {@code prefix}: a plain string that the path begins with, as nginx's prefix locations. */
        PREFIX,
        /** {@code regex}: a regular expression in RE2's syntax, found anywhere in the path. */
        REGEX
    }
}
