package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.triage.probe.HttpProbe;
import io.culprit.triage.probe.ProbeResult;
import io.culprit.triage.probe.Target;
import io.culprit.triage.whose.Comparison;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What doctor and whose say of a broken response is what the gateway says of it. */
class ProbeTest {
    private static final int MILLIS = 1_500;

    private static List<String> faults() throws IOException {
        try (var in = ProbeTest.class.getResourceAsStream("/io/culprit/proof/against/cases.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .filter(row -> row[1].equals("GET") && row[2].contains("fault="))
                    .map(row -> row[2])
                    .toList();
        }
    }

    @Test
    void everyBrokenResponseHasTheGatewaysCause() throws Exception {
        List<String> differences = new ArrayList<>();
        Set<String> causes = new TreeSet<>();
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway = TestGateway.before(
                        sim.port(), "head_limit: 64KiB, header_limit: 1000, timeouts: { head: 1s, read: 1s }")) {
            for (String fault : faults()) {
                String target = "/?" + fault;
                String through = gateway.get(target).verdict(false);
                boolean failed = through.endsWith("torn") || through.startsWith("5");
                String wanted =
                        failed ? gateway.failureOf(target).failure().cause().id() : "";
                ProbeResult asked = new HttpProbe(MILLIS).ask(Target.of("http://127.0.0.1:" + sim.port() + target), "");
                String told = asked.failure()
                        .filter(f -> f != Cause.BODY_EXCESS) // a warning of the gateway's
                        .map(Cause::id)
                        .orElse("");
                causes.add(wanted);
                if (!told.equals(wanted)) {
                    differences.add(fault + ": the gateway says " + wanted + ", the probe " + told + " ("
                            + asked.detail() + ")");
                }
                assertTrue(told.isEmpty() || !asked.detail().isEmpty(), fault);
            }
        }
        assertEquals(List.of(), differences);
        assertTrue(causes.size() >= 15, causes.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 100 Continue~~ | head.closed | closed after 1 interim response",
                "HTTP/1.1 200 OK~Content-Le | head.truncated | closed in the head, after 27 bytes of it",
                "HTTP/1.1 200 OK~Content-Length: 10~~abc | body.truncated | closed after 3 of 10 bytes of the body",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~ | body.truncated | closed after 3 bytes of a chunked body that has no end yet",
                "HTTP/1.1 200 OK~Content-Length: 2~~abc | body.excess | 1 bytes more than the response announced",
                "SSH-2.0-OpenSSH_9.2~ | head.not-http | "
            })
    void whatIsWrongIsToldWithItsPlace(String response, String cause, String detail) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread serving = serving(server, response.replace("~", "\r\n"));
            ProbeResult asked = ask(server);
            assertEquals(cause, asked.failure().orElseThrow().id(), asked.toString());
            assertTrue(asked.detail().contains(detail == null ? "" : detail), asked.detail());
            serving.join();
        }
    }

    @Test
    void theEdgeTearsWhatTheOriginGivesWhole() throws Exception {
        try (ServerSocket edge = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ServerSocket origin = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread torn = serving(edge, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            Thread whole = serving(origin, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
            Comparison told = Comparison.of(ask(edge), ask(origin));
            assertEquals("the edge", told.side(), told.sentence());
            assertTrue(told.sentence().contains("body.truncated"), told.sentence());
            torn.join();
            whole.join();
        }
    }

    @Test
    void aBodyThatIsStillComingIsAnAnswer() throws Exception {
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules())) {
            ProbeResult asked = new HttpProbe(700)
                    .ask(Target.of("http://127.0.0.1:" + sim.port() + "/?fault=drip&at=body&every=50ms&size=1000"), "");
            assertTrue(asked.answered(), asked.toString());
            assertEquals(200, asked.answer().orElseThrow().status());
        }
    }

    private static ProbeResult ask(ServerSocket server) {
        return new HttpProbe(MILLIS).ask(Target.of("http://127.0.0.1:" + server.getLocalPort() + "/"), "");
    }

    /** Reads a request and answers it with these bytes. */
    private static Thread serving(ServerSocket server, String response) {
        Thread thread = new Thread(() -> {
            try (Socket client = server.accept()) {
                BufferedReader request =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
                while (!request.readLine().isEmpty()) {
                    // the head says nothing that matters here
                }
                client.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }
}
