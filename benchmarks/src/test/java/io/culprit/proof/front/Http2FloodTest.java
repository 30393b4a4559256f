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
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Http2Client;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client does to wear the gateway out over HTTP/2: it loses its own connection, and its neighbours notice nothing. */
class Http2FloodTest {
    private static final int PRIORITY = 2;
    private static final int UNKNOWN = 0x42;

    private Origin origin;
    private TestGateway gateway;

    @BeforeEach
    void begin() throws IOException {
        origin = new Origin();
        gateway = TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", http2: true } ]
                limits: { head_timeout: 1s, body_timeout: 2s, send_timeout: 1s }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ], keepalive: { connections: 256 } } }
                routes: [ { upstream: app } ]
                """.formatted(origin.port()));
    }

    @AfterEach
    void end() {
        gateway.close();
        origin.close();
    }

    /** What is sent again and again. */
    private interface Step {
        void at(Http2Client client, int i) throws IOException;
    }

    static Stream<Arguments> floods() {
        Step nothing = (client, i) -> {};
        Step head = (client, i) -> client.frame(HEADERS, 0, 1, get("/head"));
        Step body = (client, i) -> client.frame(HEADERS, END_HEADERS, 1, post("/echo"));
        return Stream.of(
                flood("PING", nothing, (client, i) -> client.frame(PING, 0, 0, new byte[8])),
                flood("SETTINGS", nothing, (client, i) -> client.frame(SETTINGS, 0, 0, new byte[0])),
                flood("PRIORITY", nothing, (client, i) -> client.frame(PRIORITY, 0, 2 * i + 1, new byte[5])),
                flood("frames nobody knows", nothing, (client, i) -> client.frame(UNKNOWN, 0, 0, new byte[3])),
                flood("empty DATA", body, (client, i) -> client.frame(DATA, 0, 1, new byte[0])),
                flood("WINDOW_UPDATE", body, (client, i) -> client.frame(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0, 1})),
                flood("rapid reset", nothing, (client, i) -> {
                    client.frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, get("/slow"));
                    client.frame(RST_STREAM, 0, 2 * i + 1, new byte[4]);
                }),
                flood("MadeYouReset", nothing, (client, i) -> {
                    client.frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, get("/slow"));
                    client.frame(DATA, 0, 2 * i + 1, new byte[1]);
                }),
                flood("empty CONTINUATION", head, (client, i) -> client.frame(CONTINUATION, 0, 1, new byte[0])),
                flood(
                        "CONTINUATION",
                        head,
                        (client, i) -> client.frame(CONTINUATION, 0, 1, fields("x", "y".repeat(1000)))));
    }

    private static Arguments flood(String name, Step first, Step again) {
        return Arguments.of(name, first, again);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodEndsItsConnectionAndNobodyElses(String name, Step first, Step again) throws IOException {
        try (Http2Client neighbour = new Http2Client(gateway.port());
                Http2Client client = new Http2Client(gateway.port())) {
            first.at(client, 0);
            assertEquals("GOAWAY 11", flood(client, again));
            neighbour.frame(HEADERS, END_HEADERS | END_STREAM, 1, get("/head"));
            assertEquals("200 END", neighbour.answer(1));
        }
        TestGateway.await(
                "it is told",
                () -> gateway.gateway().recorder().recentFailures().stream()
                        .anyMatch(each -> each.failure().cause().id().equals("client.h2-flood")));
    }

    private static String flood(Http2Client client, Step step) throws IOException {
        CompletableFuture<String> end = CompletableFuture.supplyAsync(() -> {
            try {
                return client.answer(-1);
            } catch (IOException e) {
                return e.toString();
            }
        });
        try {
            for (int i = 0; i < 20_000 && !end.isDone(); i++) {
                step.at(client, i);
            }
        } catch (IOException e) {
            // it was closed: what it said before counts
        }
        return end.join();
    }

    @Test
    void tinyWindowsSlowOneStreamAndNotItsNeighbour() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(SETTINGS, 0, 0, setting(4, 1));
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, get("/bytes/1000"));
            client.frame(HEADERS, END_HEADERS | END_STREAM, 3, get("/bytes/0"));
            assertEquals("200 END", client.answer(3));
            for (int i = 0; i < 999; i++) {
                client.frame(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0, 1});
            }
            assertTrue(client.answer(1).endsWith("END"));
        }
    }

    /** A client that never opens its window holds its own response only, and not for ever. */
    @Test
    void aWindowThatStaysShutEndsItsStreamOnly() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            client.frame(SETTINGS, 0, 0, setting(4, 0));
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, get("/bytes/1000"));
            client.frame(HEADERS, END_HEADERS | END_STREAM, 3, get("/bytes/0"));
            assertEquals("200 END", client.answer(3));
            String end = client.answer(1);
            assertTrue(end.contains("RST "), end);
            client.frame(HEADERS, END_HEADERS | END_STREAM, 5, get("/bytes/0"));
            assertEquals("200 END", client.answer(5), "the connection lives");
        }
        TestGateway.await(
                "it is told",
                () -> gateway.gateway().recorder().recentFailures().stream()
                        .anyMatch(each -> each.target().equals("/bytes/1000")));
    }

    /** 4 KiB in the table, and thousands of indexed fields that each stand for it (an HPACK bomb). */
    @Test
    void aFewBytesThatStandForMegabytesAreRefused() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.writeBytes(get("/head"));
            byte[] field = fields("x", "y".repeat(3_000));
            field[0] = 0x40; // literal with incremental indexing
            block.writeBytes(field);
            for (int i = 0; i < 8_000; i++) {
                block.write(0x80 | 62); // the newest entry of the dynamic table
            }
            byte[] whole = block.toByteArray();
            client.frame(HEADERS, END_HEADERS | END_STREAM, 1, whole);
            assertEquals("400 END", client.answer(1));
            client.frame(HEADERS, END_HEADERS | END_STREAM, 3, get("/head"));
            assertEquals("200 END", client.answer(3), "the table stays right");
        }
        assertEquals(
                "client.head-too-big",
                TestGateway.awaitFailure(gateway).failure().cause().id());
    }

    /** More streams than SETTINGS_MAX_CONCURRENT_STREAMS are refused one by one; those within it are served. */
    @Test
    void streamsBeyondTheLimitAreRefusedAndTheOthersServed() throws IOException {
        List<String> ends = new ArrayList<>();
        try (Http2Client client = new Http2Client(gateway.port())) {
            for (int i = 0; i < 140; i++) {
                client.frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, get("/slow"));
            }
            int refused = 0;
            int served = 0;
            while (refused + served < 140) {
                Http2Client.Frame frame = client.next();
                assertTrue(frame != null && frame.type() != Http2Client.GOAWAY, ends.toString());
                if (frame.type() == RST_STREAM) {
                    assertEquals(7, ByteBuffer.wrap(frame.payload()).getInt(), "REFUSED_STREAM: it may be asked again");
                    refused++;
                } else if (frame.endsStream()) {
                    served++;
                }
            }
            assertEquals(128, served);
        }
        TestGateway.await(
                "it is told",
                () -> gateway.gateway().recorder().recentFailures().stream()
                        .anyMatch(each -> each.failure().cause().id().equals("client.h2-streams")));
    }

    /** Streams that never finish their request, on many connections: each ends by its timer, and others are served meanwhile. */
    @Test
    void thousandsOfIdleStreamsHarmNobody() throws IOException {
        List<Http2Client> idle = new ArrayList<>();
        try {
            for (int c = 0; c < 20; c++) {
                Http2Client client = new Http2Client(gateway.port());
                idle.add(client);
                for (int i = 0; i < 128; i++) {
                    client.frame(HEADERS, END_HEADERS, 2 * i + 1, post("/echo"));
                }
            }
            try (Http2Client client = new Http2Client(gateway.port())) {
                client.frame(HEADERS, END_HEADERS | END_STREAM, 1, get("/head"));
                assertEquals("200 END", client.answer(1));
            }
            String end = idle.get(19).answer(255);
            assertTrue(end.startsWith("408") || end.contains("RST"), end);
        } finally {
            for (Http2Client each : idle) {
                each.close();
            }
        }
    }

    private static byte[] setting(int id, int value) {
        return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
    }
}
