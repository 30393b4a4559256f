package io.culprit.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The routes of one path, found by host: a whole name beats a wildcard, a longer wildcard beats a shorter one. */
final class HostIndex<T> {
    private final Map<String, List<Route<T>>> exact = new HashMap<>();
    private final List<Route<T>> wildcard = new ArrayList<>();
    private final List<Route<T>> any = new ArrayList<>();

    void add(Route<T> route) {
        switch (route.hostRank()) {
            case 0 -> any.add(route);
            case 1 -> wildcard.add(route);
            default ->
                exact.computeIfAbsent(route.config().host(), h -> new ArrayList<>())
                        .add(route);
        }
    }

    /** Brings the candidates into the order in which they are tried; call once after the last {@link #add}. */
    void seal() {
        exact.values().forEach(list -> list.sort(HostIndex::byMethodThenFile));
        any.sort(HostIndex::byMethodThenFile);
        wildcard.sort(HostIndex::byLengthOfHost);
    }

    /** Not by Comparator.comparing(): its lambdas are serializable, which no class-data archive holds; they delay a start. */
    private static int byMethodThenFile(Route<?> a, Route<?> b) {
        int byMethod = Boolean.compare(
                a.config().methods().isEmpty(), b.config().methods().isEmpty());
        return byMethod != 0 ? byMethod : Integer.compare(a.order(), b.order());
    }

    private static int byLengthOfHost(Route<?> a, Route<?> b) {
        int longerFirst =
                Integer.compare(b.config().host().length(), a.config().host().length());
        return longerFirst != 0 ? longerFirst : byMethodThenFile(a, b);
    }

    /** The best route for this host and method, or {@code null} within this package. */
    @Nullable
    Route<T> find(String host, String method) {
        List<Route<T>> named = exact.get(host);
        if (named != null) {
            Route<T> found = firstAllowing(named, method);
            if (found != null) {
                return found;
            }
        }
        for (int i = 0; i < wildcard.size(); i++) {
            Route<T> route = wildcard.get(i);
            if (route.allows(method) && route.matchesHost(host)) {
                return route;
            }
        }
        return firstAllowing(any, method);
    }

    private @Nullable Route<T> firstAllowing(List<Route<T>> routes, String method) {
        for (int i = 0; i < routes.size(); i++) {
            if (routes.get(i).allows(method)) {
                return routes.get(i);
            }
        }
        return null;
    }
}
