package io.culprit.bench.peers;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that one run found.
 *
 * @param machine what it ran on, and with which versions
 * @param measurements every peer under every workload
 * @param usage figures that are no CPU time: memory of idle clients, calls per request, time to start
 */
record Comparison(Instant at, Map<String, String> machine, List<Measurement> measurements, List<Extra> usage) {
    /**
     * A figure of a peer.
     *
     * @param goal the highest value that is good enough, empty where none was promised
     */
    record Extra(String what, String peer, double value, String unit, Optional<Double> goal) {
        boolean missed() {
            return goal.isPresent() && value > goal.get();
        }
    }

    /** Culprit's CPU time per request as a multiple of a peer's, with what was promised. */
    record Ratio(Workload workload, Peer.Kind against, double ratio, Optional<Double> goal) {
        boolean missed() {
            return goal.isPresent() && ratio > goal.get();
        }
    }

    Optional<Measurement> of(Peer.Kind peer, Workload workload) {
        return measurements.stream()
                .filter(m -> m.peer() == peer && m.workload() == workload)
                .findFirst();
    }

    List<Ratio> ratios() {
        List<Ratio> all = new ArrayList<>();
        for (Measurement each : measurements) {
            Optional<Measurement> ours = of(Peer.Kind.CULPRIT, each.workload());
            if (each.peer() != Peer.Kind.CULPRIT && ours.isPresent()) {
                all.add(new Ratio(
                        each.workload(),
                        each.peer(),
                        ours.get().cpuMicros() / each.cpuMicros(),
                        each.workload().goal(each.peer())));
            }
        }
        return all;
    }

    /** Goals that nothing is known of, one sentence each. */
    List<String> unmeasured() {
        List<String> all = new ArrayList<>();
        List<Ratio> ratios = ratios();
        for (Workload workload : Workload.values()) {
            for (Peer.Kind kind : Peer.Kind.values()) {
                boolean known = ratios.stream().anyMatch(r -> r.workload() == workload && r.against() == kind);
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
    List<String> missed() {
        List<String> all = new ArrayList<>();
        for (Measurement each : measurements) {
            if (!each.valid()) {
                all.add("%s of %s is not valid: %.1f %% of the answers failed, or sockets did"
                        .formatted(each.workload().title(), each.peer().title(), each.failedShare() * 100));
            }
        }
        for (Ratio each : ratios()) {
            if (each.missed()) {
                all.add("%s: %.2f times the CPU of %s, the goal is %.2f"
                        .formatted(
                                each.workload().title(),
                                each.ratio(),
                                each.against().title(),
                                each.goal().get()));
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
