package io.culprit.admin.view;

import io.culprit.config.GatewayConfig;
import io.culprit.config.TimeoutBudget;
import io.culprit.config.route.RouteConfig;
import io.culprit.record.count.Counters;
import io.culprit.record.count.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Every route with its timeout budget and how long its requests really took. Thread-safe. */
public final class RouteView {
    private final Supplier<GatewayConfig> configs;
    private final Counters counters;

    public RouteView(Supplier<GatewayConfig> configs, Counters counters) {
        this.configs = configs;
        this.counters = counters;
    }

    /** All routes that ask an upstream, in the order of the configuration. */
    public byte[] json() {
        GatewayConfig config = configs.get();
        List<TimeoutBudget> budgets = TimeoutBudget.of(config);
        List<RouteConfig> asking = config.routes().stream()
                .filter(route -> route.action().isEmpty())
                .toList();
        List<Tree> routes = new ArrayList<>();
        for (int i = 0; i < budgets.size(); i++) {
            routes.add(route(asking.get(i), budgets.get(i)));
        }
        return new Tree()
                .millis("client_timeout_ms", config.limits().clientTimeout().toNanos())
                .put("routes", routes)
                .bytes();
    }

    private Tree route(RouteConfig route, TimeoutBudget budget) {
        Durations durations = counters.durations(route.name());
        return new Tree()
                .put("name", route.name())
                .put("host", route.host())
                .put("scheme", route.scheme())
                .put("match", route.kind().name().toLowerCase(java.util.Locale.ROOT))
                .put("path", route.path())
                .put("methods", route.methods())
                .put("upstream", route.upstream())
                .put("requests", durations.count())
                .put("p50_seconds", durations.atMost(0.5))
                .put("p99_seconds", durations.atMost(0.99))
                .put("attempts", budget.attempts())
                .millis("queue_ms", budget.queue().toNanos())
                .millis("connect_ms", budget.timeouts().connect().toNanos())
                .millis("send_ms", budget.timeouts().send().toNanos())
                .millis("head_ms", budget.timeouts().head().toNanos())
                .millis("body_ms", budget.timeouts().body().toNanos())
                .millis("total_ms", budget.timeouts().total().toNanos())
                .millis("worst_ms", budget.worst().toNanos())
                .put("contradictions", budget.contradictions());
    }
}
