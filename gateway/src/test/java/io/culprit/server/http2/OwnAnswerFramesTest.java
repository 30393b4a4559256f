package io.culprit.server.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An answer of the gateway's own to a client that takes it bit by bit, or not at all: it is over when its last byte has left. */
class OwnAnswerFramesTest {
    private static final int INITIAL_WINDOW = 4;

    @TempDir
    Path directory;

    private Engine engine(String sendTimeout) throws Exception {
        return Engine.start(directory, """
                upstreams: { app: { servers: [ "127.0.0.1:%%d" ] } }
                routes: [ { match: { path: /own }, respond: { status: 200, body: own } }, { match: { path: /app }, upstream: app } ]
                limits: { send_timeout: %s }
                """.formatted(sendTimeout), (connection, number) -> {});
    }

    @Test
    void itIsRecordedWhenAllOfItWasTaken() throws Exception {
        try (Engine engine = engine("20s");
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 1)) {
            client.request(1, true, "GET", "/own");
            assertTrue(client.next(1).startsWith("HEADERS 200 "));
            assertEquals("DATA o", client.next(1));
            assertEquals("DATA w", client.window(1, 1).next(1));
            assertEquals(0, engine.gateway().recorder().counters().requests());
            assertEquals("DATA n END", client.window(1, 1).next(1));
            assertTrue(engine.outcome().contains("\"status\":200,\"ending\":\"delivered\""), engine.outcome());
        }
    }

    @Test
    void whoNeverTakesItIsTornFromItAndItIsRecordedAsItWas() throws Exception {
        try (Engine engine = engine("200ms");
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 1)) {
            client.request(1, true, "GET", "/nowhere");
            List<String> frames = client.next(1, 3);
            assertTrue(frames.get(0).startsWith("HEADERS 404 "), frames.toString());
            assertEquals("DATA 4", frames.get(1));
            assertEquals("RST_STREAM INTERNAL_ERROR", frames.get(2));
            assertTrue(engine.outcome().contains("\"cause\":\"route.none\""), engine.outcome());
            assertEquals(1, engine.ended(Ending.FAILED));
        }
    }

    @Test
    void whoResetsItHasItsRecordToo() throws Exception {
        try (Engine engine = engine("20s");
                FrameClient client = new FrameClient(engine, INITIAL_WINDOW, 1)) {
            client.request(1, true, "GET", "/own");
            assertTrue(client.next(1).startsWith("HEADERS 200 "));
            client.reset(1, ErrorCode.CANCEL).request(3, true, "HEAD", "/own");
            String head = client.next(3);
            assertTrue(head.contains("content-length=3 ") && head.endsWith(" END"), head);
            assertEquals(2, engine.outcomes(2).size());
            assertEquals(2, engine.ended(Ending.DELIVERED));
        }
    }
}
