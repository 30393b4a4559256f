package io.culprit.server.routing;

import io.culprit.admission.RateLimit;
import io.culprit.config.Network;
import io.culprit.config.route.RouteRules;
import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Who may come in by one route, and how often. Thread-safe. */
public final class RouteGate {
    private final RouteRules rules;
    private final Optional<RateLimit> rate;

    /** @param rate as the rules have it */
    RouteGate(RouteRules rules, Optional<RateLimit> rate) {
        this.rules = rules;
        this.rate = rate;
    }

    /**
     * Why a client may not, empty when it may.
     *
     * @param client its address, 4 or 16 bytes
     * @param shown the same as text
     */
    public Optional<Failure> refusal(byte[] client, String shown, long now) {
        if (rules.restricts() && !admits(client)) {
            return Optional.of(Failure.of(Cause.ROUTE_DENIED, "%s may not come here".formatted(shown)));
        }
        if (rate.isEmpty()) {
            return Optional.empty();
        }
        long wait = rate.get().take(client, now);
        return wait == 0
                ? Optional.empty()
                : Optional.of(Failure.of(
                                Cause.CLIENT_RATE_LIMITED,
                                "%s made more requests than %s with a burst of %d; one more may come in %s"
                                        .formatted(
                                                shown,
                                                perSecond(),
                                                rules.rate().get().burst(),
                                                Text.duration(wait)))
                        .with(new Evidence(Evidence.RETRY_AFTER, Long.toString(1 + wait / 1_000_000_000L))));
    }

    private String perSecond() {
        double rate = rules.rate().get().perSecond();
        return rate >= 1 ? "%.0f/s".formatted(rate) : "%.0f/m".formatted(rate * 60);
    }

    private boolean admits(byte[] client) {
        InetAddress address;
        try {
            address = InetAddress.getByAddress(client);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + client.length + " bytes", e);
        }
        return !Network.anyContains(rules.deny(), address)
                && (rules.allow().isEmpty() || Network.anyContains(rules.allow(), address));
    }
}
