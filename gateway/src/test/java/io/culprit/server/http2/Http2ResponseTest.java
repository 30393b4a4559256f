package io.culprit.server.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answer to a stream: what the client's windows take of it, what comes before and behind it, and how one is torn. */
class Http2ResponseTest {
    private static final int INITIAL_WINDOW = 4;
    private static final String YAML = """
            upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
            routes: [ { match: { path: /own }, respond: { status: 200, body: own } }, { upstream: app } ]
            limits: { send_timeout: 20s }
            """;

    @TempDir
    Path directory;

    private Engine answers(String... answers) throws Exception {
        return Engine.start(directory, YAML, (connection, number) -> {
            for (String each : answers) {
                Engine.head(connection);
                Engine.send(connection, each);
            }
            Engine.head(connection);
        });
    }

    private static String answer(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String get(FrameClient client, String path) throws Exception {
        return client.request(1, true, "GET", path).answer(1);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', content-length=0 ",
        "GET, 'HTTP/1.1 204 No Content\r\n\r\n', ''",
        "GET, 'HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n', 'etag=\"1\" '",
        "HEAD, 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n', content-length=7 "
    })
    void anAnswerWithoutABodyEndsWithItsHead(String method, String answer, String fields) throws Exception {
        try (Engine engine = answers(answer);
                FrameClient client = new FrameClient(engine)) {
            String frame = client.request(1, true, method, "/a").next(1);
            assertTrue(frame.endsWith(" END"), frame);
            assertEquals(
                    (answer.substring(9, 12) + " " + fields).strip(),
                    frame.substring(8, frame.length() - 4).strip());
            assertEquals(1, engine.outcomes(1).size());
        }
    }

    @Test
    void theBodysLastBytesSayThatItEnds() throws Exception {
        try (Engine engine = answers(answer("body"));
                FrameClient client = new FrameClient(engine)) {
            client.request(1, true, "GET", "/a");
            assertEquals("HEADERS 200 content-length=4 ", client.next(1));
            assertEquals("DATA body END", client.next(1));
        }
    }

    @Test
    void oneOfUnknownLengthIsEndedByAnEmptyFrame() throws Exception {
        try (Engine engine = answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n");
                FrameClient client = new FrameClient(engine)) {
            client.request(1, true, "GET", "/a");
            assertEquals("HEADERS 200 ", client.next(1));
            assertEquals("200 body END", "200 " + client.answer(1));
        }
    }

