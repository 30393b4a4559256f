package io.culprit.config.route;

import io.culprit.config.Network;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a route asks of clients and adds to responses, whoever makes them. Immutable.
 *
 * @param allow networks that may come, empty: all
 * @param deny networks that may not, whatever {@code allow} says
 * @param rate requests of one client network, empty for no bound
 * @param set response headers that replace those of the same name
 * @param add response headers beside those of the same name
 * @param remove names of response headers that stay behind, in lower case
 */
public record RouteRules(
        List<Network> allow,
        List<Network> deny,
        Optional<Rate> rate,
        Map<String, String> set,
        Map<String, String> add,
        List<String> remove) {
    /** No rules at all. */
    public static final RouteRules NONE =
            new RouteRules(List.of(), List.of(), Optional.empty(), Map.of(), Map.of(), List.of());

    /**
     * @param perSecond requests a second, above 0
     * @param burst how many may come at once beyond that
     */
    public record Rate(double perSecond, int burst) {}

    /** Whether it matters who asks. */
    public boolean restricts() {
        return !allow.isEmpty() || !deny.isEmpty();
    }
}
