package io.culprit.bench.peers.compare;

import io.culprit.bench.peers.Measurement;
import io.culprit.bench.peers.Peer;
import io.culprit.bench.peers.Workload;
import io.culprit.bench.peers.usage.MachineState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Culprit's CPU time per request as a multiple of a peer's: the geometric mean over the rounds in which both met the machine in the
 * same state, with the interval in which the true one lies with 95 % confidence (Student's t on the logarithms).
 *
 * @param ratio geometric mean, NaN where no round can be compared
 * @param rounds that could be compared
 * @param of all rounds
 * @param goal the highest that is good enough, empty where none was promised
 */
public record Ratio(
        Workload workload,
        Peer.Kind against,
        double ratio,
        double low,
        double high,
        int rounds,
        int of,
        Optional<Double> goal) {
    /** Two-sided 95 % quantiles of Student's t for 1, 2, ... degrees of freedom; beyond them the last is close enough. */
    private static final double[] T = {
        12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086
    };

    public static Ratio of(Measurement ours, Measurement theirs) {
        List<Double> logarithms = new ArrayList<>();
        int all = Math.min(ours.rounds().size(), theirs.rounds().size());
        for (int i = 0; i < all; i++) {
            Measurement.Round one = ours.rounds().get(i);
            Measurement.Round other = theirs.rounds().get(i);
            boolean counted = one.cpuMicros() > 0 && other.cpuMicros() > 0; // the kernel counts in ticks of 10 ms
            if (counted && one.steady() && other.steady() && MachineState.same(one.callNanos(), other.callNanos())) {
                logarithms.add(Math.log(one.cpuMicros() / other.cpuMicros()));
            }
        }
        int n = logarithms.size();
        double mean =
                logarithms.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        double squares =
                logarithms.stream().mapToDouble(l -> (l - mean) * (l - mean)).sum();
        double half = n < 2 ? Double.NaN : T[Math.min(n - 2, T.length - 1)] * Math.sqrt(squares / (n - 1) / n);
        return new Ratio(
                ours.workload(),
                theirs.peer(),
                Math.exp(mean),
                Math.exp(mean - half),
                Math.exp(mean + half),
                n,
                all,
                ours.workload().goal(theirs.peer()));
    }

    /** Whether the rounds say enough: more than half of them could be compared. */
    boolean known() {
        return rounds * 2 > of;
    }

    public boolean missed() {
        return known() && goal.isPresent() && ratio > goal.get();
    }

    /** Whether chance alone may have put it on its side of the goal. */
    public boolean close() {
        return goal.isPresent() && !(high < goal.get() || low > goal.get());
    }
}
