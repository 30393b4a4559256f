package io.culprit.proof.reports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What went wrong in other proxies and servers by their own reports, sent through this gateway. */
class BugReportsTest {
    private static ScriptedServer server;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        gateway = TestGateway.before(
                server.port(),
                "timeouts: { read: 1s }, health: { max_fails: 0 }, keepalive: { connections: 0 }",
                "limits: { head_timeout: 2s, body_timeout: 2s }");
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        server.close();
    }

    static List<BugReport> reports() throws IOException {
        return BugReport.all();
    }

    @ParameterizedTest
    @MethodSource("reports")
    void endsAsItShould(BugReport report) throws IOException {
        server.play(report.upstream());
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        boolean ended = exchange(report, got);
        byte[] bytes = got.toByteArray();
        String shown = got.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
        assertEquals(report.status(), Messages.statuses(bytes, report.client(), ended), shown);
        if (report.staysAway()) {
            assertEquals(0, server.seen().length, "the upstream was asked");
        }
        assertEquals(List.of(), BugReport.missed(report.seen(), server.seen()), "the upstream got");
        assertEquals(List.of(), BugReport.missed(report.answer(), bytes), shown);
        if (report.status().endsWith("400")) {
            assertTrue(ended, "the connection stays open behind a 400");
        }
    }

    /** Reads until the connection ends, or as many responses are whole as are due. Whether it has ended. */
    private static boolean exchange(BugReport report, ByteArrayOutputStream got) throws IOException {
        int due = report.status().split(" ").length;
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(5_000);
            try {
                socket.getOutputStream().write(report.client());
            } catch (IOException e) {
                // refused early: the answer is what counts
            }
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[65536];
            while (true) {
                int n = in.read(buffer);
                if (n < 0) {
                    return true;
                }
                got.write(buffer, 0, n);
                String statuses = Messages.statuses(got.toByteArray(), report.client(), false);
                boolean whole = !statuses.isEmpty() && !statuses.endsWith("torn") && !statuses.endsWith("torn-head");
                if (whole && statuses.split(" ").length >= due && !statuses.endsWith("400")) {
                    return false;
                }
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // a reset, behind what was read
        }
    }

    /** Enough of them, of enough programs, and none twice. */
    @Test
    void thereAreManyOfMany() throws IOException {
        List<BugReport> all = BugReport.all();
        assertTrue(all.size() >= 100);
        assertEquals(all.size(), all.stream().map(BugReport::id).distinct().count());
        for (String program : List.of("nginx", "HAProxy", "Caddy", "Envoy", "Undertow", "Apache", "Varnish")) {
            assertTrue(all.stream().anyMatch(r -> r.report().contains(program)), program);
        }
    }
}
