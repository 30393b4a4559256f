package io.culprit.server.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.server.Engine;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much of a body a client may send before it is read, and how it is told of more. */
class ReceiveWindowTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String ONE =
            "buffering: { request: false }, max_connections: 1, queue: { size: 10, timeout: 20s }";

    @TempDir
    Path directory;

    private Engine engine(String settings, Engine.Peer peer) throws Exception {
        return Engine.start(directory, """
                upstreams: { app: { servers: [ "127.0.0.1:%%d" ], %s } }
                routes: [ { upstream: app } ]
                """.formatted(settings), peer);
    }

    private static void contains(String part, String text) {
        assertTrue(text.contains(part), text);
    }

    @Test
    void theWindowOpensAsTheBodyIsRead() throws Exception {
        int length = 200_000;
        try (Engine engine = engine("buffering: { request: true }", (connection, number) -> {
                    contains("Content-Length: " + length + "\r\n", Engine.head(connection));
                    assertEquals("b".repeat(length), Engine.take(connection, length));
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, false, "POST", "/a");
            int window = Http2Exchange.WINDOW;
            for (int sent = 0; sent < length; ) {
                int n = Math.min(Math.min(FrameType.LONGEST, window), length - sent);
                if (n == 0) {
                    int more = Integer.parseInt(client.next(1).substring("WINDOW_UPDATE ".length()));
                    assertTrue(more >= Http2Exchange.WINDOW / 2 && more <= sent, more + " after " + sent);
                    window += more;
                } else {
                    sent += n;
                    window -= n;
                    client.data(1, sent == length, "b".repeat(n));
                }
            }
            assertEquals("200 ok END", client.answer(1));
            contains("\"bytes_in\":" + length, engine.outcome());
        }
    }

    /** A client that pads may otherwise send no more at some time. */
    @Test
    void paddingIsTakenOffAndItsPartOfTheWindowGivenBack() throws Exception {
        int frames = 300;
        try (Engine engine = engine("buffering: { request: true }", (connection, number) -> {
                    contains("Content-Length: " + frames + "\r\n", Engine.head(connection));
                    assertEquals("p".repeat(frames), Engine.take(connection, frames));
                    Engine.send(connection, OK);
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, false, "POST", "/a", "content-length", Integer.toString(frames));
            byte[] padded = new byte[1 + 1 + 255];
            padded[0] = (byte) 255;
            padded[1] = 'p';
            for (int i = 0; i < frames; i++) {
                client.add(FrameType.DATA, FrameType.PADDED, 1, padded);
            }
            int given = Integer.parseInt(client.next(1).substring("WINDOW_UPDATE ".length()));
            assertTrue(given >= Http2Exchange.WINDOW / 2 && given <= frames * padded.length, given + " bytes");
            assertEquals("200 ok END", client.data(1, true, "").answer(1));
        }
    }

    /** It waits for a connection, so that nobody reads its body: what the window takes is kept, and not a byte more. */
    @ParameterizedTest
    @CsvSource({"0, true", "1, false"})
    void beyondTheWindowTheStreamIsReset(int beyond, boolean served) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Engine engine = engine(ONE, (connection, number) -> {
                    Engine.head(connection);
                    asked.countDown();
                    assertTrue(go.await(10, TimeUnit.SECONDS));
                    Engine.send(connection, OK);
                    if (served) {
                        Engine.head(connection);
                        assertEquals("w".repeat(Http2Exchange.WINDOW), Engine.take(connection, Http2Exchange.WINDOW));
                        Engine.send(connection, OK);
                    }
                    Engine.head(connection);
                });
                FrameClient client = new FrameClient(engine)) {
            client.request(1, true, "GET", "/first").send();
            assertTrue(asked.await(10, TimeUnit.SECONDS));
            String length = Integer.toString(Http2Exchange.WINDOW + beyond);
            client.request(3, false, "POST", "/second", "content-length", length);
            for (int i = 0; i < Http2Exchange.WINDOW / FrameType.LONGEST; i++) {
                client.data(3, false, "w".repeat(FrameType.LONGEST));
            }
            if (served) {
                client.data(3, true, "").send();
            } else {
                assertEquals(
                        "RST_STREAM FLOW_CONTROL_ERROR",
                        client.data(3, true, "w").next(3));
                contains(
                        "the client broke HTTP/2's rules: DATA beyond the stream's window",
                        engine.outcomes(1).get(0));
            }
            go.countDown();
            assertEquals("200 ok END", client.answer(1));
            if (served) {
                assertEquals("200 ok END", client.answer(3));
            }
        }
    }

    /** Bodies that nobody read go with their streams, whoever ended them. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whatWaitedIsLetGo(boolean reset) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (Engine engine = engine(ONE, (connection, number) -> {
            Engine.head(connection);
            asked.countDown();
            Engine.rest(connection);
        })) {
            try (FrameClient client = new FrameClient(engine)) {
                client.request(1, true, "GET", "/first").send();
                assertTrue(asked.await(10, TimeUnit.SECONDS));
                client.request(3, false, "POST", "/second").data(3, false, "w".repeat(FrameType.LONGEST));
                client.add(FrameType.PING, 0, 0, new byte[8]);
                String frame = client.next(0);
                while (!frame.startsWith("PING")) {
                    frame = client.next(0);
                }
                assertTrue(engine.lent() > 0, "it waits for its turn");
                if (reset) {
                    client.reset(3, ErrorCode.CANCEL).reset(1, ErrorCode.CANCEL).send();
                    engine.outcomes(2);
                }
            }
            engine.outcomes(2).forEach(each -> contains("\"cause\":\"client.closed\"", each));
            Engine.await("all buffers are given back", () -> engine.lent() == 0);
        }
    }
}
