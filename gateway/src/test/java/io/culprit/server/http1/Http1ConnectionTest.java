package io.culprit.server.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import io.culprit.server.clients.ClientsHeld;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client's connection of HTTP/1: what is no request, how answers are framed for whom, and how one is seen to be torn. */
class Http1ConnectionTest {
    private static final String CHUNKED_ANSWER =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n";

    @TempDir
    Path directory;

    private Engine engine(Engine.Peer peer) throws Exception {
        return engine("head_timeout: 20s, idle: 20s", peer);
    }

    private Engine engine(String limits, Engine.Peer peer) throws Exception {
        return Engine.start(directory, """
                upstreams: { app: { servers: [ "127.0.0.1:%%d" ] } }
                routes: [ { match: { path: /own }, respond: { status: 200, body: own } }, { upstream: app } ]
                limits: { %s }
                """.formatted(limits), peer);
    }

    private static Engine.Peer answers(String answer) {
        return (connection, number) -> {
            Engine.head(connection);
            Engine.send(connection, answer);
            Engine.head(connection);
        };
    }

    private static String get(String version, String more) {
        return "GET /a HTTP/" + version + "\r\nHost: x\r\n" + more + "\r\n";
    }

    private static void contains(String part, String text) {
        assertTrue(text.contains(part), text);
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\r\n bad\r\n\r\n', 400, client.bad-request, GET",
        "'\u0001\u0002\r\n\r\n', 400, client.bad-request, -",
        "'GET /', 408, client.timeout, -",
        "'HEAD / HTTP/1.1\r\nHost: x', 408, client.timeout, HEAD"
    })
    void whatIsNoRequestIsAnsweredAndNothingBehindItServed(String bytes, int status, String cause, String method)
            throws Exception {
        try (Engine engine = engine("head_timeout: 200ms", (connection, number) -> {})) {
            String told = engine.ask(bytes + (status == 400 ? "GET /own HTTP/1.1\r\nHost: x\r\n\r\n" : ""));
            assertTrue(told.startsWith("HTTP/1.1 " + status + " "), told);
            contains("Connection: close\r\n", told);
            assertFalse(told.contains("own"), told);
            assertEquals(method.equals("HEAD"), told.endsWith("\r\n\r\n"), told);
            String outcome = engine.outcome();
            contains("\"cause\":\"" + cause + "\"", outcome);
            contains("\"method\":\"" + method + "\"", outcome);
            contains("\"bytes\":" + told.length() + ",", outcome);
        }
    }

    @Test
    void aHeadThatTheClientLeavesInIsRecorded() throws Exception {
        try (Engine engine = engine((connection, number) -> {})) {
            try (Socket client = engine.connect()) {
                Engine.send(client, "GET / HTTP/1.1\r\n");
                client.shutdownOutput();
                assertEquals("", Engine.rest(client));
            }
            contains("the client closed the connection when 16 bytes of a request head had come", engine.outcome());
            assertEquals(1, engine.ended(Ending.CLIENT_GONE));
        }
    }

    @Test
    void aKeptConnectionThatIsIdleIsClosedWithoutAWord() throws Exception {
        try (Engine engine = engine("idle: 1s", (connection, number) -> {});
                Socket client = engine.connect()) {
            Engine.send(client, "GET /own HTTP/1.1\r\nHost: x\r\n\r\n");
            Engine.head(client);
            assertEquals("own", Engine.rest(client));
            assertEquals(1, engine.outcomes(1).size());
        }
    }

    @Test
    void theStopAnswersAHeadThatHasBegun() throws Exception {
        try (Engine engine = engine((connection, number) -> {});
                Socket client = engine.connect();
                Socket idle = engine.connect()) {
            Engine.send(client, "GET / HTTP/1.1\r\n");
            Engine.await("both are there", () -> {
                ClientsHeld held = engine.gateway().clientsHeld();
                return held.connections() == 2 && held.idle() == 1;
            });
            engine.gateway().close();
            contains("HTTP/1.1 503 ", Engine.rest(client));
            assertEquals("", Engine.rest(idle));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.1, '', true, false",
        "1.1, 'TE: trailers\r\n', true, true",
        "1.0, 'TE: trailers\r\nConnection: keep-alive\r\n', false, false"
    })
    void anAnswerOfUnknownLengthIsFramedForItsClient(String version, String more, boolean chunked, boolean trailers)
            throws Exception {
        try (Engine engine = engine(answers(CHUNKED_ANSWER));
                Socket client = engine.connect()) {
            Engine.send(client, get(version, more));
            String head = Engine.head(client);
            assertEquals(chunked, head.contains("Transfer-Encoding: chunked\r\n"), head);
            assertEquals(!chunked, head.contains("Connection: close\r\n"), head);
            if (chunked) {
                String framed = "2\r\nok\r\n0\r\n" + (trailers ? "X-Sum: 1\r\n" : "") + "\r\n";
                assertEquals(framed, Engine.take(client, framed.length()));
            } else {
                assertEquals("ok", Engine.rest(client));
            }
        }
    }

    /** Only a reset shows that a body without a length is not whole. */
    @Test
    void aTornAnswerThatEndsWithItsConnectionIsReset() throws Exception {
        CountDownLatch got = new CountDownLatch(1);
        try (Engine engine = engine((connection, number) -> {
                    Engine.head(connection);
                    Engine.send(
                            connection,
                            "HTTP/1.1 200 OK\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
                    assertTrue(got.await(10, TimeUnit.SECONDS));
                });
                Socket client = engine.connect()) {
            Engine.send(client, get("1.0", ""));
            assertFalse(Engine.head(client).contains("Content-Length"));
            assertEquals("ok", Engine.take(client, 2));
            got.countDown();
            assertEquals("[reset]", Engine.rest(client));
            contains("\"cause\":\"body.truncated\"", engine.outcome());
        }
    }

    @ParameterizedTest
    @CsvSource({"1.1, true", "1.0, false"})
    void interimResponsesAreForThoseWhoKnowThem(String version, boolean told) throws Exception {
        try (Engine engine = engine(answers(
                        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
                Socket client = engine.connect()) {
            Engine.send(client, get(version, ""));
            assertTrue(Engine.head(client).startsWith(told ? "HTTP/1.1 103 " : "HTTP/1.1 200 "));
        }
    }

    /** HTTP/2 in the clear would be a tunnel past all routes. */
    @ParameterizedTest
    @CsvSource({"websocket, true", "'h2c', false", "'websocket, H2C', false"})
    void anUpgradeIsPassedOnUnlessItLeadsPastTheRoutes(String protocol, boolean passed) throws Exception {
        try (Engine engine = engine((connection, number) -> {
                    String head = Engine.head(connection).toLowerCase(Locale.ROOT);
                    Engine.send(
                            connection,
                            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + (head.contains("upgrade:") ? "u" : "-"));
                    Engine.head(connection);
                });
                Socket client = engine.connect()) {
            Engine.send(client, get("1.1", "Upgrade: " + protocol + "\r\nConnection: upgrade\r\n"));
            Engine.head(client);
            assertEquals(passed ? "u" : "-", Engine.take(client, 1));
        }
    }

    @Test
    void aSwitchThatNobodyAskedForIsNotPassedOn() throws Exception {
        try (Engine engine = engine(
                        answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\n"));
                Socket client = engine.connect()) {
            Engine.send(client, get("1.1", "Upgrade: websocket\r\nConnection: upgrade\r\n"));
            assertTrue(Engine.head(client).startsWith("HTTP/1.1 502 "));
            contains("101 that switches to other, the client asked for websocket", engine.outcome());
        }
    }
}
