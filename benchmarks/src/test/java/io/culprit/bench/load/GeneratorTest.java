package io.culprit.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.PlanReader;
import io.culprit.bench.load.plan.Settings;
import io.culprit.proof.harness.Oracle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("alone")
class GeneratorTest {
    private static Cell drive(String text, int port) throws IOException {
        Plan plan = PlanReader.parse(text, "plan");
        Cell cell = new Cell(plan.settings(), false);
        try (Generator generator = new Generator(new InetSocketAddress("127.0.0.1", port), "test", plan, cell)) {
            generator.run(plan.requests(), share -> {});
        }
        return cell;
    }

    private static WorkingUpstream upstream(int workers) throws IOException {
        return new WorkingUpstream(workers, 1, new Settings(Duration.ofSeconds(60), 0, 0, Duration.ofSeconds(5), 1));
    }

    private static int port(WorkingUpstream upstream) {
        return upstream.ports().get(0);
    }

    @Test
    void rateAndLatencyAreThoseOfAKnownUpstream() throws IOException {
        try (WorkingUpstream upstream = upstream(200)) {
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 200, duration: 4s }
                    upstream: { latency: { min: 30ms, max: 30ms } }
                    """, port(upstream));
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
        try (WorkingUpstream upstream = upstream(1)) {
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 40, duration: 3s }
                    upstream: { latency: { min: 50ms, max: 50ms } }
                    """, port(upstream));
            assertTrue(cell.percentileMillis(99) > 2_000, "p99 " + cell.percentileMillis(99) + " ms");
        }
    }

    @Test
    void aGeneratorThatCannotKeepUpSaysSo() throws IOException {
        try (WorkingUpstream upstream = upstream(50)) {
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 500000, duration: 20ms }
                    patience: 100ms
                    upstream: { latency: { min: 1ms, max: 1ms } }
                    """, port(upstream));
            assertTrue(cell.saturated(), "lateness " + cell.lateness.getValueAtPercentile(99) + " us");
        }
    }

    @Test
    void clientsThatAllLeaveEndTheRun() throws IOException {
        try (WorkingUpstream upstream = upstream(50)) {
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 20, duration: 500ms }
                    patience: 300ms
                    upstream: { latency: { min: 5s, max: 5s } }
                    """, port(upstream));
            assertEquals(Map.of("client.closed", cell.requests), cell.outcomes);
        }
    }

    /** What is no proper answer is an outcome, not the end of the run; what is proper is understood. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding:chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\nX: y\\r\\n\\r\\n | ok",
                "HTTP/1.1 103 Early Hints\\r\\n\\r\\nHTTP/1.1 204 No Content\\r\\n\\r\\n | ok",
                "HTTP/1.0 200 OK\\r\\n\\r\\nuntil close | ok",
                "HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n | status 404",
                "SSH-2.0-OpenSSH_9.2\\r\\n | answer: head.not-http",
                "HTTP/1.1 200 OK\\r\\nContent-Length: ten\\r\\n\\r\\n | answer: head.bad-length",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nshort | connection: closed within the body"
            })
    void answersAreReadStrictly(String answer, String outcome) throws Exception {
        byte[] bytes = answer.translateEscapes().getBytes(StandardCharsets.ISO_8859_1);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> {
                try {
                    while (true) {
                        try (Socket client = server.accept()) {
                            client.getInputStream().read(new byte[1000]);
                            client.getOutputStream().write(bytes);
                        }
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            serving.setDaemon(true);
            serving.start();
            Plan plan = PlanReader.parse("""
                    target: { url: "http://127.0.0.1:%d/" }
                    arrival: { shape: constant, rate: 10, duration: 500ms }
                    """.formatted(server.getLocalPort()), "plan");
            Cell cell = RealRun.run(plan, plan.settings(), plan.requests(), share -> {});
            assertEquals(Map.of(outcome, cell.requests), cell.outcomes);
        }
    }

    @Test
    void theUrlsPathAndTheMixAreAskedFor() throws Exception {
        WireMockServer server =
                new WireMockServer(WireMockConfiguration.options().dynamicPort());
        server.start();
        try {
            server.stubFor(WireMock.any(WireMock.anyUrl()).willReturn(WireMock.ok("fine")));
            String url = "http://127.0.0.1:" + server.port();
            Plan path = PlanReader.parse("""
                    target: { url: "%s/foo?x=1" }
                    arrival: { shape: constant, rate: 20, duration: 500ms }
                    """.formatted(url), "plan");
            assertEquals(
                    1.0,
                    RealRun.run(path, path.settings(), path.requests(), share -> {})
                            .success());
            server.verify(
                    path.requests().size(),
                    WireMock.getRequestedFor(WireMock.urlEqualTo("/foo?x=1"))
                            .withHeader("Host", WireMock.equalTo("127.0.0.1:" + server.port())));
            Plan mix = PlanReader.parse("""
                    target: { url: "%s" }
                    arrival: { shape: constant, rate: 100, duration: 1s }
                    mix:
                      - { path: /order, method: POST, body: 4k, headers: { X-Shop: a }, weight: 3 }
                      - { path: /, method: HEAD }
                    """.formatted(url), "plan");
            Cell cell = RealRun.run(mix, mix.settings(), mix.requests(), share -> {});
            assertEquals(1.0, cell.success(), cell.outcomes + "");
            int orders = server.findAll(WireMock.postRequestedFor(WireMock.urlEqualTo("/order"))
                            .withHeader("X-Shop", WireMock.equalTo("a"))
                            .withHeader("Content-Length", WireMock.equalTo("4096")))
                    .size();
            assertEquals(75, orders, 15);
        } finally {
            server.stop();
        }
    }

    @Test
    void heySeesTheSame() throws Exception {
        Pattern median = Pattern.compile("50%+ in ([0-9.]+) secs");
        theySeeTheSame(List.of(Oracle.program("hey", "hey"), "-z", "3s", "-c", "10", "-q", "10"), median, 1000);
    }

    @Test
    void wrkSeesTheSame() throws Exception {
        Pattern median = Pattern.compile("50%\\s+([0-9.]+)ms");
        theySeeTheSame(List.of(Oracle.program("wrk", "wrk"), "-t1", "-c5", "-d3s", "--latency"), median, 1);
    }

    /** Another generator's median of an upstream that takes 40 ms, and ours. */
    private static void theySeeTheSame(List<String> generator, Pattern median, int millis) throws Exception {
        try (WorkingUpstream upstream = upstream(200)) {
            List<String> command = new ArrayList<>(generator);
            command.addAll(
                    List.of("-H", WorkingUpstream.HEADER + "0 0 40000", "http://127.0.0.1:" + port(upstream) + "/"));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher theirs = median.matcher(said);
            assertTrue(theirs.find(), said);
            Cell cell = drive("""
                    arrival: { shape: constant, rate: 100, duration: 3s }
                    upstream: { latency: { min: 40ms, max: 40ms } }
                    """, port(upstream));
            assertEquals(Double.parseDouble(theirs.group(1)) * millis, cell.percentileMillis(50), 8);
        }
    }
}
