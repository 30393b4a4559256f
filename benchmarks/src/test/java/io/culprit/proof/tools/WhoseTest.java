package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.triage.probe.HttpProbe;
import io.culprit.triage.probe.ProbeResult;
import io.culprit.triage.probe.Target;
import io.culprit.triage.whose.Authorship;
import io.culprit.triage.whose.Comparison;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which hop wrote it, asked of real servers. */
class WhoseTest {
    private static HttpUpstream sim;
    private static Oracle nginx;
    private static Oracle haproxy;
    private static Oracle apache;

    @BeforeAll
    static void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        nginx = Oracle.start("nginx", Map.of("SIM", sim.port(), "BACKLOG", 1));
        haproxy = Oracle.start("haproxy", Map.of("SIM", nginx.port(), "BACKLOG", 1));
        apache = Oracle.start("apache", Map.of("SIM", sim.port(), "BACKLOG", 1));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : Arrays.asList(apache, haproxy, nginx, sim)) {
            if (each != null) { // a program that is missing leaves the rest unstarted
                each.close();
            }
        }
    }

    @Test
    void eachServersOwnPageGivesItAway() {
        assertEquals("nginx", who(nginx.port(), "/refused").writer());
        assertEquals("haproxy", who(haproxy.port(), "/refused").writer());
        assertEquals("apache", who(apache.port(), "/refused").writer());
        assertTrue(who(nginx.port(), "/refused").certain());
    }

    @Test
    void behindAProxyThePageIsStillTheInnerOnes() {
        // HAProxy passes on what nginx wrote about the fault behind it.
        assertEquals("nginx", who(haproxy.port(), "/?fault=close&at=request").writer());
    }

    @Test
    void theOriginIsAskedBesideTheEdge() {
        Target page = Target.of("http://127.0.0.1:" + haproxy.port() + "/?fault=close&at=request");
        ProbeResult edge = new HttpProbe(5_000).ask(page, "");
        ProbeResult origin = new HttpProbe(5_000).ask(page, "127.0.0.1:" + nginx.port());
        assertEquals("the origin", Comparison.of(edge, origin).side());
        Target refused = Target.of("http://127.0.0.1:" + nginx.port() + "/refused");
        Comparison well = Comparison.of(
                new HttpProbe(5_000).ask(refused, ""), new HttpProbe(5_000).ask(refused, "127.0.0.1:" + sim.port()));
        assertEquals("the edge", well.side(), well.sentence());
        Comparison gone =
                Comparison.of(new HttpProbe(5_000).ask(refused, ""), new HttpProbe(5_000).ask(refused, "127.0.0.1:1"));
        assertEquals("the origin", gone.side(), gone.sentence());
    }

    @Test
    void endlessAndSlowAnswersEnd() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> drip(server));
            thread.setDaemon(true);
            thread.start();
            long start = System.nanoTime();
            ProbeResult asked =
                    new HttpProbe(1_000).ask(Target.of("http://127.0.0.1:" + server.getLocalPort() + "/"), "");
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertFalse(asked.answer().isEmpty() && asked.failure().isEmpty());
            assertTrue(millis < 8_000, millis + " ms");
        }
    }

    private static void drip(ServerSocket server) {
        try (Socket client = server.accept();
                OutputStream out = client.getOutputStream()) {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 600; i++) {
                out.write('x');
                out.flush();
                Thread.sleep(100);
            }
        } catch (IOException e) {
            return; // the client has left, as it should
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Authorship who(int port, String path) {
        return Authorship.of(new HttpProbe(5_000)
                .ask(Target.of("http://127.0.0.1:" + port + path), "")
                .answer()
                .orElseThrow());
    }
}
