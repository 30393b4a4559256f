package io.culprit.server.http1;

import static io.culprit.server.http1.Http1Input.Progress.CLOSED;
import static io.culprit.server.http1.Http1Input.Progress.PARTIAL;
import static io.culprit.server.http1.Http1Input.Progress.WHOLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.Limits;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.server.ScriptedSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heads on a client's connection, one behind the other: what belongs to which, and what becomes of one that is none. */
class Http1InputTest {
    private static final String GET = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void aHeadComesInPartsAndTheNextWaitsForItsTurn() throws Exception {
        try (InputFixture client =
                new InputFixture("GET /1 HT", "TP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: ")) {
            assertEquals(PARTIAL, client.readHead());
            assertTrue(client.on(() -> client.input.head().started()));
            assertFalse(client.on(client.input::holds));
            assertEquals("END", client.body(10), "a request that is not there yet has no body");
            assertEquals(WHOLE, client.readHead());
            client.on(() -> {
                assertEquals("/1", client.input.head().target());
                assertTrue(client.input.whole());
                assertTrue(client.input.holds());
                assertFalse(client.input.holdsHead(), "not before the exchange is done");
                assertEquals(PARTIAL, client.input.readHead());
                assertEquals("/1", client.input.head().target());
                assertEquals(2, client.socket.reads());
                client.input.exchangeDone(System.nanoTime());
                assertTrue(client.input.holdsHead());
                assertFalse(client.input.whole());
                return null;
            });
            client.socket.feed("x\r\n\r\n");
            assertEquals(PARTIAL, client.readHead());
            assertEquals(2, client.socket.reads(), "what waits comes first");
            assertFalse(client.on(client.input::holdsHead));
            assertEquals(WHOLE, client.readHead());
            assertEquals("/2", client.on(() -> client.input.head().target()));
            client.released();
            assertEquals(List.of(), client.told());
        }
    }

    @Test
    void bytesThatSomebodyElseReadComeFirst() throws Exception {
        try (InputFixture client = new InputFixture(" HTTP/1.1\r\nHost: x\r\n\r\n")) {
            client.on(() -> {
                client.input.putBack(ByteBuffer.allocate(0));
                assertFalse(client.input.holds());
                client.input.putBack(ByteBuffer.wrap("GET /early".getBytes(StandardCharsets.US_ASCII)));
                assertTrue(client.input.holdsHead());
                assertEquals(PARTIAL, client.input.readHead());
                assertEquals(0, client.socket.reads());
                assertEquals(WHOLE, client.input.readHead());
                assertEquals("/early", client.input.head().target());
                return null;
            });
        }
    }

    @Test
    void emptyLinesAreNoRequest() throws Exception {
        try (InputFixture client = new InputFixture(InputFixture.limits(8192, SHORT, LONG), "\r\n", "\r\n\r\n")) {
            assertEquals(PARTIAL, client.readHead());
            assertEquals(PARTIAL, client.readHead());
            assertFalse(client.on(() -> client.input.head().started()));
            client.passes(SHORT.multipliedBy(2));
            assertEquals(List.of(), client.told(), "no head has begun");
            assertEquals(0, client.on(() -> client.input.head().bytes().length), "nothing is kept of them");
            client.socket.feed(GET);
            assertEquals(WHOLE, client.readHead());
        }
    }

    @Test
    void nothingThereIsNoEnd() throws Exception {
        try (InputFixture client = new InputFixture()) {
            assertEquals(PARTIAL, client.readHead());
            assertFalse(client.on(() -> client.input.head().started()));
        }
    }

    @Test
    void theClientsEndIsToldAsItCame() throws Exception {
        try (InputFixture client = new InputFixture(ScriptedSource.END)) {
            assertEquals(CLOSED, client.readHead());
        }
        try (InputFixture client = new InputFixture(new IOException("Connection reset"))) {
            assertEquals(
                    "Connection reset",
                    assertThrows(IOException.class, client::readHead).getMessage());
        }
    }

    @Test
    void aBadHeadIsToldSoonAndNothingBehindItIsRead() throws Exception {
        try (InputFixture client = new InputFixture("GET / HTTP/1.1\r\n bad: x\r\n\r\n", GET)) {
            client.on(() -> {
                client.input.putBack(ByteBuffer.wrap("\r\n".getBytes(StandardCharsets.US_ASCII)));
                client.input.readHead();
                assertEquals(PARTIAL, client.input.readHead());
                assertFalse(client.input.holds());
                assertEquals(PARTIAL, client.input.readHead());
                assertEquals(1, client.socket.reads());
                assertEquals(0, client.input.readBody(ByteBuffer.allocate(10)));
                client.input.exchangeDone(System.nanoTime());
                assertEquals(PARTIAL, client.input.readHead());
                assertEquals(1, client.socket.reads(), "rejected is rejected");
                ByteBuffer rest = ByteBuffer.allocate(100);
                assertEquals(GET.length(), client.input.discard(rest));
                return null;
            });
            assertEquals(1, client.told().size());
            assertTrue(
                    client.told().get(0).startsWith("client.bad-request: "),
                    client.told().get(0));
        }
    }

