package io.culprit.server;

import io.culprit.config.GatewayConfig;
import io.culprit.dialect.DialectTable;
import io.culprit.loop.IoLoop;
import io.culprit.record.Recorder;
import io.culprit.route.RouteTable;
import java.util.List;
import org.xnio.XnioIoThread;

/**
 * What every request needs, wired once by {@link Gateway}. Immutable.
 *
 * @param tracing begins or continues each request's trace
 * @param loops by the number of their IO thread
 */
record Services(
        GatewayConfig config,
        DialectTable dialects,
        RouteTable<Target> routes,
        Recorder recorder,
        Tracing tracing,
        List<IoLoop> loops) {

    IoLoop loop(XnioIoThread thread) {
        return loops.get(thread.getNumber());
    }
}
