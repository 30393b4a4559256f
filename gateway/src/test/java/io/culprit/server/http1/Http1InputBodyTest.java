package io.culprit.server.http1;

import static io.culprit.server.http1.Http1Input.Progress.PARTIAL;
import static io.culprit.server.http1.Http1Input.Progress.WHOLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.http.Field;
import io.culprit.http.MessageException;
import io.culprit.http.Trailers;
import io.culprit.server.ScriptedSource;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies freed of their framing: where each ends, what is behind it, and what one becomes that never does. */
class Http1InputBodyTest {
    private static final String CHUNKED = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";

    private static String length(int bytes) {
        return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n";
    }

    private static void nextIs(InputFixture client, String target) throws Exception {
        client.on(() -> {
            client.input.exchangeDone(System.nanoTime());
            return null;
        });
        assertEquals(WHOLE, client.readHead());
        assertEquals(target, client.on(() -> client.input.head().target()));
        assertTrue(client.on(client.input::whole));
    }

    @Test
    void aLengthIsCountedAndNotAByteMoreIsTaken() throws Exception {
        try (InputFixture client = new InputFixture(length(5) + "ab", "cde" + NEXT)) {
            assertEquals(WHOLE, client.readHead());
            assertFalse(client.on(client.input::whole));
            assertEquals("a", client.body(1));
            assertEquals("b", client.body(10));
            assertEquals("cde", client.body(10));
            assertTrue(client.on(client.input::whole), "known with the last byte");
            assertFalse(client.on(client.input::holds), "the next request is the kernel's still");
            assertEquals("END", client.body(10));
            assertSame(Trailers.NONE, client.on(client.input::trailers));
            nextIs(client, "/next");
        }
    }

    @Test
    void aBodyOfNoBytesIsOver() throws Exception {
        try (InputFixture client = new InputFixture(length(0) + NEXT)) {
            client.readHead();
            assertTrue(client.on(client.input::whole));
            assertEquals("END", client.body(10));
            nextIs(client, "/next");
        }
    }

    @Test
    void whetherAllOfALengthIsHereIsKnownBeforeItIsRead() throws Exception {
        try (InputFixture client = new InputFixture(length(3) + "ab", "c", NEXT)) {
            client.readHead();
            assertFalse(client.on(client.input::holdsBody), "two of three");
            assertTrue(client.on(client.input::readAhead));
            assertTrue(client.on(client.input::holdsBody));
            assertEquals("ab", client.body(2));
            assertTrue(client.on(client.input::holdsBody), "one of one");
            assertEquals("c", client.body(20));
            assertFalse(client.on(client.input::holdsBody));
            nextIs(client, "/next");
        }
        try (InputFixture client = new InputFixture(CHUNKED + "1\r\na\r\n0\r\n\r\n")) {
            client.readHead();
            assertFalse(client.on(client.input::holdsBody), "of chunks nobody knows");
        }
    }

    /** However the bytes come, the payload is the same and the next request whole. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 13, 100})
    void chunksComeApartAnywhere(int step) throws Exception {
        String framed = "3;a=b\r\nabc\r\n00A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n";
        try (InputFixture client = new InputFixture(CHUNKED)) {
            client.readHead();
            for (int i = 0; i < framed.length(); i += step) {
                client.socket.feed(framed.substring(i, Math.min(framed.length(), i + step)));
            }
            client.socket.feed(NEXT);
            StringBuilder payload = new StringBuilder();
            String part = "";
            for (int reads = 0; !part.equals("END"); reads++) {
                assertTrue(reads <= framed.length(), "it never ends");
                payload.append(part);
                part = client.body(40);
            }
            assertEquals("abc0123456789", payload.toString());
            assertEquals(
                    List.of(new Field("X-Sum", "1")),
                    client.on(() -> client.input.trailers().fields()));
            nextIs(client, "/next");
            assertSame(Trailers.NONE, client.on(client.input::trailers), "they are of the request before");
            client.released();
        }
    }

    @Test
    void whatCameBehindTheLastChunkIsTheNextRequests() throws Exception {
        try (InputFixture client = new InputFixture(CHUNKED, "1\r\na\r\n0\r\n\r\n" + NEXT)) {
            client.readHead();
            assertSame(Trailers.NONE, client.on(client.input::trailers), "before the end");
            assertEquals("a", client.body(200));
            assertTrue(client.on(client.input::whole));
            assertTrue(client.on(client.input::holds));
            assertEquals("END", client.body(200));
            assertEquals(2, client.socket.reads());
            nextIs(client, "/next");
            assertEquals(2, client.socket.reads());
        }
    }

    @Test
    void whatWasReadTooFarGoesBackInFrontOfWhatWaits() throws Exception {
        String body = "1\r\na\r\n0\r\n\r\n";
        try (InputFixture client = new InputFixture(CHUNKED + body + NEXT + NEXT.replace("next", "third"))) {
            client.readHead();
            assertEquals("a", client.body(body.length() + 3));
            nextIs(client, "/next");
            nextIs(client, "/third");
            client.released();
        }
    }

    @Test
    void oneChunkedBodyBehindAnother() throws Exception {
        try (InputFixture client = new InputFixture((CHUNKED + "1\r\na\r\n0\r\n\r\n").repeat(2))) {
            for (int i = 0; i < 2; i++) {
                assertEquals(WHOLE, client.readHead());
                assertEquals("a", client.body(100));
                assertEquals("END", client.body(100));
                client.on(() -> {
                    client.input.exchangeDone(System.nanoTime());
                    return null;
                });
            }
            client.released();
        }
    }

    /** Framing that was read ahead tells of itself by no event: reading goes on until there is payload. */
    @Test
    void framingThatWaitsIsReadThroughInOneCall() throws Exception {
        try (InputFixture client = new InputFixture(CHUNKED + "00000005\r\nhello\r\n00000000\r\n\r\n")) {
            client.readHead();
            assertEquals("he", client.body(4));
            assertEquals("llo", client.body(4));
            assertEquals("END", client.body(4));
            assertEquals(1, client.socket.reads());
        }
    }