    @Test
    void fieldsBehindTheBodyEndIt() throws Exception {
        try (Engine engine = answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                        + "4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n");
                FrameClient client = new FrameClient(engine)) {
            client.request(1, true, "GET", "/a", "te", "trailers");
            assertEquals(List.of("HEADERS 200 trailer=X-Sum ", "DATA body", "HEADERS x-sum=1  END"), client.next(1, 3));
        }
    }

    @Test
    void interimResponsesGoBefore() throws Exception {
        try (Engine engine = answers("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer("ok"));
                FrameClient client = new FrameClient(engine)) {
            client.request(1, true, "GET", "/a");
            assertEquals("HEADERS 103 link=</x> ", client.next(1));
            assertEquals("200 ok END", client.answer(1));
        }
    }

    @Test
    void aStreamGetsWhatItsWindowTakesAndHoldsUpNoOther() throws Exception {
        try (Engine engine = answers(answer("0123456789ABCDEFGHIJabcde"));
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 10)) {
            client.request(1, true, "GET", "/a");
            assertEquals("HEADERS 200 content-length=25 ", client.next(1));
            assertEquals("DATA 0123456789", client.next(1));
            assertEquals("200 own END", client.request(3, true, "GET", "/own").answer(3));
            assertEquals("DATA A", client.window(1, 1).next(1));
            assertEquals("DATA BCDEFGHIJa", client.window(1, 10).next(1));
            assertEquals("DATA bcde END", client.window(1, 100).next(1));
            assertEquals(2, engine.outcomes(2).size());
        }
    }

    /** Running streams move with the setting, below nothing too (RFC 9113 section 6.9.2). */
    @Test
    void aSettingOpensTheWindowsOfRunningStreams() throws Exception {
        try (Engine engine = answers(answer("0123456789"));
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 3)) {
            client.request(1, true, "GET", "/a");
            assertEquals(List.of("HEADERS 200 content-length=10 ", "DATA 012"), client.next(1, 2));
            client.add(FrameType.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 1});
            client.add(FrameType.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 5});
            assertEquals("DATA 34", client.next(1));
            assertEquals("DATA 56789 END", client.window(1, 5).next(1));
        }
    }

    @Test
    void theConnectionsWindowBoundsThemAll() throws Exception {
        int length = 100_000;
        try (Engine engine = answers(answer("b".repeat(length)));
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 1 << 20)) {
            client.request(1, true, "GET", "/a");
            assertEquals("HEADERS 200 content-length=" + length + " ", client.next(1));
            int got = 0;
            while (got < SendWindows.FIRST) {
                String frame = client.next(1);
                got += frame.length() - "DATA ".length();
                assertTrue(frame.length() - "DATA ".length() <= FrameType.LONGEST, frame.length() + " characters");
            }
            assertEquals(SendWindows.FIRST, got);
            String rest = client.window(0, 1 << 20).answer(1);
            assertEquals("b".repeat(length - got) + " END", rest);
        }
    }

    @Test
    void whoOpensNoWindowIsNotWaitedForForEver() throws Exception {
        try (Engine engine = Engine.start(directory, YAML.replace("20s", "200ms"), (connection, number) -> {
                    Engine.head(connection);
                    Engine.send(connection, answer("0123456789"));
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 4)) {
            client.request(1, true, "GET", "/a");
            assertEquals(
                    List.of("HEADERS 200 content-length=10 ", "DATA 0123", "RST_STREAM INTERNAL_ERROR"),
                    client.next(1, 3));
            String outcome = engine.outcome();
            assertTrue(
                    outcome.contains("the client opened no window for the response for limits.send_timeout"), outcome);
            assertEquals(1, engine.ended(Ending.CLIENT_GONE));
        }
    }

    @Test
    void aTornBodyIsReset() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
                    Engine.head(connection);
                    Engine.send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf!");
                });
                FrameClient client = new FrameClient(engine)) {
            assertEquals("200 half! RST_STREAM INTERNAL_ERROR", get(client, "/a"));
            String outcome = engine.outcome();
            assertTrue(outcome.contains("\"cause\":\"body.truncated\""), outcome);
            assertEquals(1, engine.ended(Ending.FAILED));
            assertEquals("200 own END", client.request(3, true, "GET", "/own").answer(3), "its neighbour lives");
        }
    }

    @Test
    void aResetWhileTheAnswerWaitsForItsWindowGivesTheUpstreamBack() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
                    Engine.head(connection);
                    Engine.send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
                    if (Engine.head(connection).isEmpty()) {
                        left.countDown();
                    }
                });
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 4)) {
            client.request(1, true, "GET", "/a");
            assertEquals(List.of("HEADERS 200 content-length=100 ", "DATA 0123"), client.next(1, 2));
            client.reset(1, ErrorCode.CANCEL).send();
            assertTrue(left.await(10, TimeUnit.SECONDS));
            String outcome = engine.outcome();
            assertTrue(outcome.contains("\"status\":200,") && outcome.contains("client.closed"), outcome);
            Engine.await("what waited is let go", () -> engine.lent() == 0);
        }
    }

    @Test
    void aFileGoesOutAsWindowsOpen() throws Exception {
        Path root = Files.createDirectory(directory.resolve("root"));
        String text = "f".repeat(80_000);
        Files.writeString(root.resolve("a.txt"), text);
        String yaml = """
                upstreams:
                  php: { protocol: fastcgi, servers: [ "127.0.0.1:%%d" ], fastcgi: { root: "%s", static: true } }
                routes: [ { upstream: php } ]
                """.formatted(root);
        try (Engine engine = Engine.start(directory, yaml, (connection, number) -> {});
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 50_000)) {
            client.request(1, true, "GET", "/a.txt");
            String head = client.next(1);
            assertTrue(head.startsWith("HEADERS 200 ") && head.contains("content-length=80000 "), head);
            int got = 0;
            while (got < 50_000) {
                got += client.next(1).length() - "DATA ".length();
            }
            assertEquals(50_000, got);
            assertEquals(
                    "f".repeat(30_000) + " END",
                    client.window(1, 30_000).window(0, 30_000).answer(1));
            engine.outcomes(1);
            assertEquals(1, engine.ended(Ending.DELIVERED));
        }
    }

    private static String accepted(String head) {
        String name = "\r\nsec-websocket-key: ";
        int at = head.toLowerCase(Locale.ROOT).indexOf(name) + name.length();
        String key = head.substring(at, head.indexOf("\r\n", at));
        assertEquals(16, Base64.getDecoder().decode(key).length, head);
        return Http2WebSocket.accepted(key);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 101 Switching Protocols, false, '', 200",
        "HTTP/1.1 101 Switching Protocols, true, head.unrequested-upgrade, 502",
        "HTTP/1.1 200 OK, false, head.bad-status, 502"
    })
    void aWebSocketIsOpenOnlyIfTheUpstreamAnsweredItsHandshake(String line, boolean wrong, String cause, int status)
            throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
                    String accept = accepted(Engine.head(connection));
                    Engine.send(
                            connection,
                            line + "\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: "
                                    + (wrong ? "x" : "") + accept + "\r\n\r\nhello");
                    if (status == 200) {
                        assertEquals("frames", Engine.take(connection, 6));
                    }
                    Engine.rest(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.headers(
                    1,
                    false,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "http",
                    ":path",
                    "/a",
                    ":authority",
                    "x");
            String head = client.next(1);
            assertTrue(head.startsWith("HEADERS " + status + " "), head);
            if (status == 200) {
                assertTrue(!head.contains("sec-websocket-accept"), head);
                assertEquals("DATA hello", client.data(1, false, "frames").next(1));
                assertEquals("DATA  END", client.data(1, true, "").next(1));
                assertTrue(engine.outcome().contains("\"tunnel_end\":\"tunnel.client-closed\""), engine.outcome());
            } else {
                assertTrue(engine.outcome().contains("\"cause\":\"" + cause + "\""), engine.outcome());
            }
        }
    }
}
