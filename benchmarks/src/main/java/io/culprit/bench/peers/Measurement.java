package io.culprit.bench.peers;

import io.culprit.bench.peers.load.LoadResult;
import io.culprit.bench.peers.usage.CallCount;
import io.culprit.bench.peers.usage.MachineState;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * One peer under one workload.
 *
 * @param rounds one for each interleaved round
 * @param counted what a request costs in calls, empty where that cannot be counted
 */
public record Measurement(Peer.Kind peer, Workload workload, List<Round> rounds, Optional<CallCount> counted) {
    /**
     * One round.
     *
     * @param cpuMicros CPU time of the proxy's processes per request
     * @param rss their resident memory afterwards, in bytes
     * @param before what a system call cost just before, nanoseconds
     * @param after and just afterwards
     */
    public record Round(double cpuMicros, long rss, LoadResult load, double before, double after) {
        /** Whether the machine's state stayed what it was. */
        public boolean steady() {
            return MachineState.same(before, after);
        }

        /** What a system call cost, nanoseconds. */
        public double callNanos() {
            return (before + after) / 2;
        }
    }

    private double median(ToDoubleFunction<Round> of) {
        double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public double cpuMicros() {
        return median(Round::cpuMicros);
    }

    public double rate() {
        return median(r -> r.load().rate());
    }

    public double p50Millis() {
        return median(r -> r.load().p50Millis());
    }

    public double p99Millis() {
        return median(r -> r.load().p99Millis());
    }

    public double rssMib() {
        return median(r -> r.rss() / 1048576.0);
    }

    /** Share of answers that were neither 2xx nor 3xx. */
    public double failedShare() {
        return median(r -> (double) r.load().failed() / Math.max(1, r.load().requests()));
    }

    /** Whether it answered as the workload means it to; otherwise its figures are those of something else. */
    public boolean valid() {
        long errors = rounds.stream().mapToLong(r -> r.load().errors()).sum();
        double[] failing = workload.failing();
        boolean clean = errors == 0 || workload.isNewConnections() || failing[1] > 0.5;
        return clean && failedShare() >= failing[0] && failedShare() <= failing[1];
    }
}
