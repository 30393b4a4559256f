package io.culprit.server.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream that is a request: its body, its end, and what ends it too early. */
class Http2ExchangeTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String BUFFERED = "buffering: { request: true }";
    private static final String STREAMED = "buffering: { request: false }";

    private static final String ONE = STREAMED + ", max_connections: 1, queue: { size: 10, timeout: 20s }";

    @TempDir
    Path directory;

    private static String yaml(String settings) {
        return """
                upstreams: { app: { servers: [ "127.0.0.1:%%d" ], %s } }
                routes: [ { match: { path: /own }, respond: { status: 200, body: own } }, { upstream: app } ]
                limits: { body: 300KiB }
                """.formatted(settings);
    }

    private Engine engine(String settings, Engine.Peer peer) throws Exception {
        return Engine.start(directory, yaml(settings), peer);
    }

    private static void contains(String part, String text) {
        assertTrue(text.contains(part), text);
    }

    @Test
    void aBodyOfAnnouncedLengthIsPassedOnAndTold() throws Exception {
        try (Engine engine = engine(BUFFERED, (connection, number) -> {
                    contains("Content-Length: 4\r\n", Engine.head(connection));
                    assertEquals("abcd", Engine.take(connection, 4));
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, false, "POST", "/a", "content-length", "4").data(1, false, "ab");
            client.data(1, true, "cd");
            assertEquals("200 ok END", client.answer(1));
            String outcome = engine.outcome();
            contains("\"protocol\":\"HTTP/2.0\",\"stream\":1,", outcome);
            contains("\"bytes_in\":4,", outcome);
            contains("\"ending\":\"delivered\"", outcome);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, Content-Length: 4, abcd", "false, Transfer-Encoding: chunked, '4\r\nabcd\r\n0\r\n\r\n'"})
    void aBodyWithoutALengthEndsWithItsStream(boolean buffered, String field, String framed) throws Exception {
        try (Engine engine = engine(buffered ? BUFFERED : STREAMED, (connection, number) -> {
                    contains(field + "\r\n", Engine.head(connection));
                    assertEquals(framed, Engine.take(connection, framed.length()));
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, false, "POST", "/a").data(1, false, "abcd").data(1, true, "");
            assertEquals("200 ok END", client.answer(1));
        }
    }

    @ParameterizedTest
    @CsvSource({"abcde, false, 'DATA of 5 bytes'", "abc, true, '3 bytes of DATA'"})
    void aBodyThatContradictsItsLengthIs400(String body, boolean end, String told) throws Exception {
        try (Engine engine = engine(BUFFERED, (connection, number) -> {});
                FrameClient client = new FrameClient(engine)) {
            client.request(1, false, "POST", "/a", "content-length", "4");
            client.data(1, end, body);
            String answer = client.answer(1);
            assertTrue(answer.startsWith("400 400 Bad Request") && answer.endsWith(" END"), answer);
            contains(told + ", content-length says 4 (RFC 9113 section 8.1.1)", engine.outcome());
            assertEquals(0, engine.connections());
            assertEquals("200 own END", client.request(3, true, "GET", "/own").answer(3), "its neighbour lives");
        }
    }

    /** It waits for a connection, so that nobody reads its body and nobody can be told in words. */
    @Test
    void aBodyThatContradictsItsLengthBeforeItIsWantedResetsTheStream() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Engine engine = engine(ONE, (connection, number) -> {
                    Engine.head(connection);
                    asked.countDown();
                    assertTrue(go.await(10, TimeUnit.SECONDS));
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, true, "GET", "/first").send();
            assertTrue(asked.await(10, TimeUnit.SECONDS));
            client.request(3, false, "POST", "/a", "content-length", "4").data(3, false, "abcde");
            assertEquals("RST_STREAM PROTOCOL_ERROR", client.next(3));
            String outcome = engine.outcome();
            contains("\"cause\":\"client.closed\"", outcome);
            contains("DATA of 5 bytes, content-length says 4", outcome);
            go.countDown();
            assertEquals("200 ok END", client.answer(1), "its neighbour lives");
        }
    }

    @Test
    void aResetTakesItsRequestWithItAndNoOther() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch left = new CountDownLatch(1);
        try (Engine engine = engine(BUFFERED, (connection, number) -> {
                    String head = Engine.head(connection);
                    asked.countDown();
                    assertTrue(asked.await(10, TimeUnit.SECONDS));
                    if (head.contains("/first")) {
                        if (Engine.head(connection).isEmpty()) {
                            left.countDown();
                        }
                    } else {
                        assertTrue(left.await(10, TimeUnit.SECONDS), "the upstream's work is cancelled");
                        Engine.send(connection, OK);
                        Engine.head(connection);
                    }
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, true, "GET", "/first")
                    .request(3, true, "GET", "/second")
                    .send();
            assertTrue(asked.await(10, TimeUnit.SECONDS));
            assertEquals("200 ok END", client.reset(1, ErrorCode.CANCEL).answer(3));
            String outcome = engine.outcomes(2).get(0);
            contains("\"cause\":\"client.closed\"", outcome);
            contains("the client reset stream 1 (CANCEL)", outcome);
            assertEquals(1, engine.ended(Ending.CLIENT_GONE));
            assertEquals(1, engine.ended(Ending.DELIVERED));
        }
    }

    @Test
    void aConnectionThatIsClosedEndsEachOfItsRequests() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        try (Engine engine = engine(BUFFERED, (connection, number) -> {
            Engine.head(connection);
            asked.countDown();
            assertEquals("", Engine.rest(connection));
        })) {
            try (FrameClient client = new FrameClient(engine)) {
                client.request(1, true, "GET", "/1")
                        .request(3, true, "GET", "/3")
                        .send();
                assertTrue(asked.await(10, TimeUnit.SECONDS));
            }
            engine.outcomes(2).forEach(each -> contains("the client closed the connection", each));
            assertEquals(2, engine.ended(Ending.CLIENT_GONE));
        }
    }

    @Test
    void behindTheEndOfARequestNothingMayCome() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (Engine engine = engine(BUFFERED, (connection, number) -> {
                    Engine.head(connection);
                    asked.countDown();
                    Engine.rest(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, true, "GET", "/a").send();
            assertTrue(asked.await(10, TimeUnit.SECONDS));
            assertEquals("RST_STREAM STREAM_CLOSED", client.data(1, false, "x").next(1));
            contains("DATA behind the end of the request", engine.outcome());
        }
    }

    @Test
    void whoExpects100IsToldToGoOn() throws Exception {
        try (Engine engine = engine(BUFFERED, (connection, number) -> {
                    contains("Content-Length: 2\r\n", Engine.head(connection));
                    Engine.take(connection, 2);
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, false, "POST", "/a", "expect", "100-continue", "content-length", "2");
            assertEquals("HEADERS 100 ", client.next(1));
            assertEquals("200 ok END", client.data(1, true, "ab").answer(1));
        }
    }

    /** The answer stands before the body has ended: the client need not send the rest, and is no offender. */
    @Test
    void whatIsRefusedIsAnsweredAndTheRestOfItsBodyNotWanted() throws Exception {
        try (Engine engine = engine(BUFFERED, (connection, number) -> {});
                FrameClient client = new FrameClient(engine)) {
            client.request(1, false, "POST", "/a", "content-length", "307201");
            String answer = client.answer(1);
            assertTrue(answer.startsWith("413 413 ") && answer.endsWith(" END"), answer);
            assertEquals("RST_STREAM NO_ERROR", client.next(1));
            assertEquals(
                    "200 own END",
                    client.data(1, false, "late")
                            .request(3, true, "GET", "/own")
                            .answer(3));
            contains("\"cause\":\"client.body-too-big\"", engine.outcomes(2).get(0));
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void fieldsBehindABodyArePassedOn(boolean buffered) throws Exception {
        String framed = "2\r\nab\r\n0\r\nx-sum: 1\r\n\r\n";
        try (Engine engine = engine(buffered ? BUFFERED : STREAMED, (connection, number) -> {
                    contains("Transfer-Encoding: chunked\r\n", Engine.head(connection));
                    assertEquals(framed, Engine.take(connection, framed.length()));
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, false, "POST", "/a", "trailer", "x-sum").data(1, false, "ab");
            assertEquals("200 ok END", client.headers(1, true, "x-sum", "1").answer(1));
        }
    }
}
