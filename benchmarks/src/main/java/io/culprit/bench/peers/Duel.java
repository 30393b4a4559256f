package io.culprit.bench.peers;

import io.culprit.bench.peers.Measurement.Round;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs workloads in interleaved rounds: every peer in turn, then all again, so that the machine's moods hit all alike. */
final class Duel {
    private final Arena arena;
    private final int rounds;
    private final double seconds;
    private final double warmup;
    private final Consumer<String> progress;

    /**
     * @param seconds of each measurement
     * @param warmup seconds of load before the first, for each JVM and workload
     */
    Duel(Arena arena, int rounds, double seconds, double warmup, Consumer<String> progress) {
        this.arena = arena;
        this.rounds = rounds;
        this.seconds = seconds;
        this.warmup = warmup;
        this.progress = progress;
    }

    List<Measurement> run(Workload workload, List<Peer.Kind> kinds) throws IOException, InterruptedException {
        Map<Peer.Kind, List<Round>> found = new EnumMap<>(Peer.Kind.class);
        List<Peer.Kind> suitable = kinds.stream().filter(workload::suits).toList();
        for (Peer.Kind kind : suitable) {
            progress.accept(workload.title() + ": warming " + kind.title());
            boolean jvm = kind == Peer.Kind.CULPRIT || kind == Peer.Kind.UNDERTOW;
            Wrk.run(workload, arena.peer(kind).port(), jvm ? warmup : 1, arena.directory());
            found.put(kind, new ArrayList<>());
        }
        for (int round = 1; round <= rounds; round++) {
            for (Peer.Kind kind : suitable) {
                progress.accept("%s: round %d of %d, %s".formatted(workload.title(), round, rounds, kind.title()));
                found.get(kind).add(round(workload, arena.peer(kind)));
            }
        }
        return suitable.stream()
                .map(kind -> new Measurement(kind, workload, List.copyOf(found.get(kind))))
                .toList();
    }

    private Round round(Workload workload, Peer peer) throws IOException, InterruptedException {
        long before = ProcFs.cpuMicros(peer.pid());
        Wrk.Result load = Wrk.run(workload, peer.port(), seconds, arena.directory());
        long after = ProcFs.cpuMicros(peer.pid());
        return new Round((double) (after - before) / Math.max(1, load.requests()), ProcFs.rss(peer.pid()), load);
    }
}
