package io.culprit.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.Oracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class PeersTest {
    private static final String WRK = """
            Running 1s test @ http://127.0.0.1:1/
              1 threads and 64 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     2.20ms    1.01ms  12.11ms   70.00%
              Latency Distribution
                 50%  812.00us
                 75%    2.61ms
                 99%    1.10s
              48213 requests in 1.01s, 20.23MB read
              Socket errors: connect 1, read 2, write 3, timeout 4
              Non-2xx or 3xx responses: 17
            Requests/sec:  47735.92
            """;

    @Test
    void whatWrkSaysIsUnderstood() throws Exception {
        assertEquals(new Wrk.Result(48213, 47735.92, 0.812, 1100, 17, 10), Wrk.parse(WRK));
    }

    @Test
    void ratiosAndMissedGoals() throws Exception {
        List<Measurement> some = new ArrayList<>();
        some.add(new Measurement(Peer.Kind.CULPRIT, Workload.SMALL_64, rounds(30, 10, 20)));
        some.add(new Measurement(Peer.Kind.NGINX, Workload.SMALL_64, rounds(25, 25, 1)));
        some.add(new Measurement(Peer.Kind.UNDERTOW, Workload.SMALL_64, rounds(25, 25, 25)));
        Comparison comparison = new Comparison(Instant.EPOCH, Map.of(), some, List.of());
        assertEquals(0.8, comparison.ratios().get(0).ratio(), 1e-9);
        List<String> missed = comparison.missed();
        assertTrue(missed.get(missed.size() - 1).contains("Undertow"), missed + "");
        assertTrue(missed.get(0).contains("is not valid"), "socket errors and bad answers make figures worthless");
        assertTrue(comparison.unmeasured().contains("system calls per request"));
        assertTrue(ComparisonText.of(comparison).contains("met: 1.00"));
        assertTrue(ComparisonHtml.of(comparison).contains("<svg"));
        assertTrue(ComparisonJson.of(comparison).contains("\"ratio\" : 0.8"));
    }

    private static List<Measurement.Round> rounds(double... micros) throws Exception {
        Wrk.Result load = Wrk.parse(WRK);
        return Arrays.stream(micros)
                .mapToObj(each -> new Measurement.Round(each, 1 << 20, load))
                .toList();
    }

    /** One short round of everything: that it runs, not how fast. */
    @Test
    void everyPeerServesEveryWorkload() throws Exception {
        for (String each : List.of("nginx", "haproxy", "wrk")) {
            Oracle.program(each, each);
        }
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two cores are needed");
        Path directory = Files.createTempDirectory("b");
        List<String> culprit = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.culprit.cli.Main");
        try (Testbed testbed = new Testbed(directory, culprit)) {
            for (Workload workload : Workload.values()) {
                List<Measurement> found =
                        new InterleavedRounds(testbed, 1, 1, 1, what -> {}).run(workload, List.of(Peer.Kind.values()));
                for (Measurement each : found) {
                    String what = each.peer() + " " + workload;
                    // Where all may wait, each waits longer than this one round of a second, and costs less than a
                    // tick of the clock by which the kernel counts CPU time.
                    boolean waits = each.peer() == Peer.Kind.HAPROXY && workload == Workload.EXHAUSTED_64;
                    assertTrue(waits || each.rate() > 0, what);
                    assertTrue(waits || each.cpuMicros() > 0, what);
                    assertTrue(each.valid(), what + ": " + each.failedShare());
                }
            }
        }
    }
}