    @Test
    void aWholeHeadIsRefusedToo() throws Exception {
        try (InputFixture client = new InputFixture(GET)) {
            assertEquals(WHOLE, client.readHead());
            client.on(() -> {
                client.input.refuse(Failure.of(Cause.CLIENT_MISDIRECTED, "why"));
                assertFalse(client.input.whole());
                return null;
            });
            assertEquals(List.of("client.misdirected: why"), client.told());
        }
    }

    @Test
    void aHeadHasItsTimeFromItsFirstByteOn() throws Exception {
        try (InputFixture client = new InputFixture(InputFixture.limits(8192, SHORT, LONG), "GET /")) {
            assertEquals(PARTIAL, client.readHead());
            assertEquals(
                    "client.timeout: the request head was not complete within limits.head_timeout of 50 ms,"
                            + " 5 bytes had come",
                    client.saysSoon());
            client.socket.feed(GET);
            assertEquals(PARTIAL, client.readHead());
            assertEquals(1, client.told().size());
        }
    }

    /** Else a byte a second would hold a connection for ever. */
    @Test
    void furtherBytesGiveItNoMoreTime() throws Exception {
        Duration half = Duration.ofMillis(300);
        try (InputFixture client = new InputFixture(InputFixture.limits(8192, half.multipliedBy(2), LONG), "GET ")) {
            client.readHead();
            client.passes(half);
            client.socket.feed("/");
            client.readHead();
            client.passes(half.plus(SHORT));
            assertEquals(1, client.told().size(), client.told().toString());
        }
    }

    @Test
    void whileARequestRunsNoClockDoes() throws Exception {
        Limits limits = InputFixture.limits(8192, SHORT, SHORT);
        try (InputFixture client = new InputFixture("POST / HTTP/1.1\r\nHost: x\r\n", "Content-Length: 2\r\n\r\na")) {
            client.on(() -> {
                client.input.limits(limits);
                client.input.readHead();
                assertEquals(WHOLE, client.input.readHead());
                client.input.late();
                return null;
            });
            client.passes(SHORT.multipliedBy(3));
            assertFalse(client.input.stopping());
            assertEquals(List.of(), client.told());
        }
    }

    @Test
    void betweenRequestsTheIdleClockRunsFromTheEndOfTheLast() throws Exception {
        try (InputFixture client = new InputFixture("GET /1 HTTP", "/1.1\r\nHost: x\r\n\r\n")) {
            client.readHead();
            assertEquals(WHOLE, client.readHead());
            client.on(() -> {
                client.input.exchangeDone(System.nanoTime() - LONG.toNanos());
                return null;
            });
            assertEquals("idle", client.saysSoon());
        }
        try (InputFixture client = new InputFixture(InputFixture.limits(8192, LONG, SHORT))) {
            assertEquals("idle", client.saysSoon());
        }
    }

    @Test
    void whatIsReleasedTellsNothing() throws Exception {
        try (InputFixture client = new InputFixture(GET)) {
            client.on(() -> {
                client.input.limits(InputFixture.limits(8192, SHORT, SHORT));
                assertEquals(WHOLE, client.input.readHead());
                client.input.release();
                client.input.exchangeDone(System.nanoTime());
                assertFalse(client.input.readAhead());
                assertFalse(client.input.broken());
                return null;
            });
            client.passes(SHORT.multipliedBy(3));
            assertEquals(List.of(), client.told());
        }
        try (InputFixture client = new InputFixture("GET /")) {
            client.on(() -> {
                client.input.limits(InputFixture.limits(8192, SHORT, SHORT));
                assertEquals(PARTIAL, client.input.readHead());
                client.input.release();
                return null;
            });
            client.passes(SHORT.multipliedBy(3));
            assertEquals(List.of(), client.told());
        }
    }

    @Test
    void aHeadThatWasLateBeforeItWasLookedAtGoesAtOnce() throws Exception {
        try (InputFixture client = new InputFixture("GET /")) {
            client.on(() -> {
                client.input.readHead();
                client.input.late();
                return null;
            });
            assertTrue(
                    client.told().get(0).startsWith("client.timeout: "),
                    client.told().get(0));
        }
    }

    @Test
    void theStopAnswersAHeadThatHasBegun() throws Exception {
        try (InputFixture client = new InputFixture("\r\n", "GET /")) {
            client.readHead();
            assertFalse(client.on(client.input::stopping));
            client.readHead();
            assertTrue(client.on(client.input::stopping));
            assertFalse(client.on(client.input::stopping), "once");
            assertEquals(1, client.told().size());
            assertTrue(
                    client.told().get(0).startsWith("gateway.stopping: "),
                    client.told().get(0));
        }
    }

    @Test
    void newLimitsHoldFromTheNextHeadOn() throws Exception {
        String begun = "GET /12345";
        try (InputFixture client = new InputFixture(begun)) {
            client.readHead();
            client.on(() -> {
                client.input.limits(InputFixture.limits(5, LONG, LONG));
                return null;
            });
            client.socket.feed("6 HTTP/1.1\r\nHost: x\r\n\r\n" + begun);
            assertEquals(WHOLE, client.readHead(), "of the one that had begun the old ones hold");
            client.on(() -> {
                client.input.exchangeDone(System.nanoTime());
                return null;
            });
            client.socket.feed(" HTTP/1.1\r\n");
            client.readHead();
            client.readHead();
            assertTrue(client.saysSoon().startsWith("client.uri-too-long: "), client.saysSoon());
        }
    }
}
