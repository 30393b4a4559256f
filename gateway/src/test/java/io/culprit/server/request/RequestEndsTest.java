package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Attempt;
import io.culprit.failure.Outcome;
import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the record of a request says for each way it ends. */
class RequestEndsTest {
    private static final String YAML = """
            upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
            routes: [ { match: { path: /app }, upstream: app } ]
            expose: full
            """;
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path directory;

    private static String request(String line, String more) {
        return line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + more + "\r\n";
    }

    private static Outcome failure(Engine engine) {
        engine.outcome();
        Engine.await(
                "one failure",
                () -> engine.gateway().recorder().recentFailures().size() == 1);
        return engine.gateway().recorder().recentFailures().get(0);
    }

    private static double number(String name, String line) {
        Matcher found = Pattern.compile("\"" + name + "\":([0-9.]+)").matcher(line);
        assertTrue(found.find(), line);
        return Double.parseDouble(found.group(1));
    }

    @Test
    void deliveredWithWhatWasSentAndReceived() throws Exception {
        AtomicReference<String> asked = new AtomicReference<>("");
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
            asked.set(Engine.head(connection));
            Engine.take(connection, 5);
            Engine.send(connection, OK);
            Engine.head(connection);
        })) {
            String told = engine.ask(request("POST /app/a?b=1", "Content-Length: 5\r\n") + "hello");
            String line = engine.outcome();
            for (String part : List.of(
                    "\"method\":\"POST\",\"target\":\"/app/a?b=1\"",
                    "\"status\":200,\"ending\":\"delivered\",\"bytes\":" + told.length() + ",\"bytes_in\":5,",
                    "\"route\":\"/app\",\"upstream\":\"app\"",
                    "\"attempts\":[{\"start_ms\":")) {
                assertTrue(line.contains(part), line);
            }
            assertFalse(line.contains("queue_ms") || line.contains("cause") || line.contains("no_retry"), line);
            Matcher id = Pattern.compile("X-Request-Id: (\\S+)").matcher(asked.get());
            assertTrue(id.find(), asked.get());
            assertTrue(line.contains("\"request_id\":\"" + id.group(1) + "\""), "upstream and log know it by one id");
        }
    }

    @Test
    void failedWithoutARoute() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {})) {
            String told = engine.ask(request("GET /other", ""));
            Outcome outcome = failure(engine);
            assertEquals(new Outcome.Reply(404, told.length(), 0, true), outcome.reply());
            assertEquals(Outcome.Place.NONE, outcome.place());
            assertTrue(told.contains("X-Request-Id: " + outcome.requestId() + "\r\n"), told);
        }
    }

    @Test
    void failedAfterEachAttemptAndTheLastPeerIsNamed() throws Exception {
        String yaml =
                YAML.replace("[ \"127.0.0.1:%d\" ]", "[ \"127.0.0.1:1\", \"127.0.0.1:%d\" ], balance: round_robin");
        try (Engine engine = Engine.start(directory, yaml, (connection, number) -> Engine.head(connection))) {
            String told = engine.ask(request("GET /app", ""));
            Outcome outcome = failure(engine);
            List<String> peers = outcome.attempts().stream().map(Attempt::peer).toList();
            assertEquals(2, peers.size(), peers.toString());
            assertTrue(told.contains("upstream:   " + peers.get(1) + "\n"), told);
            assertEquals(Ending.FAILED, outcome.ending());
            assertEquals(502, outcome.status());
            assertEquals("app", outcome.upstream());
        }
    }

    @Test
    void whyNoFurtherAttemptWasMade() throws Exception {
        String yaml = YAML.replace("\"127.0.0.1:%d\" ]", "\"127.0.0.1:%d\" ], timeouts: { total: 100ms }");
        try (Engine engine = Engine.start(directory, yaml, (connection, number) -> {
            Engine.head(connection);
            Engine.head(connection);
        })) {
            engine.ask(request("GET /app", ""));
            Outcome outcome = failure(engine);
            assertEquals("timeouts.total is over", outcome.noRetry());
            assertEquals(504, outcome.status());
        }
    }

    @Test
    void tornBehindItsHead() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
            Engine.head(connection);
            Engine.send(connection, "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\n\r\nhalf!");
        })) {
            String told = engine.ask(request("GET /app", ""));
            Outcome outcome = failure(engine);
            assertEquals(new Outcome.Reply(206, told.replace("[reset]", "").length(), 0, true), outcome.reply());
            assertEquals(
                    "body.truncated",
                    outcome.attempts().get(0).failure().cause().id());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leftBeforeAndBehindTheHead(boolean committed) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
            Engine.head(connection);
            asked.countDown();
            if (committed) {
                Engine.send(connection, "HTTP/1.1 200 OK\r\nX-Accel-Buffering: no\r\nContent-Length: 10\r\n\r\nhalf!");
            }
            Engine.head(connection);
        })) {
            try (Socket client = engine.connect()) {
                Engine.send(client, request("POST /app", "Content-Length: 3\r\n") + "abc");
                assertTrue(asked.await(10, TimeUnit.SECONDS));
                if (committed) {
                    Engine.head(client);
                    assertEquals("half!", Engine.take(client, 5));
                }
            }
            String line = engine.outcome();
            assertTrue(line.contains("\"ending\":\"client_gone\""), line);
            assertTrue(line.contains("\"bytes_in\":3,"), line);
            assertTrue(line.contains("\"status\":" + (committed ? 200 : 499)), line);
            assertEquals(committed, number("bytes", line) > 0, line);
            assertTrue(line.contains("\"cause\":\"client.closed\""), line);
        }
    }

    @Test
    void timeInTheQueueIsToldApart() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        String yaml = YAML.replace(
                "\"127.0.0.1:%d\" ]", "\"127.0.0.1:%d\" ], max_connections: 1, queue: { size: 5, timeout: 100ms }");
        try (Engine engine = Engine.start(directory, yaml, (connection, number) -> {
                    Engine.head(connection);
                    asked.countDown();
                    assertTrue(go.await(10, TimeUnit.SECONDS));
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                Socket first = engine.connect()) {
            Engine.send(first, request("GET /app", ""));
            assertTrue(asked.await(10, TimeUnit.SECONDS));
            engine.ask(request("GET /app", ""));
            Outcome refused = failure(engine);
            assertEquals("queue.timeout", refused.failure().cause().id());
            assertTrue(refused.queueNanos() >= 100_000_000, refused.queueNanos() + " ns");
            assertTrue(refused.queueNanos() <= refused.durationNanos());
            assertEquals(List.of(), refused.attempts());
            go.countDown();
            assertTrue(Engine.rest(first).endsWith("ok"));
        }
    }

    @Test
    void aTunnelsEndAndItsBytes() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
                    Engine.head(connection);
                    Engine.send(
                            connection,
                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
                    assertEquals("hello", Engine.take(connection, 5));
                });
                Socket client = engine.connect()) {
            Engine.send(client, "GET /app HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
            String head = Engine.head(client);
            assertTrue(head.startsWith("HTTP/1.1 101 "), head);
            Engine.send(client, "hello");
            assertEquals("", Engine.rest(client));
            client.close();
            String line = engine.outcome();
            assertTrue(
                    line.contains("\"status\":101,\"tunnel_end\":\"tunnel.upstream-closed\",\"ending\":\"delivered\""),
                    line);
            assertTrue(line.contains("\"bytes\":" + head.length() + ",\"bytes_in\":5,"), line);
            assertEquals(1, engine.ended(Ending.DELIVERED));
        }
    }
}
