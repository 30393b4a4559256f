package io.culprit.bench.peers;

import io.culprit.bench.peers.load.LoadResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit bench warmup}: what a gateway serves in its first seconds. */
@Command(
        name = "warmup",
        description = {
            "Measure requests/s and p99 of the first seconds after a start, beside nginx, each on one core, in interleaved rounds.",
            "Exit 1 when the goal is missed: the first second serves at least half of what the last does."
        },
        footer = {"", "Example:", "  culprit bench warmup"})
public final class WarmupCommand extends TestbedCommand {
    private static final double GOAL = 0.5;

    private static final List<Peer.Kind> KINDS = List.of(Peer.Kind.CULPRIT, Peer.Kind.NGINX);

    @Option(names = "--rounds", defaultValue = "5", description = "starts of each (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "after each start (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Override
    Optional<String> objection() {
        return hasTwoCores() && rounds >= 1 && seconds >= 2
                ? Optional.empty()
                : Optional.of("two cores, at least one round and two seconds are needed");
    }

    @Override
    int measure(Testbed testbed) throws IOException, InterruptedException {
        double[][][] rate = new double[KINDS.size()][seconds][rounds];
        double[][][] p99 = new double[KINDS.size()][seconds][rounds];
        long errors = 0;
        for (int round = 0; round < rounds; round++) {
            for (int kind = 0; kind < KINDS.size(); kind++) {
                testbed.stop(KINDS.get(kind));
                Peer peer = testbed.peer(KINDS.get(kind), Workload.SMALL_64);
                for (int second = 0; second < seconds; second++) {
                    LoadResult load = Workload.SMALL_64.load(peer.port(), 1, testbed.directory());
                    // What failed was not served.
                    rate[kind][second][round] =
                            load.rate() * (load.requests() - load.failed()) / Math.max(1, load.requests());
                    errors += load.errors();
                    p99[kind][second][round] = load.p99Millis();
                }
                testbed.stop(KINDS.get(kind));
            }
        }
        List<String> head = new ArrayList<>();
        KINDS.forEach(kind -> head.addAll(List.of(kind.title() + " requests/s", "p99 ms")));
        System.out.println("| second | " + String.join(" | ", head) + " |");
        System.out.println("|---" + "|---".repeat(head.size()) + "|");
        for (int second = 0; second < seconds; second++) {
            StringBuilder line = new StringBuilder("| ").append(second + 1);
            for (int kind = 0; kind < KINDS.size(); kind++) {
                line.append(" | %,.0f | %.2f".formatted(median(rate[kind][second]), median(p99[kind][second])));
            }
            System.out.println(line.append(" |"));
        }
        double[] shares = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            shares[round] = rate[0][0][round] / rate[0][seconds - 1][round];
        }
        double share = median(shares);
        if (errors > 0 || Double.isNaN(share) || Double.isInfinite(share)) {
            System.err.println(
                    "culprit: " + errors + " connections failed, or the last second served nothing: no figures");
            return 2;
        }
        System.out.printf(
                "Culprit's first second serves %.2f of what its last does; the goal is %.2f: %s%n",
                share, GOAL, share >= GOAL ? "met" : "missed");
        return share >= GOAL ? 0 : 1;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
