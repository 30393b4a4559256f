package io.culprit.server.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies on a client's connection of HTTP/1.1, from its socket to the upstream's: who is asked for one, and where it ends. */
class Http1BodiesTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String LAST = "GET /app/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    private static final String CHUNKED =
            "POST /app HTTP/1.1\r\nHost: x\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n";

    @TempDir
    Path directory;

    private Engine engine(boolean buffered, Engine.Peer peer) throws Exception {
        return Engine.start(directory, """
                upstreams: { app: { servers: [ "127.0.0.1:%%d" ], buffering: { request: %s } } }
                routes:
                  - { match: { path: /own }, respond: { status: 200, body: own } }
                  - { match: { path: /app }, upstream: app }
                limits: { body: 1KiB }
                """.formatted(buffered), peer);
    }

    private static void contains(String part, String text) {
        assertTrue(text.contains(part), text);
    }

    /** Where one ends the next begins, in one packet or many: nothing of it reaches the upstream as another's. */
    @ParameterizedTest
    @CsvSource({"true, 1", "true, 1000", "false, 1", "false, 1000"})
    void requestsBehindBodiesAreRequests(boolean buffered, int step) throws Exception {
        String all = "POST /app HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nGET " + CHUNKED
                + "5\r\nhello\r\n0\r\n\r\n" + LAST;
        String framed = "5\r\nhello\r\n0\r\n\r\n";
        try (Engine engine = engine(buffered, (connection, number) -> {
                    contains("Content-Length: 4\r\n", Engine.head(connection));
                    assertEquals("GET ", Engine.take(connection, 4));
                    Engine.send(connection, OK);
                    contains(
                            buffered ? "Content-Length: 5\r\n" : "Transfer-Encoding: chunked\r\n",
                            Engine.head(connection));
                    String body = buffered ? "hello" : framed;
                    assertEquals(body, Engine.take(connection, body.length()));
                    Engine.send(connection, OK);
                    assertTrue(Engine.head(connection).startsWith("GET /app/last "));
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                Socket client = engine.connect()) {
            for (int i = 0; i < all.length(); i += step) {
                Engine.send(client, all.substring(i, Math.min(all.length(), i + step)));
            }
            String told = Engine.rest(client);
            assertEquals(3, told.split("HTTP/1.1 200 OK\r\n", -1).length - 1, told);
            assertTrue(told.endsWith("ok"), told);
            engine.outcomes(3);
            assertEquals(1, engine.connections());
        }
    }

    @Test
    void anHttp10ClientIsAskedForNothing() throws Exception {
        try (Engine engine = engine(true, (connection, number) -> {
                    Engine.head(connection);
                    assertEquals("ab", Engine.take(connection, 2));
                    Engine.send(connection, OK);
                });
                Socket client = engine.connect()) {
            Engine.send(client, "POST /app HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab");
            assertTrue(Engine.head(client).startsWith("HTTP/1.1 200 "));
        }
    }

    /** It waits with its body: told to send it, it would only have to stop. */
    @ParameterizedTest
    @CsvSource({"/app, 1025, 413", "/own, 10, 200", "/nowhere, 10, 404"})
    void whoIsAnsweredAtOnceIsNotAskedForItsBody(String path, int length, int status) throws Exception {
        try (Engine engine = engine(true, (connection, number) -> {})) {
            String told = engine.ask("POST " + path + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                    + length + "\r\n\r\n");
            assertTrue(told.startsWith("HTTP/1.1 " + status + " "), told);
            contains("Connection: close\r\n", told);
            assertEquals(0, engine.connections());
            contains("\"bytes_in\":0,", engine.outcome());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChunkedBodyIsCountedAsItComes(boolean buffered) throws Exception {
        String half = "200\r\n" + "h".repeat(512) + "\r\n";
        try (Engine engine = engine(buffered, (connection, number) -> {
            String head = Engine.head(connection);
            String rest = Engine.rest(connection);
            assertFalse(rest.endsWith("0\r\n\r\n"), "no upstream may take it for whole: " + head + rest);
        })) {
            String told = engine.ask(CHUNKED + half + half + "1\r\nx\r\n0\r\n\r\n" + LAST);
            assertTrue(told.startsWith("HTTP/1.1 413 "), told);
            contains("Connection: close\r\n", told);
            contains("limits.body of 1024 bytes", engine.outcome());
        }
    }

    @Test
    void oneOfExactlyTheLimitPasses() throws Exception {
        String half = "200\r\n" + "h".repeat(512) + "\r\n";
        try (Engine engine = engine(true, (connection, number) -> {
            contains("Content-Length: 1024\r\n", Engine.head(connection));
            Engine.take(connection, 1024);
            Engine.send(connection, OK);
            Engine.head(connection);
            Engine.send(connection, OK);
        })) {
            contains("HTTP/1.1 200 OK\r\n", engine.ask(CHUNKED + half + half + "0\r\n\r\n" + LAST));
            contains("\"bytes_in\":1024,", engine.outcomes(2).get(0));
        }
    }

    /** The upstream must not take for whole what is not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyThatTheClientEndsTooEarlyIsNobodysBody(boolean chunked) throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (Engine engine = engine(false, (connection, number) -> {
            Engine.head(connection);
            Engine.take(connection, chunked ? "3\r\nabc\r\n".length() : 3);
            half.countDown();
            assertEquals("", Engine.rest(connection).replace("[reset]", ""));
            over.countDown();
        })) {
            try (Socket client = engine.connect()) {
                Engine.send(
                        client,
                        chunked
                                ? CHUNKED + "3\r\nabc\r\n"
                                : "POST /app HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabc");
                assertTrue(half.await(10, TimeUnit.SECONDS));
                client.shutdownOutput();
                assertTrue(over.await(10, TimeUnit.SECONDS));
            }
            String outcome = engine.outcome();
            contains("\"cause\":\"client.closed\"", outcome);
            contains("it closed the connection before the body was whole", outcome);
            contains("\"bytes_in\":3,", outcome);
            assertEquals(1, engine.ended(Ending.CLIENT_GONE));
        }
    }

    @Test
    void brokenFramingBehindAGoodPartIs400AndTearsTheUpstreamsRequest() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        try (Engine engine = engine(false, (connection, number) -> {
                    Engine.head(connection);
                    Engine.take(connection, "1\r\na\r\n".length());
                    half.countDown();
                    assertEquals("", Engine.rest(connection).replace("[reset]", ""));
                });
                Socket client = engine.connect()) {
            Engine.send(client, CHUNKED + "1\r\na\r\n");
            assertTrue(half.await(10, TimeUnit.SECONDS));
            Engine.send(client, "zz\r\n" + LAST);
            String told = Engine.rest(client);
            assertTrue(told.startsWith("HTTP/1.1 400 "), told);
            contains("Connection: close\r\n", told);
            assertEquals(1, told.split("HTTP/1.1 ", -1).length - 1, "nothing behind it is believed");
            contains("\"cause\":\"client.bad-request\"", engine.outcome());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void announcedTrailersArePassedOn(boolean buffered) throws Exception {
        String framed = "2\r\nab\r\n0\r\nX-Sum: 1\r\n\r\n";
        try (Engine engine = engine(buffered, (connection, number) -> {
            contains("Transfer-Encoding: chunked\r\n", Engine.head(connection));
            assertEquals(framed, Engine.take(connection, framed.length()));
            Engine.send(connection, OK);
            Engine.head(connection);
            Engine.send(connection, OK);
        })) {
            String told = engine.ask(CHUNKED + "2\r\nab\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n" + LAST);
            assertTrue(told.startsWith("HTTP/1.1 200 ") && told.endsWith("ok"), told);
            engine.outcomes(2);
        }
    }
}
