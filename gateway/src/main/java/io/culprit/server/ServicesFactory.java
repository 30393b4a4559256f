package io.culprit.server;

import io.culprit.config.GatewayConfig;
import io.culprit.config.route.RouteConfig;
import io.culprit.dialect.DialectTable;
import io.culprit.loop.IoLoop;
import io.culprit.loop.TempFiles;
import io.culprit.record.RingRecorder;
import io.culprit.route.RouteTable;
import io.culprit.server.clients.Clients;
import io.culprit.server.request.Lifecycle;
import io.culprit.server.request.Services;
import io.culprit.server.request.Tracing;
import io.culprit.server.routing.Destination;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Makes what requests go by out of a configuration: routes with their destinations, over the parts that outlive a reload. One thread at a
 * time.
 *
 * @param recorder where requests end
 * @param headersDropped counts headers that {@code limits.underscores} took away
 * @param current where the newest are found
 */
record ServicesFactory(
        RateLimits rates,
        RingRecorder recorder,
        Clients clients,
        TempFiles files,
        Lifecycle lifecycle,
        LongAdder headersDropped,
        List<IoLoop> loops,
        AtomicReference<Services> current) {

    Services of(GatewayConfig config, Backends.Change upstreams) {
        Map<RouteConfig, Destination> destinations = new IdentityHashMap<>();
        config.routes()
                .forEach(route -> destinations.put(
                        route, Destination.of(route, upstreams.target(route.upstream()), rates.of(route))));
        rates.settled();
        boolean schemes =
                config.routes().stream().anyMatch(route -> !route.scheme().isEmpty());
        RouteTable<Destination> routes = new RouteTable<>(config.routes("http"), destinations::get);
        RouteTable<Destination> secure = schemes ? new RouteTable<>(config.routes("https"), destinations::get) : routes;
        return new Services(
                config,
                DialectTable.bundled(),
                routes,
                secure,
                recorder,
                new Tracing(config.telemetry()),
                clients,
                files,
                lifecycle,
                config.routes().stream().anyMatch(route -> route.rules().restricts()),
                headersDropped,
                loops,
                current);
    }
}
