package io.culprit.bench.load;

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
 * @param paths what is asked for, each as often as it is listed
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
 */
record Plan(
        String question,
        Optional<URI> url,
        List<String> paths,
        Arrivals arrivals,
        Duration patience,
        int workers,
        LatencyDistribution latency,
        Settings settings,
        List<Settings> cells,
        Mode mode,
        double success,
        Optional<Duration> p99,
        long seed) {

    /** How the time passes. */
    enum Mode {
        AUTO,
        REAL,
        SIMULATED
    }

    /**
     * One request to come.
     *
     * @param atNanos when it is sent, from the start
     * @param workNanos how long the upstream works on it
     */
    record Request(long atNanos, long workNanos) {}

    /** The same requests for every cell and for both kinds of time. */
    List<Request> requests() {
        SplittableRandom random = new SplittableRandom(seed);
        long[] times = arrivals.times(random);
        Request[] all = new Request[times.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Request(times[i], latency.sample(random));
        }
        return List.of(all);
    }
}
