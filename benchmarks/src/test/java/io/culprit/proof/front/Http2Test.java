package io.culprit.proof.front;

import static io.culprit.proof.harness.Http2Client.CONTINUATION;
import static io.culprit.proof.harness.Http2Client.DATA;
import static io.culprit.proof.harness.Http2Client.END_HEADERS;
import static io.culprit.proof.harness.Http2Client.END_STREAM;
import static io.culprit.proof.harness.Http2Client.HEADERS;
import static io.culprit.proof.harness.Http2Client.PING;
import static io.culprit.proof.harness.Http2Client.RST_STREAM;
import static io.culprit.proof.harness.Http2Client.SETTINGS;
import static io.culprit.proof.harness.Http2Client.WINDOW_UPDATE;
import static io.culprit.proof.harness.Http2Client.fields;
import static io.culprit.proof.harness.Http2Client.get;
import static io.culprit.proof.harness.Http2Client.post;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.Curl;
import io.culprit.proof.harness.Http2Client;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/2 by RFC 9113: raw frames for each rule with a neighbour stream that must live, and clients that others wrote. */
class Http2Test {
    @TempDir
    Path directory;

    private Origin origin;
    private TestGateway gateway;

    @BeforeEach
    void begin() throws IOException {
        origin = new Origin();
        gateway = TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", http2: true } ]
                limits: { head_timeout: 1s, body_timeout: 2s }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ], keepalive: { connections: 256 } } }
                routes: [ { upstream: app } ]
                """.formatted(origin.port()));
    }

    @AfterEach
    void end() {
        gateway.close();
        origin.close();
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("upper case", get("/head", "X-A", "b")),
                Arguments.of("connection", get("/head", "connection", "close")),
                Arguments.of("keep-alive", get("/head", "keep-alive", "1")),
                Arguments.of("proxy-connection", get("/head", "proxy-connection", "x")),
                Arguments.of("transfer-encoding", get("/head", "transfer-encoding", "chunked")),
                Arguments.of("upgrade", get("/head", "upgrade", "websocket")),
                Arguments.of("te", get("/head", "te", "gzip")),
                Arguments.of("pseudo behind regular", get("/head", "x", "y", ":path", "/b")),
                Arguments.of("pseudo behind host", get("/head", "host", "a.test", ":status", "200")),
                Arguments.of("second path", get("/head", ":path", "/b")),
                Arguments.of("unknown pseudo", get("/head", ":nope", "x")),
                Arguments.of("response pseudo", get("/head", ":status", "200")),
                Arguments.of("CR in a value", get("/head", "x", "a\rb")),
                Arguments.of("LF in a value", get("/head", "x", "a\nb: c")),
                Arguments.of("NUL in a value", get("/head", "x", "a\0b")),
                Arguments.of("space in a name", get("/head", "x y", "a")),
                Arguments.of("colon in a name", get("/head", "x:y", "a")),
                Arguments.of("space around a value", get("/head", "x", " a")),
                Arguments.of("no method", fields(":scheme", "http", ":path", "/", ":authority", "a")),
                Arguments.of("no scheme", fields(":method", "GET", ":path", "/", ":authority", "a")),
                Arguments.of("no path", fields(":method", "GET", ":scheme", "http", ":authority", "a")),
                Arguments.of("no host", fields(":method", "GET", ":scheme", "http", ":path", "/")),
                Arguments.of("empty path", get("")),
                Arguments.of("path without slash", get("x")),
                Arguments.of("space in the path", get("/a b")),
                Arguments.of("line end in the path", get("/a HTTP/1.1\r\nx: y")),
                Arguments.of(
                        "line end in the method",
                        fields(":method", "GET / HTTP/1.1\r\n", ":scheme", "http", ":path", "/", ":authority", "a")),
                Arguments.of("two hosts", get("/head", "host", "b.test")),
                Arguments.of("length without a body", get("/head", "content-length", "5")),
                Arguments.of("two lengths", get("/head", "content-length", "0", "content-length", "1")),
                Arguments.of("length that is no number", get("/head", "content-length", "+0")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void aMalformedRequestIsRefusedAndItsNeighbourServed(String what, byte[] block) throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, block);
            assertEquals("400 END", client.answer(1), what);
            client.frame(HEADERS, END_HEADERS | END_STREAM, 3, get("/head"));
            assertEquals("200 END", client.answer(3), what);
        }
        TestGateway.await(
                "one line", () -> gateway.gateway().recorder().recentFailures().size() == 1);
        Outcome outcome = gateway.gateway().recorder().recentFailures().get(0);
        assertEquals("HTTP/2.0", outcome.protocol());
        assertEquals(1, outcome.stream());
    }

    /** What ends a connection: the frames and the code of the GOAWAY. */
    static Stream<Arguments> fatal() {
        byte[] none = new byte[0];
        return Stream.of(
                Arguments.of("DATA on an idle stream", DATA, 0, 5, none, 1),
                Arguments.of("DATA on stream 0", DATA, 0, 0, none, 1),
                Arguments.of("HEADERS on stream 0", HEADERS, END_HEADERS, 0, get("/"), 1),
                Arguments.of("HEADERS on an even stream", HEADERS, END_HEADERS, 2, get("/"), 1),
                Arguments.of("CONTINUATION alone", CONTINUATION, END_HEADERS, 1, none, 1),
                Arguments.of("SETTINGS of 5 bytes", SETTINGS, 0, 0, new byte[5], 6),
                Arguments.of("SETTINGS on a stream", SETTINGS, 0, 1, none, 1),
                Arguments.of("an acknowledgement with a payload", SETTINGS, 1, 0, new byte[6], 6),
                Arguments.of("ENABLE_PUSH 2", SETTINGS, 0, 0, setting(2, 2), 1),
                Arguments.of("a window beyond 2^31-1", SETTINGS, 0, 0, setting(4, -1), 3),
                Arguments.of("a frame size below 16384", SETTINGS, 0, 0, setting(5, 100), 1),
                Arguments.of("PING of 7 bytes", PING, 0, 0, new byte[7], 6),
                Arguments.of("PING on a stream", PING, 0, 1, new byte[8], 1),
                Arguments.of("RST_STREAM on an idle stream", RST_STREAM, 0, 7, new byte[4], 1),
                Arguments.of("RST_STREAM of 3 bytes", RST_STREAM, 0, 1, new byte[3], 6),
                Arguments.of("WINDOW_UPDATE of 0", WINDOW_UPDATE, 0, 0, new byte[4], 1),
                Arguments.of("WINDOW_UPDATE of 3 bytes", WINDOW_UPDATE, 0, 0, new byte[3], 6),
                Arguments.of("a window opened too far", WINDOW_UPDATE, 0, 0, new byte[] {127, -1, -1, -1}, 3),
                Arguments.of("PUSH_PROMISE", 5, END_HEADERS, 1, new byte[4], 1),
                Arguments.of("padding beyond the payload", HEADERS, END_HEADERS | 8, 1, new byte[] {9, 0}, 1),
                Arguments.of("index 0", HEADERS, END_HEADERS, 1, new byte[] {(byte) 0x80}, 9),
                Arguments.of("an index beyond the table", HEADERS, END_HEADERS, 1, new byte[] {(byte) 0xff, 9}, 9),
                Arguments.of(
                        "a number without an end", HEADERS, END_HEADERS, 1, new byte[] {-1, -1, -1, -1, -1, -1}, 9),
                Arguments.of("a string beyond the block", HEADERS, END_HEADERS, 1, new byte[] {0, 9, 'x'}, 9),
                Arguments.of("a table larger than allowed", HEADERS, END_HEADERS, 1, new byte[] {0x3f, -31, 127}, 9),
                Arguments.of("a stream that depends on itself", 2, 0, 3, new byte[] {0, 0, 0, 3, 1}, 1));
    }

    private static byte[] setting(int identifier, int value) {
        return ByteBuffer.allocate(6).putShort((short) identifier).putInt(value).array();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fatal")
    void whatBreaksTheConnectionIsToldByItsCode(String what, int type, int flags, int stream, byte[] payload, int code)
            throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(type, flags, stream, payload);
            assertEquals("GOAWAY " + code, client.answer(1), what);
        }
        assertTrue(TestGateway.awaitFailure(gateway).failure().cause().id().startsWith("client.h2-"), what);
        assertEquals("200 END", served());
    }

    private String served() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, get("/head"));
            return client.answer(1);
        }
    }

    @Test
    void bodiesThatAreNotWhatWasAnnouncedAreRefused() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(HEADERS, END_HEADERS, 1, post("/echo", "content-length", "5"));
            client.frame(DATA, END_STREAM, 1, new byte[3]);
            assertTrue(client.answer(1).matches("400 END|RST 1"));
            client.frame(HEADERS, END_HEADERS, 3, post("/echo", "content-length", "5"));
            client.frame(DATA, END_STREAM, 3, new byte[9]);
            assertTrue(client.answer(3).matches("400 END|RST 1"));
            client.frame(HEADERS, END_HEADERS, 5, post("/echo"));
            client.frame(DATA, 0, 5, new byte[9]);
            client.frame(HEADERS, END_HEADERS | END_STREAM, 5, fields(":path", "/evil"));
            assertTrue(client.answer(5).endsWith("RST 1"));
            client.frame(HEADERS, END_HEADERS, 7, post("/echo"));
            client.frame(DATA, 0, 7, new byte[9]);
            client.frame(HEADERS, END_HEADERS | END_STREAM, 7, fields("x-checksum", "1"));
            assertEquals("200 END", client.answer(7));
        }
    }

    @Test
    void aClientThatResetsAStreamIs499AndCancelsTheUpstream() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, get("/slow/1"));
            TestGateway.await(
                    "the upstream is asked",
                    () -> gateway.gateway().upstreams().get("app").budget().open() == 1);
            client.frame(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
            Outcome outcome = gateway.failureOf("/slow/1");
            assertEquals(499, outcome.status());
            assertTrue(
                    outcome.failure().detail().contains("stream 1 (CANCEL)"),
                    outcome.failure().detail());
            client.frame(HEADERS, END_HEADERS | END_STREAM, 3, get("/head"));
            assertEquals("200 END", client.answer(3));
        }
    }

    @Test
    void aTornResponseIsAResetAndNeverAnEnd() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, get("/torn"));
            assertEquals("200 RST 2", client.answer(1));
        }
        assertEquals(
                "body.truncated", gateway.failureOf("/torn").failure().cause().id());
    }

    @Test
    void aHeaderBlockWithoutAnEndHasATimeLimit() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(HEADERS, 0, 1, get("/head"));
            assertEquals("GOAWAY 1", client.answer(1));
        }
        assertEquals(
                "client.timeout",
                TestGateway.awaitFailure(gateway).failure().cause().id());
    }

    @Test
    void aHugeHeadIsRefusedAndTheTableStaysRight() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            String[] more = new String[80];
            for (int i = 0; i < more.length; i += 2) {
                more[i] = "x-" + i;
                more[i + 1] = "v".repeat(900);
            }
            byte[] block = get("/head", more);
            client.frame(HEADERS, END_STREAM, 1, java.util.Arrays.copyOf(block, 16000));
            client.frame(CONTINUATION, 0, 1, java.util.Arrays.copyOfRange(block, 16000, 32000));
            client.frame(CONTINUATION, END_HEADERS, 1, java.util.Arrays.copyOfRange(block, 32000, block.length));
            assertEquals("400 END", client.answer(1));
            client.frame(HEADERS, END_HEADERS | END_STREAM, 3, get("/head"));
            assertEquals("200 END", client.answer(3));
        }
        assertEquals(
                "client.head-too-big",
                TestGateway.awaitFailure(gateway).failure().cause().id());
    }

    @Test
    void theJdksClientIsServedManyStreamsAtATime() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        List<CompletableFuture<HttpResponse<byte[]>>> running = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            byte[] body = Origin.pattern(1 + i * 4001);
            running.add(client.sendAsync(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/echo"))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray()));
        }
        for (int i = 0; i < running.size(); i++) {
            assertArrayEquals(Origin.pattern(1 + i * 4001), running.get(i).get().body());
        }
    }

    @Test
    void curlByPriorKnowledgeGetsWhatItSent() throws Exception {
        Curl curl = new Curl(directory, "http://127.0.0.1:" + gateway.port()).with("--http2-prior-knowledge");
        assertArrayEquals(Origin.pattern(3_000_000), curl.get("/bytes/3000000"));
        assertArrayEquals(Origin.pattern(2_000_000), curl.post("/echo", Origin.pattern(2_000_000)));
        assertTrue(curl.with("-H", "cookie: a=1", "-H", "cookie: b=2")
                .text("/head")
                .contains("Cookie: a=1; b=2\n"));
        assertTrue(new Curl(directory, "http://127.0.0.1:" + gateway.port())
                .text("/head")
                .contains("Host: "));
    }

    @Test
    void aStopSaysGoawayAndAnswersWhatRuns() throws Exception {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, get("/slow"));
            TestGateway.await(
                    "the upstream is asked",
                    () -> gateway.gateway().upstreams().get("app").budget().open() == 1);
            CompletableFuture<Integer> left = CompletableFuture.supplyAsync(() -> {
                try {
                    return gateway.gateway().drain();
                } catch (InterruptedException e) {
                    return -1;
                }
            });
            assertEquals("GOAWAY 0", client.answer(1));
            client.frame(HEADERS, END_HEADERS | END_STREAM, 3, get("/still-welcome"));
            String welcome = client.answer(3);
            if (welcome.equals("GOAWAY 0")) {
                welcome = client.answer(3); // on a busy machine the second overtakes it
            }
            assertEquals("200 END", welcome, "only the second GOAWAY says which stream is the last");
            assertEquals("200 END", client.answer(1));
            assertEquals(0, left.get());
        }
    }

    @Test
    void clientsThatHaveSaidNothingDoNotHoldTheDrainUp() throws Exception {
        try (Socket first = gateway.connect();
                Socket second = gateway.connect()) {
            long begun = System.nanoTime();
            assertEquals(0, gateway.gateway().drain());
            assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(20), "drain.timeout is 30 s");
            assertEquals(-1, first.getInputStream().read());
            assertEquals(-1, second.getInputStream().read());
        }
    }
}
