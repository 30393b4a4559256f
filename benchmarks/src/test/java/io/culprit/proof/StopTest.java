package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the stop of the gateway finds running ends in exactly one recorded outcome. */
class StopTest {
    private static final int STOPS = Integer.parseInt(System.getenv().getOrDefault("CULPRIT_STOPS", "20"));
    private static final int CLIENTS = 8;
    private static final Pattern TARGET = Pattern.compile("\"target\":\"([^\"]+)\"");

    private HttpUpstream sim;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    private TestGateway gateway(Path log) throws IOException {
        return TestGateway.start("""
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(sim.port()), "json", log.toString());
    }

    @Test
    void aRunningRequestIsToldAndRecorded() throws Exception {
        Path log = directory.resolve("access.log");
        RawResponse response;
        try (TestGateway gateway = gateway(log)) {
            Socket client = gateway.connect();
            client.getOutputStream().write("GET /slow?delay=20s HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
            TestGateway.await(
                    "it runs", () -> gateway.gateway().admissions().get("app").inUse() == 1);
            Thread stopping = new Thread(gateway::close);
            stopping.start();
            response = RawResponse.readAll(client);
            stopping.join();
        }
        assertEquals(503, response.status());
        assertEquals("gateway.stopping", response.cause());
        assertEquals("close", response.header("Connection"));
        List<String> lines = Files.readAllLines(log);
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("\"cause\":\"gateway.stopping\""), lines.get(0));
    }

    @Test
    void aResponseThatHasBegunIsTornVisiblyAndRecorded() throws Exception {
        Path log = directory.resolve("access.log");
        RawResponse response;
        try (TestGateway gateway = gateway(log)) {
            Socket client = gateway.connect();
            client.getOutputStream()
                    .write("GET /?fault=stall&at=body HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', client.getInputStream().read(), "the head is there");
            Thread stopping = new Thread(gateway::close);
            stopping.start();
            response = RawResponse.readAll(client);
            stopping.join();
        }
        assertTrue(!response.text().contains("\r\n0\r\n\r\n"), "no end is claimed");
        List<String> lines = Files.readAllLines(log);
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("\"cause\":\"gateway.stopping\""), lines.get(0));
    }

    /** Requests that got an answer, or an answer's beginning, are the lines of the log, each once, however many stops. */
    @Test
    void noStopUnderLoadLosesALine() throws Exception {
        for (int i = 0; i < STOPS; i++) {
            Path log = directory.resolve("access-" + i + ".log");
            Set<String> answered = ConcurrentHashMap.newKeySet();
            AtomicInteger number = new AtomicInteger();
            List<Thread> clients = new ArrayList<>();
            try (TestGateway gateway = gateway(log)) {
                for (int c = 0; c < CLIENTS; c++) {
                    boolean slow = c % 2 == 0;
                    Thread client = new Thread(() -> ask(gateway, slow, number, answered));
                    client.start();
                    clients.add(client);
                }
                TestGateway.await("requests are answered", () -> answered.size() > 10);
            }
            for (Thread client : clients) {
                client.join(10_000);
            }
            Map<String, Integer> lines = new HashMap<>();
            for (String line : Files.readAllLines(log)) {
                Matcher target = TARGET.matcher(line);
                assertTrue(target.find(), line);
                lines.merge(target.group(1), 1, Integer::sum);
            }
            for (String each : answered) {
                assertEquals(1, lines.getOrDefault(each, 0), "lines of " + each + " in stop " + i);
            }
            lines.forEach((target, n) -> assertEquals(1, n, "lines of " + target));
        }
    }

    /** Who is about to ask again is answered and told that it was the last time: no POST finds its connection closed. */
    @Test
    void aDrainEndsKeptConnectionsWithAnAnswer() throws Exception {
        try (TestGateway gateway = gateway(directory.resolve("access.log"))) {
            AtomicInteger answered = new AtomicInteger();
            Set<String> ends = ConcurrentHashMap.newKeySet();
            List<Thread> clients = new ArrayList<>();
            for (int c = 0; c < CLIENTS * 4; c++) {
                int pause = 1 + c * 5;
                Thread client = new Thread(() -> ends.add(postUntilTold(gateway, pause, answered)));
                client.start();
                clients.add(client);
            }
            TestGateway.await("requests are answered", () -> answered.get() > 200);
            assertEquals(0, gateway.gateway().drain());
            for (Thread client : clients) {
                client.join(10_000);
            }
            assertEquals(Set.of("told"), ends);
        }
    }

    private static String postUntilTold(TestGateway gateway, int pauseMillis, AtomicInteger answered) {
        byte[] post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = gateway.connect()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                socket.getOutputStream().write(post);
                RawResponse response = RawResponse.readOne(in);
                if (response.status() != 200) {
                    return "status " + response.status();
                }
                answered.incrementAndGet();
                if (response.header("Connection").equals("close")) {
                    return "told";
                }
                Thread.sleep(pauseMillis);
            }
        } catch (IOException | InterruptedException e) {
            return e.toString();
        }
    }

    @Test
    void aHeadThatItsClientCutOffIsRecorded() throws Exception {
        Path log = directory.resolve("access.log");
        try (TestGateway gateway = gateway(log)) {
            try (Socket closes = gateway.connect()) {
                closes.getOutputStream().write("GET /cut HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
            }
            try (Socket silent = gateway.connect()) {
                silent.shutdownOutput();
                assertEquals(-1, silent.getInputStream().read());
            }
            TestGateway.await(
                    "it is counted",
                    () -> gateway.gateway().recorder().recentFailures().size() == 1);
        }
        List<String> lines = Files.readAllLines(log);
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("\"cause\":\"client.closed\""), lines.get(0));
        assertTrue(lines.get(0).contains("\"target\":\"/cut\""), lines.get(0));
    }

    /** One request after the other on one connection, until it is told or finds that there is no more. */
    private static void ask(TestGateway gateway, boolean slow, AtomicInteger number, Set<String> answered) {
        try (Socket socket = gateway.connect()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                String target = "/" + number.incrementAndGet() + (slow ? "?delay=15ms" : "");
                socket.getOutputStream()
                        .write(("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                RawResponse response = RawResponse.readOne(in);
                if (response.status() < 0) {
                    return;
                }
                answered.add(target);
                if (response.header("Connection").equals("close")) {
                    return;
                }
            }
        } catch (IOException e) {
            // the listener has closed before this one was accepted, or a request crossed the end of its connection
        }
    }
}
