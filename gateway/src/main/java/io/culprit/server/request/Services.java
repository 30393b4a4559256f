package io.culprit.server.request;

import io.culprit.config.GatewayConfig;
import io.culprit.dialect.DialectTable;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.loop.TempFiles;
import io.culprit.record.Recorder;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.route.RouteTable;
import io.culprit.server.clients.Clients;
import io.culprit.server.routing.Destination;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.xnio.XnioIoThread;

/**
 * What every request needs, wired for one configuration by {@link io.culprit.server.Gateway}. Immutable.
 *
 * @param routes for clients without TLS
 * @param secureRoutes for those with it; the same table where no route asks for a scheme
 * @param tracing begins or continues each request's trace
 * @param clients all connections of clients
 * @param files temporary files for bodies that memory does not hold
 * @param lifecycle whether the gateway runs, drains or stops
 * @param restricts whether a route lets only some clients in
 * @param headersDropped headers with underscores that were not passed on
 * @param latest those of the configuration in force, which the next request takes
 * @param loops by the number of their IO thread
 */
public record Services(
        GatewayConfig config,
        DialectTable dialects,
        RouteTable<Destination> routes,
        RouteTable<Destination> secureRoutes,
        Recorder recorder,
        Tracing tracing,
        Clients clients,
        TempFiles files,
        Lifecycle lifecycle,
        boolean restricts,
        LongAdder headersDropped,
        List<IoLoop> loops,
        AtomicReference<Services> latest) {

    /** The routes for a request, by the scheme that its client used. */
    RouteTable<Destination> routes(RequestHead head, ForwardedHeaders forwarded) {
        return secureRoutes == routes || !forwarded.https(head) ? routes : secureRoutes;
    }

    /** Those of the configuration in force. */
    public Services current() {
        return Objects.requireNonNull(latest.get());
    }

    /** The loop of an IO thread. */
    public IoLoop loop(XnioIoThread thread) {
        return loops.get(thread.getNumber());
    }
}