    @Test
    void nothingThereIsNoEnd() throws Exception {
        try (InputFixture client = new InputFixture(length(2))) {
            client.readHead();
            assertEquals("", client.body(10));
            assertFalse(client.on(client.input::whole));
        }
        try (InputFixture client = new InputFixture(CHUNKED, "2\r\n")) {
            client.readHead();
            assertEquals("", client.body(10));
            assertEquals("", client.body(10));
            client.socket.feed("ab");
            assertEquals("ab", client.body(10));
        }
    }

    @Test
    void aBodyThatTheClientLeavesInIsBrokenNotWhole() throws Exception {
        for (String torn : List.of(length(3) + "ab", CHUNKED + "3\r\nab", CHUNKED + "2\r\nab\r\n")) {
            try (InputFixture client = new InputFixture(torn, ScriptedSource.END)) {
                client.readHead();
                assertEquals("ab", client.body(100));
                assertEquals(
                        "it closed the connection before the body was whole",
                        assertThrows(EOFException.class, () -> client.body(100)).getMessage());
                assertFalse(client.on(client.input::whole));
            }
            try (InputFixture client = new InputFixture(torn, new IOException("Connection reset"))) {
                client.readHead();
                client.body(100);
                assertEquals(
                        "Connection reset",
                        assertThrows(IOException.class, () -> client.body(100)).getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n", "1\r\nab\r\n0\r\n\r\n", "1\n", "0\r\n: x\r\n\r\n"})
    void behindBrokenFramingNothingIsBelieved(String framed) throws Exception {
        try (InputFixture client = new InputFixture(CHUNKED, framed + NEXT)) {
            client.readHead();
            MessageException e = assertThrows(MessageException.class, () -> {
                client.body(200);
                client.body(200);
            });
            assertEquals(Cause.CLIENT_BAD_REQUEST, e.failure().cause());
            assertEquals("", client.body(200));
            client.on(() -> {
                assertFalse(client.input.holds());
                client.input.exchangeDone(System.nanoTime());
                assertEquals(PARTIAL, client.input.readHead());
                return null;
            });
            assertEquals(List.of(), client.told(), "who reads the body tells it");
        }
    }

    @Test
    void aTunnelsBytesComeAsTheyAre() throws Exception {
        try (InputFixture client = new InputFixture(NEXT + "early", "0\r\n\r\n", ScriptedSource.END)) {
            client.readHead();
            assertFalse(client.input.tunnels());
            client.on(() -> {
                client.input.tunnel();
                return null;
            });
            assertTrue(client.input.tunnels());
            assertFalse(client.on(client.input::whole));
            assertEquals("early", client.body(20));
            assertEquals("0\r\n\r\n", client.body(20));
            assertEquals("END", client.body(20));
        }
    }

    @Test
    void whatAClientSendsMeanwhileIsKeptAsFarAsThereIsRoom() throws Exception {
        String much = "GET /" + "a".repeat(20_000);
        try (InputFixture client = new InputFixture(NEXT, much)) {
            client.readHead();
            client.on(() -> {
                assertTrue(client.input.readAhead());
                assertTrue(client.input.full());
                assertTrue(client.input.readAhead(), "it is still there");
                assertEquals(2, client.socket.reads());
                client.input.exchangeDone(System.nanoTime());
                assertEquals(PARTIAL, client.input.readHead());
                return null;
            });
            assertTrue(
                    client.told().get(0).startsWith("client.head-too-big: "),
                    client.told().get(0));
            client.released();
        }
    }

    @Test
    void aClientThatLeavesMeanwhileIsNoticed() throws Exception {
        try (InputFixture client = new InputFixture(NEXT, "more", ScriptedSource.END)) {
            client.readHead();
            assertTrue(client.on(client.input::readAhead));
            assertFalse(client.input.full());
            assertFalse(client.on(client.input::readAhead));
            assertFalse(client.input.broken());
            assertTrue(client.on(client.input::holds), "what it had sent is kept");
            client.released();
        }
        try (InputFixture client = new InputFixture(NEXT, new IOException("Connection reset"))) {
            client.readHead();
            assertFalse(client.on(client.input::readAhead));
            assertTrue(client.input.broken());
            client.released();
        }
    }
}
