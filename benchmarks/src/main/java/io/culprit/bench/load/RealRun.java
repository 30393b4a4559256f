package io.culprit.bench.load;

import io.culprit.bench.load.plan.Arrivals;
import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.SettingLines;
import io.culprit.bench.load.plan.Settings;
import io.culprit.config.ConfigException;
import io.culprit.config.read.ConfigLoader;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;

/** One cell in real time: against a gateway that is started with its settings, or against a URL. Stateless. */
final class RealRun {
    /** Compiles what is measured, before it is. */
    private static final Arrivals WARM_UP =
            new Arrivals(Arrivals.Shape.CONSTANT, 400, 400, Duration.ofMillis(1500), Duration.ZERO, Duration.ZERO);

    private RealRun() {}

    static Cell run(Plan plan, Settings settings, List<Plan.Request> requests, DoubleConsumer progress)
            throws IOException {
        Cell cell = new Cell(settings, false);
        if (plan.url().isPresent()) {
            URI url = plan.url().get();
            InetSocketAddress target = new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
            if (target.isUnresolved()) {
                throw new IOException("target.url: there is no address for " + url.getHost());
            }
            drive(plan, cell, requests, target, url.getRawAuthority(), progress);
        } else {
            try (WorkingUpstream upstream = new WorkingUpstream(plan.workers(), settings.tries(), settings);
                    Gateway gateway = gateway(settings, upstream.ports())) {
                InetSocketAddress target = gateway.addresses().get(0);
                warmUp(plan, target, settings);
                upstream.forget();
                drive(plan, cell, requests, target, "loadtest", progress);
                upstream.report(cell);
            }
        }
        cell.settle(plan.arrivals());
        return cell;
    }

    private static void warmUp(Plan plan, InetSocketAddress target, Settings settings) throws IOException {
        List<Plan.Request> requests = new java.util.ArrayList<>();
        for (long at : WARM_UP.times(new java.util.SplittableRandom(0))) {
            requests.add(new Plan.Request(at, 0, new long[] {0}));
        }
        drive(plan, new Cell(settings, false), requests, target, "loadtest", share -> {});
    }

    private static void drive(
            Plan plan,
            Cell cell,
            List<Plan.Request> requests,
            InetSocketAddress target,
            String authority,
            DoubleConsumer progress)
            throws IOException {
        try (Generator generator = new Generator(target, authority, plan, cell)) {
            generator.run(requests, progress);
        }
    }

    /** What the cell means as configuration; checked by the gateway as everybody's is. */
    private static Gateway gateway(Settings settings, List<Integer> ports) throws IOException {
        Path file = Files.createTempFile("loadtest", ".yaml");
        try {
            Files.writeString(file, """
                    listen: [ { address: "127.0.0.1:0" } ]
                    access_log: { format: off }
                    error_log: { path: /dev/null }
                    journal: { url: off }
                    upstreams:
                      app:
                        servers: [ %s ]
                        keepalive: { connections: 1000 }
                        health: { max_fails: 0 }
                    %s
                    routes: [ { upstream: app } ]
                    """.formatted(
                    ports.stream().map(port -> "\"127.0.0.1:" + port + "\"").collect(Collectors.joining(", ")),
                    SettingLines.culprit(settings).indent(4).stripTrailing()));
            return Gateway.start(ConfigLoader.load(file, Map.of()));
        } catch (ConfigException e) {
            throw new IOException(
                    "the gateway does not take " + settings.label() + ": "
                            + e.problems().get(0).message(),
                    e);
        } finally {
            Files.delete(file);
        }
    }
}
