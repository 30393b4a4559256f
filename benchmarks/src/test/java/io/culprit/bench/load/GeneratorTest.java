package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.Oracle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static Cell drive(String text, int port) throws IOException {
        Plan plan = PlanReader.parse(text);
        Cell cell = new Cell(plan.settings(), false);
        try (Generator generator = new Generator(new InetSocketAddress("127.0.0.1", port), "test", plan, cell)) {
            generator.run(plan.requests(), share -> {});
        }
        return cell;
    }

    @Test
    void rateAndLatencyAreThoseOfAKnownUpstream() throws IOException {
        try (WorkingUpstream upstream = new WorkingUpstream(200)) {
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 200, duration: 4s }
                    upstream: { latency: { min: 30ms, max: 30ms } }
                    """, upstream.port());
            assertEquals(799, cell.requests, 2);
            assertEquals(1.0, cell.success(), 0.0, cell.outcomes + "");
            assertEquals(cell.requests, upstream.attempts());
            double median = cell.percentileMillis(50);
            assertTrue(median >= 30 && median < 45, "median " + median + " ms");
        }
    }

    /** A pool of one that takes 50 ms for each: at 40 a second the queue grows, and every wait is counted. */
    @Test
    void whatWaitsForItsTurnIsCountedInFull() throws IOException {
        try (WorkingUpstream upstream = new WorkingUpstream(1)) {
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 40, duration: 3s }
                    upstream: { latency: { min: 50ms, max: 50ms } }
                    """, upstream.port());
            assertTrue(cell.percentileMillis(99) > 2_000, "p99 " + cell.percentileMillis(99) + " ms");
        }
    }

    @Test
    void aGeneratorThatCannotKeepUpSaysSo() throws IOException {
        try (WorkingUpstream upstream = new WorkingUpstream(50)) {
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 500000, duration: 1s }
                    patience: 100ms
                    upstream: { latency: { min: 1ms, max: 1ms } }
                    """.replace("duration: 1s", "duration: 20ms"), upstream.port());
            assertTrue(cell.saturated(), "lateness " + cell.lateness.getValueAtPercentile(99) + " us");
        }
    }

    @Test
    void heySeesTheSame() throws Exception {
        String hey = Oracle.program("hey", "hey");
        try (WorkingUpstream upstream = new WorkingUpstream(200)) {
            Process process = new ProcessBuilder(List.of(
                            hey,
                            "-z",
                            "3s",
                            "-c",
                            "10",
                            "-q",
                            "10",
                            "-H",
                            "X-Work-Micros: 40000",
                            "http://127.0.0.1:" + upstream.port() + "/"))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher median = Pattern.compile("50%+ in ([0-9.]+) secs").matcher(said);
            assertTrue(median.find(), said);
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 100, duration: 3s }
                    upstream: { latency: { min: 40ms, max: 40ms } }
                    """, upstream.port());
            assertEquals(Double.parseDouble(median.group(1)) * 1000, cell.percentileMillis(50), 8);
        }
    }

    @Test
    void wrkSeesTheSame() throws Exception {
        String wrk = Oracle.program("wrk", "wrk");
        try (WorkingUpstream upstream = new WorkingUpstream(200)) {
            Process process = new ProcessBuilder(List.of(
                            wrk,
                            "-t1",
                            "-c5",
                            "-d3s",
                            "--latency",
                            "-H",
                            "X-Work-Micros: 40000",
                            "http://127.0.0.1:" + upstream.port() + "/"))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher median = Pattern.compile("50%\\s+([0-9.]+)ms").matcher(said);
            assertTrue(median.find(), said);
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 100, duration: 3s }
                    upstream: { latency: { min: 40ms, max: 40ms } }
                    """, upstream.port());
            assertEquals(Double.parseDouble(median.group(1)), cell.percentileMillis(50), 8);
        }
    }
}
