package io.culprit.server.request.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.server.Engine;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies of requests: taken in whole, or passed on while they come; their limits and their clock. */
class BodyIntakeTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path directory;

    private static String yaml(String settings) {
        return """
                upstreams: { app: { servers: [ "127.0.0.1:%%d" ], %s } }
                routes: [ { upstream: app } ]
                limits: { body: 100KiB, body_timeout: 300ms }
                """.formatted(settings);
    }

    private static String post(int length) {
        return "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** One byte more or less around every border: what is read whole, spilled, and refused. */
    @ParameterizedTest
    @CsvSource({
        "'buffering: { memory: 16KiB, disk: 32KiB }', 16384, 200",
        "'buffering: { memory: 16KiB, disk: 32KiB }', 16385, 200",
        "'buffering: { memory: 16KiB, disk: 1MiB }', 102400, 200",
        "'buffering: { memory: 16KiB, disk: 1MiB }', 102401, 413",
        "buffering: { request: false }, 102400, 200",
        "buffering: { request: false }, 102401, 413"
    })
    void bodiesArriveWholeOrNotAtAll(String settings, int length, int status) throws Exception {
        String body = "b".repeat(length);
        try (Engine engine = Engine.start(directory, yaml(settings), (connection, number) -> {
            assertTrue(Engine.head(connection).contains("Content-Length: " + length));
            assertEquals(body, Engine.take(connection, length));
            Engine.send(connection, OK);
            Engine.head(connection);
        })) {
            try (Socket client = engine.connect()) {
                Engine.send(client, post(length));
                Engine.send(client, body);
                String told = Engine.rest(client);
                assertTrue(told.startsWith("HTTP/1.1 " + status + " "), told);
            }
            assertTrue(engine.outcome().contains("\"status\":" + status));
        }
    }

    @Test
    void aBufferedBodyReachesTheUpstreamOnlyWhenItIsWhole() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (Engine engine = Engine.start(directory, yaml("buffering: { request: true }"), (connection, number) -> {
                    Engine.head(connection);
                    asked.countDown();
                    Engine.take(connection, 4);
                    Engine.send(connection, OK);
                });
                Socket client = engine.connect()) {
            Engine.send(client, post(4) + "ab");
            assertTrue(!asked.await(100, TimeUnit.MILLISECONDS), "nobody is asked before the body is there");
            Engine.send(client, "cd");
            assertTrue(Engine.rest(client).endsWith("ok"));
        }
    }

    @Test
    void aStreamedBodyReachesTheUpstreamAsItComes() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        try (Engine engine = Engine.start(directory, yaml("buffering: { request: false }"), (connection, number) -> {
                    String head = Engine.head(connection);
                    assertTrue(head.contains("Transfer-Encoding: chunked"), head);
                    assertEquals("2\r\nab\r\n", Engine.take(connection, 7));
                    half.countDown();
                    assertEquals("2\r\ncd\r\n0\r\n\r\n", Engine.take(connection, 12));
                    Engine.send(connection, OK);
                });
                Socket client = engine.connect()) {
            Engine.send(
                    client,
                    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
            assertTrue(half.await(10, TimeUnit.SECONDS));
            Engine.send(client, "2\r\ncd\r\n0\r\n\r\n");
            assertTrue(Engine.rest(client).endsWith("ok"));
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aClientThatStopsSendingIs408(boolean buffered) throws Exception {
        try (Engine engine =
                Engine.start(directory, yaml("buffering: { request: " + buffered + " }"), (connection, number) -> {
                    Engine.head(connection);
                    Engine.rest(connection);
                })) {
            String told = engine.ask(post(10) + "half!");
            assertTrue(told.startsWith("HTTP/1.1 408 "), told);
            assertTrue(engine.outcome().contains("\"cause\":\"client.timeout\""));
        }
    }

    @Test
    void aBrokenChunkIs400() throws Exception {
        try (Engine engine =
                Engine.start(directory, yaml("buffering: { request: true }"), (connection, number) -> {})) {
            String told = engine.ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
            assertTrue(told.startsWith("HTTP/1.1 400 "), told);
            assertTrue(engine.outcome().contains("\"cause\":\"client.bad-request\""));
            assertEquals(0, engine.connections());
        }
    }

    @Test
    void whoExpects100IsToldToGoOn() throws Exception {
        try (Engine engine = Engine.start(directory, yaml("buffering: { request: true }"), (connection, number) -> {
                    String head = Engine.head(connection);
                    assertTrue(!head.contains("Expect"), head);
                    Engine.take(connection, 2);
                    Engine.send(connection, OK);
                });
                Socket client = engine.connect()) {
            Engine.send(
                    client,
                    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", Engine.head(client));
            Engine.send(client, "ab");
            assertTrue(Engine.rest(client).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aClientThatLeavesInItsBodyIsRecordedAndNobodyIsAsked() throws Exception {
        try (Engine engine =
                Engine.start(directory, yaml("buffering: { request: true }"), (connection, number) -> {})) {
            try (Socket client = engine.connect()) {
                Engine.send(client, post(10) + "half!");
            }
            assertTrue(engine.outcome().contains("\"cause\":\"client.closed\""));
            assertEquals(0, engine.connections());
        }
    }
}
