package io.culprit.server.request;

import io.culprit.config.GatewayConfig;
import io.culprit.dialect.DialectTable;
import io.culprit.loop.IoLoop;
import io.culprit.loop.TempFiles;
import io.culprit.record.Recorder;
import io.culprit.route.RouteTable;
import io.culprit.server.clients.Clients;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.xnio.XnioIoThread;

/**
 * What every request needs, wired once by {@link io.culprit.server.Gateway}. Immutable.
 *
 * @param tracing begins or continues each request's trace
 * @param clients all connections of clients
 * @param files temporary files for bodies that memory does not hold
 * @param stopping whether the gateway ends: requests are answered so and not begun
 * @param restricts whether a route lets only some clients in
 * @param headersDropped headers with underscores that were not passed on
 * @param loops by the number of their IO thread
 */
public record Services(
        GatewayConfig config,
        DialectTable dialects,
        RouteTable<Destination> routes,
        Recorder recorder,
        Tracing tracing,
        Clients clients,
        TempFiles files,
        AtomicBoolean stopping,
        boolean restricts,
        LongAdder headersDropped,
        List<IoLoop> loops) {

    /** The loop of an IO thread. */
    public IoLoop loop(XnioIoThread thread) {
        return loops.get(thread.getNumber());
    }
}
