package io.culprit.bench.peers;

import io.culprit.bench.peers.load.LoadGenerator;
import io.culprit.bench.peers.load.SteadyLoad;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit bench tail}: the slowest of many requests at half the load a proxy can carry, beside nginx. */
@Command(
        name = "tail",
        description = {
            "Measure p50, p99, p99.9 and the longest latency at half of the load that nginx carries, 64 connections, beside nginx"
                    + " and HAProxy, in interleaved rounds. Exit 1 when p99.9 is above 1.5 times nginx's."
        },
        footer = {"", "Example:", "  culprit bench tail"})
public final class TailCommand extends TestbedCommand {
    private static final double GOAL = 1.5;
    private static final List<Peer.Kind> KINDS = List.of(Peer.Kind.CULPRIT, Peer.Kind.NGINX, Peer.Kind.HAPROXY);

    @Option(names = "--rounds", defaultValue = "5", description = "interleaved rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "120", description = "of each round (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Override
    Optional<String> objection() {
        return hasTwoCores() && rounds >= 1 && seconds >= 1
                ? Optional.empty()
                : Optional.of("two cores, at least one round and one second are needed");
    }

    @Override
    int measure(Testbed testbed) throws IOException, InterruptedException {
        // A JVM is compiled first, under the load that it will have.
        Workload.SMALL_64.load(
                testbed.peer(Peer.Kind.CULPRIT, Workload.SMALL_64).port(), 20, testbed.directory());
        double most = Workload.SMALL_64
                .load(testbed.peer(Peer.Kind.NGINX, Workload.SMALL_64).port(), 3, testbed.directory())
                .rate();
        SteadyLoad load = new SteadyLoad(Programs.path("h2load"), most / 2);
        Map<Peer.Kind, Histogram> all = new EnumMap<>(Peer.Kind.class);
        Map<Peer.Kind, double[]> tails = new EnumMap<>(Peer.Kind.class);
        long failed = 0;
        for (int round = 0; round < rounds; round++) {
            for (Peer.Kind kind : KINDS) {
                Peer peer = testbed.peer(kind, Workload.SMALL_64);
                SteadyLoad.Result result = load.run(
                        new LoadGenerator.Target(peer.port(), Workload.SMALL_64.path(), testbed.directory()),
                        Workload.SMALL_64.connections(),
                        seconds);
                failed += result.failed();
                all.computeIfAbsent(kind, k -> new Histogram(result.latency().getHighestTrackableValue(), 3))
                        .add(result.latency());
                tails.computeIfAbsent(kind, k -> new double[rounds])[round] =
                        result.latency().getValueAtPercentile(99.9) / 1000.0;
            }
        }
        System.out.printf("%,.0f requests/s of %,.0f, %d rounds of %d s%n%n", most / 2, most, rounds, seconds);
        System.out.println("| proxy | requests | p50 ms | p99 ms | p99.9 ms | longest ms |");
        System.out.println("|---|---|---|---|---|---|");
        for (Peer.Kind kind : KINDS) {
            Histogram h = Objects.requireNonNull(all.get(kind));
            System.out.printf(
                    "| %s | %,d | %.2f | %.2f | %.2f | %.1f |%n",
                    kind.title(),
                    h.getTotalCount(),
                    h.getValueAtPercentile(50) / 1000.0,
                    h.getValueAtPercentile(99) / 1000.0,
                    h.getValueAtPercentile(99.9) / 1000.0,
                    h.getMaxValue() / 1000.0);
        }
        if (failed > 0) {
            System.err.println("culprit: " + failed + " requests got no 200: no figures");
            return 2;
        }
        return verdict(tails);
    }

    /** Of rounds side by side, since the machine's moods make more of a difference than proxies do. */
    private int verdict(Map<Peer.Kind, double[]> tails) {
        double[] ours = Objects.requireNonNull(tails.get(Peer.Kind.CULPRIT));
        double[] theirs = Objects.requireNonNull(tails.get(Peer.Kind.NGINX));
        double logarithms = 0;
        for (int round = 0; round < rounds; round++) {
            logarithms += Math.log(ours[round] / theirs[round]);
        }
        double ratio = Math.exp(logarithms / rounds);
        System.out.printf(
                "%np99.9 is %.2f times nginx's (geometric mean over rounds); the goal is %.1f: %s%n",
                ratio, GOAL, ratio <= GOAL ? "met" : "missed");
        return ratio <= GOAL ? 0 : 1;
    }
}
