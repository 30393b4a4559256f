package io.culprit.config;

import io.culprit.config.UpstreamConfig.Timeouts;
import io.culprit.config.route.RouteConfig;
import io.culprit.failure.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How long a request of a route may take, timer by timer, and which timers contradict each other: such configurations
 * are valid, but one of the timers can never do what it was set for.
 *
 * @param route the route's name
 * @param upstream the upstream's name
 * @param queue longest wait for capacity, zero when nobody waits
 * @param timeouts the upstream's timers
 * @param attempts attempts at most
 * @param worst longest time to a response's head with one attempt: queue, connect, send and head, cut off by total
 * @param contradictions what cannot work as it was meant, one sentence each
 */
public record TimeoutBudget(
        String route,
        String upstream,
        Duration queue,
        Timeouts timeouts,
        int attempts,
        Duration worst,
        List<String> contradictions) {

    /** The budgets of all routes that ask an upstream, in the order of the configuration. */
    public static List<TimeoutBudget> of(GatewayConfig config) {
        return config.routes().stream()
                .filter(route -> route.action().isEmpty())
                .map(route -> of(
                        route,
                        Objects.requireNonNull(config.upstreams().get(route.upstream())),
                        config.limits().clientTimeout()))
                .toList();
    }

    private static TimeoutBudget of(RouteConfig route, UpstreamConfig upstream, Duration client) {
        Timeouts t = upstream.timeouts();
        Duration queue = upstream.queue().size() > 0 ? upstream.queue().timeout() : Duration.ZERO;
        int tries = upstream.nextUpstream().tries();
        int attempts = Math.max(
                1,
                tries == 0
                        ? upstream.servers().size()
                        : Math.min(tries, upstream.servers().size()));
        Duration worst = queue.plus(t.connect()).plus(t.send()).plus(t.head());
        if (!t.total().isZero() && t.total().compareTo(worst) < 0) {
            worst = t.total();
        }
        List<String> found = new ArrayList<>();
        total(t, queue, attempts, found);
        client(client, worst, queue, found);
        retries(upstream, attempts, found);
        upstream.fastcgi().ifPresent(f -> terminate(f.terminateTimeout(), t, found));
        return new TimeoutBudget(route.name(), upstream.name(), queue, t, attempts, worst, List.copyOf(found));
    }

    private static void total(Timeouts t, Duration queue, int attempts, List<String> found) {
        if (t.total().isZero()) {
            return;
        }
        String total = "timeouts.total " + shown(t.total());
        if (t.total().compareTo(t.connect().plus(t.head())) < 0) {
            found.add("%s ends before connect %s and head %s can both run out: slow answers are named deadline.exceeded"
                            .formatted(total, shown(t.connect()), shown(t.head()))
                    + " instead of head.timeout");
        }
        if (attempts > 1 && t.total().compareTo(t.head()) <= 0) {
            found.add("%s leaves no time for a second attempt once head %s has run out"
                    .formatted(total, shown(t.head())));
        }
        if (queue.compareTo(t.total()) >= 0) {
            found.add("queue.timeout %s is not below %s: whoever waits that long is never answered"
                    .formatted(shown(queue), total));
        }
        if (t.body().compareTo(t.total()) > 0) {
            found.add("%s ends before body %s can run out".formatted(total, shown(t.body())));
        }
    }

    private static void client(Duration client, Duration worst, Duration queue, List<String> found) {
        if (client.isZero()) {
            return;
        }
        if (client.compareTo(worst) < 0) {
            found.add("limits.client_timeout %s is below the %s this route may take: clients leave before they are told"
                            .formatted(shown(client), shown(worst))
                    + " what failed, and the upstream works for nobody");
        }
        if (client.compareTo(queue) <= 0 && !queue.isZero()) {
            found.add("queue.timeout %s is not below limits.client_timeout %s: clients leave while they wait"
                    .formatted(shown(queue), shown(client)));
        }
    }

    private static void retries(UpstreamConfig upstream, int attempts, List<String> found) {
        Duration next = upstream.nextUpstream().timeout();
        if (attempts > 1 && !next.isZero() && next.compareTo(upstream.timeouts().connect()) <= 0) {
            found.add("next_upstream.timeout %s is over before connect %s has run out: no second attempt follows it"
                    .formatted(shown(next), shown(upstream.timeouts().connect())));
        }
    }

    private static void terminate(Duration terminate, Timeouts t, List<String> found) {
        if (!terminate.isZero() && terminate.compareTo(t.head()) > 0) {
            found.add(
                    "fastcgi.terminate_timeout %s is above head %s: PHP goes on for up to %s after its client was told"
                                    .formatted(shown(terminate), shown(t.head()), shown(terminate.minus(t.head())))
                            + " that it failed");
        }
    }

    private static String shown(Duration duration) {
        return Text.duration(duration.toNanos());
    }
}
