package io.culprit.bench.peers;

import io.culprit.bench.peers.Measurement.Round;
import io.culprit.bench.peers.load.LoadResult;
import io.culprit.bench.peers.usage.CallCount;
import io.culprit.bench.peers.usage.MachineState;
import io.culprit.bench.peers.usage.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Runs workloads in interleaved rounds: every peer in turn, then all again, so that the machine's moods hit all alike. */
final class InterleavedRounds {
    /** Seconds of one piece of a warm-up. */
    private static final double PIECE = 3;

    private final Testbed testbed;
    private final MachineState state;
    private final boolean counting;
    private final int rounds;
    private final double seconds;
    private final double warmup;
    private final Consumer<String> progress;
    private final Set<Peer.Kind> warmed = EnumSet.noneOf(Peer.Kind.class);

    /**
     * @param state asked before and after each measurement
     * @param counting whether system calls are counted too, in a run of its own
     * @param seconds of each measurement
     * @param warmup seconds of load before the first workload of a JVM; less before each of the others
     */
    InterleavedRounds(
            Testbed testbed,
            MachineState state,
            boolean counting,
            int rounds,
            double seconds,
            double warmup,
            Consumer<String> progress) {
        this.testbed = testbed;
        this.state = state;
        this.counting = counting;
        this.rounds = rounds;
        this.seconds = seconds;
        this.warmup = warmup;
        this.progress = progress;
    }

    /** Failures are code of their own; the rest only adds a little to what is compiled. */
    private double ownWarmUp(Workload workload) {
        return workload.failing()[1] > 0.5 ? warmup : Math.min(warmup, 5);
    }

    /** In pieces: clients that come and go are code of their own, which one long run would leave to the first round. */
    private void warm(Workload workload, int port, double duration) throws IOException, InterruptedException {
        for (double left = duration; left > 0; left -= PIECE) {
            workload.load(port, Math.min(left, PIECE), testbed.directory());
        }
    }

    private static List<Peer.Kind> backwards(List<Peer.Kind> kinds) {
        List<Peer.Kind> turned = new ArrayList<>(kinds);
        Collections.reverse(turned);
        return turned;
    }

    List<Measurement> run(Workload workload, List<Peer.Kind> kinds) throws IOException, InterruptedException {
        Map<Peer.Kind, List<Round>> found = new EnumMap<>(Peer.Kind.class);
        List<Peer.Kind> suitable = kinds.stream().filter(workload::suits).toList();
        for (Peer.Kind kind : suitable) {
            progress.accept(workload.title() + ": warming " + kind.title());
            boolean jvm = kind.isJvm();
            Peer peer = testbed.peer(kind, workload);
            if (jvm && warmed.add(kind)) {
                // What all workloads share is compiled before the first of them, under a load that compiles it.
                warm(Workload.SMALL_64, peer.port(), warmup);
            }
            warm(workload, testbed.port(peer, workload), jvm ? ownWarmUp(workload) : 1);
            found.put(kind, new ArrayList<>());
        }
        for (int round = 1; round <= rounds; round++) {
            // Forwards and backwards in turn: who comes first meets the machine in another mood.
            for (Peer.Kind kind : round % 2 == 1 ? suitable : backwards(suitable)) {
                progress.accept("%s: round %d of %d, %s".formatted(workload.title(), round, rounds, kind.title()));
                Objects.requireNonNull(found.get(kind)).add(round(workload, testbed.peer(kind, workload)));
            }
        }
        List<Measurement> measurements = new ArrayList<>();
        for (Peer.Kind kind : suitable) {
            progress.accept("%s: system calls of %s".formatted(workload.title(), kind.title()));
            Peer peer = testbed.peer(kind, workload);
            measurements.add(new Measurement(
                    kind,
                    workload,
                    List.copyOf(found.get(kind)),
                    counting
                            ? CallCount.count(workload, peer, testbed.port(peer, workload), testbed)
                            : Optional.empty()));
        }
        return measurements;
    }

    private Round round(Workload workload, Peer peer) throws IOException, InterruptedException {
        double callBefore = state.nanos();
        long before = ProcFs.cpuMicros(peer.pid());
        LoadResult load = workload.load(testbed.port(peer, workload), seconds, testbed.directory());
        long after = ProcFs.cpuMicros(peer.pid());
        return new Round(
                (double) (after - before) / Math.max(1, load.requests()),
                ProcFs.rss(peer.pid()),
                load,
                callBefore,
                state.nanos());
    }
}
