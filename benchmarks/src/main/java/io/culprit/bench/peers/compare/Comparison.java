package io.culprit.bench.peers.compare;

import io.culprit.bench.peers.Measurement;
import io.culprit.bench.peers.Peer;
import io.culprit.bench.peers.Workload;
import io.culprit.bench.peers.usage.MachineState;
import io.culprit.bench.peers.usage.ResourceUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * All that one run found.
 *
 * @param machine what it ran on, and with which versions
 * @param measurements every peer under every workload
 * @param usage figures that are no CPU time: memory of idle clients, calls per request, time to start
 */
public record Comparison(Instant at, Map<String, String> machine, List<Measurement> measurements, List<Extra> usage) {
    /**
     * A figure of a peer.
     *
     * @param goal the highest value that is good enough, empty where none was promised
     */
    public record Extra(String what, String peer, double value, String unit, Optional<Double> goal) {
        public boolean missed() {
            return goal.isPresent() && value > goal.get();
        }
    }

    Optional<Measurement> of(Peer.Kind peer, Workload workload) {
        return measurements.stream()
                .filter(m -> m.peer() == peer && m.workload() == workload)
                .findFirst();
    }

    /** Culprit beside each peer, under each workload. */
    public List<Ratio> ratios() {
        List<Ratio> all = new ArrayList<>();
        for (Measurement each : measurements) {
            Optional<Measurement> ours = of(Peer.Kind.CULPRIT, each.workload());
            if (each.peer() != Peer.Kind.CULPRIT && ours.isPresent()) {
                all.add(Ratio.of(ours.get(), each));
            }
        }
        return all;
    }

    /** Whether any ratio is known, where any was asked for. */
    public boolean decided() {
        List<Ratio> ratios = ratios();
        return ratios.isEmpty() || ratios.stream().anyMatch(Ratio::known);
    }

    /** What system calls cost during the run, and whether that changed. */
    public String state() {
        double[] nanos = measurements.stream()
                .flatMap(m -> m.rounds().stream())
                .flatMapToDouble(r -> DoubleStream.of(r.before(), r.after()))
                .sorted()
                .toArray();
        if (nanos.length == 0) {
            return "unknown";
        }
        double least = nanos[0];
        double most = nanos[nanos.length - 1];
        if (MachineState.same(least, most)) {
            return "%.0f to %.0f ns for a system call: one state".formatted(least, most);
        }
        long slow =
                Arrays.stream(nanos).filter(n -> n > Math.sqrt(least * most)).count();
        return "%.0f to %.0f ns for a system call: it changed, %d of %d looks met the slow state; only rounds of one state are compared"
                .formatted(least, most, slow, nanos.length);
    }

    /** Goals that nothing is known of, one sentence each. */
    public List<String> unmeasured() {
        List<String> all = new ArrayList<>();
        List<Ratio> ratios = ratios();
        for (Workload workload : Workload.values()) {
            for (Peer.Kind kind : Peer.Kind.values()) {
                boolean known =
                        ratios.stream().anyMatch(r -> r.workload() == workload && r.against() == kind && r.known());
                if (workload.goal(kind).isPresent() && !known) {
                    all.add(workload.title() + " against " + kind.title());
                }
            }
        }
        for (String each : ResourceUsage.GOALS) {
            if (usage.stream().noneMatch(e -> e.what().equals(each))) {
                all.add(each);
            }
        }
        return all;
    }

    /** Goals that were missed and figures that are not to be trusted, one sentence each. */
    public List<String> missed() {
        List<String> all = new ArrayList<>();
        for (Measurement each : measurements) {
            if (!each.valid()) {
                all.add("%s of %s is not valid: %.1f %% of the answers failed, or sockets did"
                        .formatted(each.workload().title(), each.peer().title(), each.failedShare() * 100));
            }
        }
        for (Ratio each : ratios()) {
            if (each.missed()) {
                all.add("%s: %.2f times the CPU of %s, the goal is %.2f%s"
                        .formatted(
                                each.workload().title(),
                                each.ratio(),
                                each.against().title(),
                                each.goal().get(),
                                each.close() ? "; chance alone may be the difference" : ""));
            }
        }
        for (Extra each : usage) {
            if (each.missed()) {
                all.add("%s of %s: %.1f %s, the goal is %.1f"
                        .formatted(
                                each.what(),
                                each.peer(),
                                each.value(),
                                each.unit(),
                                each.goal().get()));
            }
        }
        return all;
    }
}
