package io.culprit.server;

import io.culprit.admission.RateLimit;
import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteRules.Rate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What counts clients' requests, by route: a reload must not forgive whom it does not concern. Not thread-safe. */
final class RateLimits {
    private record Key(String route, Rate rate) {}

    private Map<Key, RateLimit> limits = Map.of();
    private Map<Key, RateLimit> next = new HashMap<>();

    /** That of a route, the one it had where neither its name nor its rate has changed. */
    Optional<RateLimit> of(RouteConfig route) {
        return route.rules().rate().map(rate -> {
            Key key = new Key(route.name(), rate);
            RateLimit kept = limits.get(key);
            return next.computeIfAbsent(key, k -> kept != null ? kept : new RateLimit(rate.perSecond(), rate.burst()));
        });
    }

    /** All routes have been asked for: what none of them needs goes. */
    void settled() {
        limits = Map.copyOf(next);
        next = new HashMap<>();
    }
}
