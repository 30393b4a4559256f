package io.culprit.server.routing;

import io.culprit.admission.RateLimit;
import io.culprit.config.route.RouteConfig;
import io.culprit.config.route.RouteRules;
import io.culprit.http.Field;
import io.culprit.reply.HeadChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a request that takes a route comes to.
 *
 * @param target the upstream, empty where the route answers by itself
 * @param gate who may come, and how often
 * @param changes what the route changes in the heads of responses
 */
public record Destination(Optional<Target> target, RouteGate gate, HeadChanges changes) {
    /**
     * Of a route.
     *
     * @param rate what counts its clients' requests, empty for no bound
     */
    public static Destination of(RouteConfig route, Optional<Target> target, Optional<RateLimit> rate) {
        return new Destination(target, new RouteGate(route.rules(), rate), changes(route.rules()));
    }

    private static HeadChanges changes(RouteRules rules) {
        if (rules.set().isEmpty() && rules.add().isEmpty() && rules.remove().isEmpty()) {
            return HeadChanges.NONE;
        }
        List<String> removed = new ArrayList<>(rules.remove());
        List<Field> added = new ArrayList<>();
        rules.set().forEach((name, value) -> {
            removed.add(name.toLowerCase(Locale.ROOT));
            added.add(new Field(name, value));
        });
        rules.add().forEach((name, value) -> added.add(new Field(name, value)));
        return new HeadChanges(List.copyOf(removed), List.copyOf(added));
    }
}
