package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers of the gateway's own on the wire of HTTP/1.1: how each ends, and whether the connection goes on behind it. */
class OwnAnswersTest {
    private static final String CLOSE = "Connection: close\r\n";
    private static final String LAST = "GET /own HTTP/1.1\r\nHost: x\r\n" + CLOSE + "\r\n";

    @TempDir
    Path directory;

    private Engine engine;

    @BeforeEach
    void begin() throws Exception {
        engine = Engine.start(directory, """
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes:
                  - { match: { path: /own }, respond: { status: 200, body: own } }
                  - { match: { path: /none }, respond: { status: 204 } }
                  - { match: { path: /app }, upstream: app }
                limits: { body: 100B }
                """, (connection, number) -> Engine.rest(connection));
    }

    @AfterEach
    void end() throws Exception {
        engine.close();
    }

    /** A response that begins {@code all}, of which the body has so many bytes; what is behind it. */
    private static String behind(String status, String length, int body, String all) {
        int end = all.indexOf("\r\n\r\n") + 4;
        String head = all.substring(0, end);
        assertTrue(head.startsWith("HTTP/1.1 " + status + " "), all);
        assertEquals(length.isEmpty() ? -1 : 1, head.indexOf("Content-Length: " + length + "\r\n") < 0 ? -1 : 1, head);
        return all.substring(end + body);
    }

    @ParameterizedTest
    @CsvSource({"GET, /own, 200, 3, 3", "HEAD, /own, 200, 3, 0", "GET, /none, 204, '', 0", "HEAD, /none, 204, '', 0"})
    void theNextRequestOfTheConnectionIsAnsweredBehindIt(
            String method, String path, String status, String length, int body) throws Exception {
        String told = engine.ask(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" + LAST);
        assertFalse(told.substring(0, told.indexOf("\r\n\r\n")).contains("Connection:"), told);
        String next = behind(status, length, body, told);
        assertEquals("", behind("200", "3", 3, next));
        assertTrue(next.contains(CLOSE), next);
        engine.outcomes(2);
        assertEquals(2, engine.ended(Ending.DELIVERED));
    }

    @Test
    void aFailuresAnswerToHeadHasItsLengthOnly() throws Exception {
        String told = engine.ask("HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" + LAST);
        String next = told.substring(told.indexOf("\r\n\r\n") + 4);
        assertTrue(told.startsWith("HTTP/1.1 404 ") && told.contains("Content-Length: "), told);
        assertEquals("", behind("200", "3", 3, next));
    }

    @ParameterizedTest
    @CsvSource({"'', Connection: close", "'Connection: keep-alive\r\n', Connection: keep-alive"})
    void http10IsKeptOnlyWhereItAsksForIt(String asked, String said) throws Exception {
        try (Socket client = engine.connect()) {
            Engine.send(client, "GET /own HTTP/1.0\r\n" + asked + "\r\n");
            String head = Engine.head(client);
            assertTrue(head.contains(said + "\r\n"), head);
            assertEquals("own", Engine.take(client, 3));
            if (asked.isEmpty()) {
                assertEquals("", Engine.rest(client));
            } else {
                Engine.send(client, LAST);
                assertEquals("", behind("200", "3", 3, Engine.rest(client)));
            }
        }
    }

    /** What of the body still comes is thrown away, so that no reset overtakes the answer. */
    @Test
    void behindABodyThatWasNotReadTheConnectionEnds() throws Exception {
        try (Socket client = engine.connect()) {
            Engine.send(client, "POST /app HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
            String head = Engine.head(client);
            assertTrue(head.startsWith("HTTP/1.1 413 ") && head.contains(CLOSE), head);
            Engine.send(client, "b".repeat(100_000) + LAST);
            String body = Engine.rest(client);
            assertTrue(body.contains("client.body-too-big") && !body.contains("HTTP/1.1"), body);
            assertFalse(body.endsWith("[reset]"), body);
            assertTrue(engine.outcome().contains("\"cause\":\"client.body-too-big\""));
        }
    }

    @Test
    void aBodyTheGatewayHasNoUseForIsNotTakenForTheNextRequest() throws Exception {
        String body = LAST.replace("/own", "/nowhere");
        String told = engine.ask(
                "POST /own HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body + LAST);
        assertTrue(told.contains(CLOSE), told);
        assertEquals("", behind("200", "3", 3, told));
        assertEquals(1, engine.outcomes(1).size());
    }
}
