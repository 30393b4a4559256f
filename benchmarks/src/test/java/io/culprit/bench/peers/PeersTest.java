package io.culprit.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.bench.peers.compare.Comparison;
import io.culprit.bench.peers.compare.ComparisonHtml;
import io.culprit.bench.peers.compare.ComparisonJson;
import io.culprit.bench.peers.compare.ComparisonText;
import io.culprit.bench.peers.compare.Ratio;
import io.culprit.bench.peers.load.LoadResult;
import io.culprit.bench.peers.load.Wrk;
import io.culprit.bench.peers.usage.CallCount;
import io.culprit.bench.peers.usage.MachineState;
import io.culprit.proof.harness.Oracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
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
        assertEquals(new LoadResult(48213, 47735.92, 0.812, 1100, 17, 10), Wrk.parse(WRK));
    }

    @Test
    void ratiosAndMissedGoals() throws Exception {
        List<Measurement> some = new ArrayList<>();
        some.add(measured(Peer.Kind.CULPRIT, rounds(20, 10, 40)));
        some.add(measured(Peer.Kind.NGINX, rounds(25, 12.5, 50)));
        some.add(measured(Peer.Kind.UNDERTOW, rounds(25, 12.5, 50)));
        Comparison comparison = new Comparison(Instant.EPOCH, Map.of(), some, List.of());
        assertEquals(0.8, comparison.ratios().get(0).ratio(), 1e-9);
        List<String> missed = comparison.missed();
        assertTrue(missed.get(missed.size() - 1).contains("Undertow"), missed + "");
        assertTrue(missed.get(0).contains("is not valid"), "socket errors and bad answers make figures worthless");
        assertTrue(comparison.unmeasured().contains("system calls per request"));
        String text = ComparisonText.of(comparison);
        assertTrue(text.contains("0.80 (0.80 to 0.80) | met: 0.95 |"), text);
        assertTrue(text.contains("state: 700 to 700 ns for a system call: one state"), text);
        assertTrue(ComparisonHtml.of(comparison).contains("<svg"));
        assertTrue(ComparisonJson.of(comparison).contains("\"ratio\" : 0.8"));
    }

    /** Means of logarithms: of two opposite ratios it is one; the interval is Student's. */
    @Test
    void theMeanIsGeometricAndHasAnInterval() throws Exception {
        Ratio ratio = Ratio.of(
                measured(Peer.Kind.CULPRIT, rounds(10, 20, 10, 20)), measured(Peer.Kind.NGINX, rounds(20, 10, 10, 20)));
        assertEquals(1.0, ratio.ratio(), 1e-9);
        // Logarithms -ln 2, ln 2, 0, 0: standard deviation 0.566, t for 3 degrees of freedom 3.182.
        assertEquals(Math.exp(3.182 * 0.56595 / 2), ratio.high(), 0.005);
        assertEquals(1 / ratio.high(), ratio.low(), 1e-9);
        assertTrue(ratio.close(), "0.95 lies within");
        assertTrue(ratio.missed());
    }

    @Test
    void roundsOfDifferentStatesAreNotCompared() throws Exception {
        List<Measurement.Round> ours = new ArrayList<>(rounds(10, 10, 10, 20, 10));
        List<Measurement.Round> theirs = new ArrayList<>(rounds(10, 10, 10, 10, 10));
        LoadResult load = Wrk.parse(WRK);
        ours.set(3, new Measurement.Round(20, 1 << 20, load, 1500, 1500));
        ours.set(4, new Measurement.Round(30, 1 << 20, load, 700, 1500));
        Measurement culprit = measured(Peer.Kind.CULPRIT, ours);
        Measurement nginx = measured(Peer.Kind.NGINX, theirs);
        Ratio ratio = Ratio.of(culprit, nginx);
        assertEquals(3, ratio.rounds());
        assertEquals(1.0, ratio.ratio(), 1e-9);
        Comparison comparison = new Comparison(Instant.EPOCH, Map.of(), List.of(culprit, nginx), List.of());
        assertTrue(comparison.state().contains("it changed, 3 of 20 looks met the slow state"), comparison.state());

        theirs.set(0, new Measurement.Round(20, 1 << 20, load, 1500, 1500));
        Comparison mixed =
                new Comparison(Instant.EPOCH, Map.of(), List.of(culprit, measured(Peer.Kind.NGINX, theirs)), List.of());
        String text = ComparisonText.of(mixed);
        assertTrue(text.contains("not comparable: 2 of 5 rounds in one state | not decided: 0.95"), text);
        assertTrue(mixed.unmeasured().contains("199 B, 64 connections against nginx"));
        assertTrue(mixed.missed().stream().noneMatch(m -> m.contains("times the CPU")), mixed.missed() + "");
    }

    @Test
    void whatPerfCountsIsReadWhereTheProcessorTells() {
        CallCount count = CallCount.parse(
                        "84000,,raw_syscalls:sys_enter,5,100.00,,\n<not supported>,,instructions,0,100.00,,\n", 20_000)
                .orElseThrow();
        assertEquals(4.2, count.calls(), 1e-9);
        assertTrue(count.instructions().isEmpty());
        assertEquals(
                3.0,
                CallCount.parse("1,,raw_syscalls:sys_enter,5,100.00,,\n60000,,instructions,0,100.00,,\n", 20_000)
                        .orElseThrow()
                        .instructions()
                        .getAsDouble(),
                1e-9);
        assertTrue(CallCount.parse("perf: no permission", 10).isEmpty());
    }

    private static Measurement measured(Peer.Kind kind, List<Measurement.Round> rounds) {
        return new Measurement(kind, Workload.SMALL_64, rounds, Optional.empty());
    }

    private static List<Measurement.Round> rounds(double... micros) throws Exception {
        LoadResult load = Wrk.parse(WRK);
        return Arrays.stream(micros)
                .mapToObj(each -> new Measurement.Round(each, 1 << 20, load, 700, 700))
                .toList();
    }

    /** One short round of everything: that it runs, not how fast. */
    @Test
    void everyPeerServesEveryWorkload() throws Exception {
        for (String each : List.of("nginx", "haproxy", "wrk", "openssl")) {
            Oracle.program(each, each);
        }
        Oracle.program("h2load", "nghttp2-client");
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two cores are needed");
        Path directory = Files.createTempDirectory("b");
        List<String> culprit = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.culprit.cli.Main");
        try (Testbed testbed = new Testbed(directory, culprit, Map.of());
                MachineState state = MachineState.start()) {
            for (Workload workload : Workload.values()) {
                List<Measurement> found = new InterleavedRounds(testbed, state, false, 1, 1, 1, what -> {})
                        .run(workload, List.of(Peer.Kind.values()));
                for (Measurement each : found) {
                    String what = each.peer() + " " + workload;
                    // Where all may wait, each waits longer than this one round of a second, and costs less than a
                    // tick of the clock by which the kernel counts CPU time.
                    boolean waits = each.peer() == Peer.Kind.HAPROXY && workload == Workload.EXHAUSTED_64;
                    assertTrue(waits || each.rate() > 0, what);
                    assertTrue(waits || each.cpuMicros() > 0, what);
                    assertTrue(each.rounds().get(0).callNanos() > 50, what + ": a system call takes more");
                    assertTrue(each.valid(), what + ": " + each.failedShare());
                }
            }
        }
    }
}
