package io.culprit.bench.load;

import io.culprit.config.ConfigException;
import io.culprit.config.ConfigLoader;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;

/** One cell in real time: against a gateway that is started with its settings, or against a URL. Stateless. */
final class RealRun {
    private RealRun() {}

    static Cell run(Plan plan, Settings settings, List<Plan.Request> requests, DoubleConsumer progress)
            throws IOException {
        Cell cell = new Cell(settings, false);
        if (plan.url().isPresent()) {
            URI url = plan.url().get();
            int port = url.getPort() < 0 ? 80 : url.getPort();
            drive(plan, cell, requests, new InetSocketAddress(url.getHost(), port), url.getHost(), progress);
            cell.attempts = cell.requests;
        } else {
            try (WorkingUpstream upstream = new WorkingUpstream(plan.workers());
                    Gateway gateway = gateway(settings, upstream.port())) {
                drive(plan, cell, requests, gateway.addresses().get(0), "loadtest", progress);
                cell.attempts = upstream.attempts();
                cell.usefulSeconds = upstream.usefulSeconds();
                cell.wastedSeconds = upstream.wastedSeconds();
            }
        }
        cell.settle(plan.arrivals().overloadEnds());
        return cell;
    }

    private static void drive(
            Plan plan,
            Cell cell,
            List<Plan.Request> requests,
            InetSocketAddress target,
            String host,
            DoubleConsumer progress)
            throws IOException {
        try (Generator generator = new Generator(target, host, plan, cell)) {
            generator.run(requests, progress);
        }
    }

    private static Gateway gateway(Settings settings, int port) throws IOException {
        Path file = Files.createTempFile("loadtest", ".yaml");
        try {
            Files.writeString(file, """
                    listen: [ { address: "127.0.0.1:0" } ]
                    access_log: { format: off }
                    error_log: { path: /dev/null }
                    journal: { url: off }
                    upstreams:
                      app:
                        servers: [ "127.0.0.1:%d" ]
                        max_connections: %d
                        queue: { size: %d, timeout: %dms }
                        timeouts: { read: %dms }
                        next_upstream: { tries: %d }
                        keepalive: { connections: 1000 }
                    routes: [ { upstream: app } ]
                    """.formatted(
                            port,
                            settings.maxConnections(),
                            settings.maxConnections() == 0 ? 0 : settings.queueSize(),
                            settings.queueTimeout().toMillis(),
                            settings.read().toMillis(),
                            settings.tries()));
            return Gateway.start(ConfigLoader.load(file, Map.of()));
        } catch (ConfigException e) {
            throw new IOException("the gateway does not take these settings: " + e.getMessage(), e);
        } finally {
            Files.delete(file);
        }
    }
}
