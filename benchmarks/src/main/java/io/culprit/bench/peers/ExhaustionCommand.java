package io.culprit.bench.peers;

import io.culprit.bench.load.Burst;
import io.culprit.bench.peers.usage.ProcFs;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culprit bench exhaustion}: five upstream connections, 100 ms for each request, and far too many clients. */
@Command(
        name = "exhaustion",
        description = {
            "Send 12, 200 and 2,000 clients, 4,000 a second, to an upstream with five connections that takes 100 ms for each, through"
                    + " Culprit (queue of 20), HAProxy (maxconn, maxqueue, timeout queue) and nginx (max_conns, no queue)."
                    + " Exit 1 when Culprit misses a goal."
        },
        footer = {"", "Example:", "  culprit bench exhaustion --rounds 3"})
public final class ExhaustionCommand extends TestbedCommand {
    private static final List<Integer> CLIENTS = List.of(12, 200, 2_000);
    private static final double SERVICE_MILLIS = 100;

    /** Requests of one round end together; only who comes out a round too late was overtaken. */
    private static final double SLACK_MILLIS = SERVICE_MILLIS / 2;

    @Option(names = "--rounds", defaultValue = "5", description = "bursts of each size (default: ${DEFAULT-VALUE})")
    private int rounds;

    private final List<String> missed = new ArrayList<>();

    @Override
    Optional<String> objection() {
        return rounds >= 1 ? Optional.empty() : Optional.of("at least one round is needed");
    }

    @Override
    int measure(Testbed testbed) throws IOException, InterruptedException {
        System.out.println(
                "| proxy | clients | answered | their p50 ms | p99 ms | unloaded p50 + queue ms | out of turn | refused | their p50 ms | p99 ms | with | memory MiB | a second later |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (Peer.Kind kind : List.of(Peer.Kind.CULPRIT, Peer.Kind.HAPROXY, Peer.Kind.NGINX)) {
            measure(testbed, kind);
        }
        System.out.println();
        missed.forEach(each -> System.out.println("missed: " + each));
        System.out.println(missed.isEmpty() ? "Every goal is met." : "");
        return missed.isEmpty() ? 0 : 1;
    }

    private void measure(Testbed testbed, Peer.Kind kind) throws IOException, InterruptedException {
        Workload workload = Workload.EXHAUSTED_64;
        Peer peer = testbed.peer(kind, workload);
        URI url = URI.create("http://127.0.0.1:" + testbed.port(peer, workload) + Testbed.target(workload));
        for (int i = 0; i < (kind == Peer.Kind.CULPRIT ? 40 : 2); i++) {
            Burst.send(url, 200, SLACK_MILLIS); // compiles the refusals
        }
        double[] alone = new double[20];
        for (int i = 0; i < alone.length; i++) {
            alone[i] = Burst.send(url, 1, SLACK_MILLIS).admittedMillis()[0];
        }
        double unloaded = Burst.Result.percentile(alone, 50);
        for (int clients : CLIENTS) {
            List<Burst.Result> results = new ArrayList<>();
            boolean well = true;
            for (int i = 0; i < rounds; i++) {
                results.add(Burst.send(url, clients, SLACK_MILLIS));
                TimeUnit.SECONDS.sleep(1);
                Burst.Result after = Burst.send(url, ProxyConfigs.PLACES, SLACK_MILLIS);
                well &= after.admittedMillis().length == ProxyConfigs.PLACES
                        && Burst.Result.percentile(after.admittedMillis(), 100) < 1.5 * unloaded;
            }
            row(kind, clients, results, unloaded, ProcFs.rss(peer.pid()) / 1048576.0, well);
        }
    }

    private void row(
            Peer.Kind kind, int clients, List<Burst.Result> results, double unloaded, double memory, boolean well) {
        double[] admitted = results.stream()
                .flatMapToDouble(r -> java.util.Arrays.stream(r.admittedMillis()))
                .toArray();
        double[] refused = results.stream()
                .flatMapToDouble(r -> java.util.Arrays.stream(r.refusedMillis()))
                .toArray();
        int most =
                results.stream().mapToInt(r -> r.admittedMillis().length).max().orElse(0);
        int outOfTurn = results.stream().mapToInt(Burst.Result::outOfTurn).sum();
        // The last of the queue waits until all before it have been served, five at a time.
        double before = Math.ceil((double) most / ProxyConfigs.PLACES) - 1;
        double longest = (double) ProxyConfigs.QUEUE / ProxyConfigs.PLACES;
        double queue = (kind == Peer.Kind.CULPRIT ? Math.min(before, longest) : before) * unloaded;
        double p99 = Burst.Result.percentile(admitted, 99);
        double refusal = Burst.Result.percentile(refused, 50);
        System.out.printf(
                "| %s | %d | %.0f | %.0f | %.0f | %.0f | %d | %.0f | %.2f | %.2f | %s | %.0f | %s |%n",
                kind.title(),
                clients,
                (double) admitted.length / results.size(),
                Burst.Result.percentile(admitted, 50),
                p99,
                unloaded + queue,
                outOfTurn,
                (double) refused.length / results.size(),
                refusal,
                Burst.Result.percentile(refused, 99),
                results.stream()
                        .flatMap(r -> r.outcomes().stream())
                        .distinct()
                        .reduce((a, b) -> a + ", " + b)
                        .orElse("-"),
                memory,
                well ? "well" : "not well");
        if (kind == Peer.Kind.CULPRIT) {
            goal(p99 <= 1.1 * (unloaded + queue), clients, "p99 is more than a tenth above unloaded plus queue");
            goal(refused.length == 0 || refusal < 1, clients, "half of the refusals took %.2f ms".formatted(refusal));
            goal(outOfTurn == 0, clients, outOfTurn + " were answered out of turn");
            goal(well, clients, "a second later it was not well");
        }
    }

    private void goal(boolean met, int clients, String sentence) {
        if (!met) {
            missed.add("%d clients: %s".formatted(clients, sentence));
        }
    }
}
