package io.culprit.bench.load.plan;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A load test.
 *
 * @param question what it shall answer, for the report
 * @param url what is asked, empty: a gateway and an upstream are started, or simulated
 * @param mix what is asked for
 * @param arrivals when requests are sent
 * @param patience how long a client waits before it leaves
 * @param workers requests the upstream works on at a time
 * @param latency how long it works on each
 * @param settings the gateway's, where nothing is swept
 * @param cells what is tried out, in order; at least one
 * @param mode real time, simulated time, or what suits the number of cells
 * @param success share of requests that must succeed, 0 to 1; the run fails below
 * @param p99 the 99th percentile that must not be exceeded, empty for any
 * @param seed of everything random: the same seed makes the same load
 * @param notes what a reader of the results should know about how they were meant
 */
public record Plan(
        String question,
        Optional<URI> url,
        List<Ask> mix,
        Arrivals arrivals,
        Duration patience,
        int workers,
        LatencyDistribution latency,
        Settings settings,
        List<Settings> cells,
        Mode mode,
        double success,
        Optional<Duration> p99,
        long seed,
        List<String> notes) {

    /** How the time passes. */
    public enum Mode {
        AUTO,
        REAL,
        SIMULATED
    }

    /**
     * One kind of request.
     *
     * @param weight how often it is sent beside the others
     * @param headers more header lines, each with its line end
     * @param bodyBytes length of its body, 0 for none
     */
    public record Ask(int weight, String method, String path, String headers, int bodyBytes) {}

    /**
     * One request to come.
     *
     * @param atNanos when it is sent, from the start
     * @param kind index into the mix
     * @param workNanos how long the upstream works on each attempt
     */
    public record Request(long atNanos, int kind, long[] workNanos) {
        /** Work of an attempt, counted from 0. */
        public long work(int attempt) {
            return workNanos[Math.min(attempt, workNanos.length - 1)];
        }
    }

    /** The most attempts that any cell makes. */
    int mostTries() {
        return cells.stream().mapToInt(Settings::tries).max().orElse(1);
    }

    /** The same requests for every cell and for both kinds of time. */
    public List<Request> requests() {
        return requests(seed);
    }

    /** Requests of the same kind by other chances. */
    public List<Request> requests(long otherSeed) {
        SplittableRandom random = new SplittableRandom(otherSeed);
        long[] times = arrivals.times(random);
        int weights = mix.stream().mapToInt(Ask::weight).sum();
        Request[] all = new Request[times.length];
        for (int i = 0; i < all.length; i++) {
            long[] work = new long[mostTries()];
            for (int attempt = 0; attempt < work.length; attempt++) {
                work[attempt] = latency.sample(random);
            }
            all[i] = new Request(times[i], kind(random.nextInt(weights)), work);
        }
        return List.of(all);
    }

    private int kind(int drawn) {
        int left = drawn;
        for (int i = 0; i < mix.size(); i++) {
            left -= mix.get(i).weight();
            if (left < 0) {
                return i;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }
}
