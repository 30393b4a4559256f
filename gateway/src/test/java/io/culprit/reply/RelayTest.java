package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.UpstreamConfig.Buffering;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.Field;
import io.culprit.http.HttpResponseHead;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.Spill;
import io.culprit.loop.TempFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an upstream's response becomes for the client, and until when another one may still take its place. */
class RelayTest {
    private static final IoLoop LOOP = new IoLoop(null, 0);

    private final RelayClient client = new RelayClient();
    private final StringBuilder said = client.said;

    @TempDir
    Path directory;

    private Relay relay(long hold, boolean buffered, boolean headRequest, HeadChanges changes) {
        Spill held =
                new Spill(LOOP, new MemoryAccount(LOOP, Optional.empty()), 1 << 20, 0, new TempFiles(directory, 1));
        Buffering buffering = new Buffering(true, buffered, 1 << 20, 0, hold);
        return new Relay(client, client, headRequest, changes, buffering, held);
    }

    private static ResponseHead head(String lines) throws IOException {
        HttpResponseHead head = new HttpResponseHead(4096, 100);
        head.reset();
        assertTrue(head.read(ByteBuffer.wrap(("HTTP/1.1 " + lines + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII))));
        return head;
    }

    private static ByteBuffer bytes(int n) {
        return ByteBuffer.wrap("b".repeat(n).getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aResponsePassesAsItComes() throws IOException {
        Relay relay = relay(0, true, false, HeadChanges.NONE);
        relay.head(head("200 OK\r\nContent-Length: 3\r\nDate: today"), 3);
        assertEquals(200, relay.status());
        relay.body(bytes(3));
        relay.flush();
        relay.complete(null);
        assertEquals("eager=false head=200/3 body=3 flush end relayed ", said.toString());
        assertEquals(List.of(), client.changes.added(), "it has a date of its own");
    }

    /** Exactly the bytes of hold let go; one less does not. */
    @Test
    void holdKeepsTheHeadUntilThatMuchHasCome() throws IOException {
        Relay relay = relay(10, true, false, HeadChanges.NONE);
        relay.head(head("200 OK\r\nContent-Length: 20"), 20);
        relay.body(bytes(9));
        relay.flush();
        assertEquals("eager=false head=200/20 hold ", said.toString());
        assertFalse(relay.committed());
        relay.body(bytes(1));
        assertEquals("eager=false head=200/20 hold body=10 ", said.toString());
        relay.body(bytes(10));
        relay.flush();
        relay.complete(null);
        assertEquals("eager=false head=200/20 hold body=10 body=10 flush end relayed ", said.toString());
    }

    @Test
    void aShortBodyIsLetGoByItsEnd() throws IOException {
        Relay relay = relay(10, true, false, HeadChanges.NONE);
        relay.head(head("200 OK\r\nContent-Length: 4"), 4);
        relay.body(bytes(4));
        relay.complete(null);
        assertEquals("eager=false head=200/4 hold body=4 end relayed ", said.toString());
    }

    @Test
    void whatIsHeldIsForgottenByAFailure() throws IOException {
        Relay relay = relay(10, true, false, HeadChanges.NONE);
        relay.head(head("200 OK\r\nContent-Length: 20"), 20);
        relay.body(bytes(9));
        relay.failed(Failure.of(Cause.BODY_TRUNCATED, "torn"), "tries");
        assertEquals("eager=false head=200/20 hold drop failed body.truncated tries ", said.toString());
        assertEquals(0, relay.status());
        assertEquals(0, LOOP.lent(), "and its buffers are given back");
    }

    @Test
    void whatTheClientHasSeenIsNotTakenBack() throws IOException {
        Relay relay = relay(0, true, false, HeadChanges.NONE);
        relay.head(head("200 OK\r\nContent-Length: 20"), 20);
        client.committed = true;
        relay.failed(Failure.of(Cause.BODY_TRUNCATED, "torn"), "");
        assertEquals("eager=false head=200/20 failed body.truncated  ", said.toString());
        assertEquals(200, relay.status());
    }

    @Test
    void whoAsksForStreamingGetsIt() throws IOException {
        Relay streams = relay(10, true, false, HeadChanges.NONE);
        streams.head(head("200 OK\r\nX-Accel-Buffering: No\r\nContent-Length: 20"), 20);
        streams.body(bytes(1));
        assertEquals("eager=true head=200/20 body=1 ", said.toString(), "hold does not hold a stream");
        said.setLength(0);
        relay(0, false, false, HeadChanges.NONE).head(head("200 OK"), -1);
        assertEquals("eager=true head=200/-1 ", said.toString());
    }

    @Test
    void aHeadRequestHoldsNothingAndHasTheLengthAGetWouldHave() throws IOException {
        Relay relay = relay(10, true, true, HeadChanges.NONE);
        relay.head(head("200 OK\r\nContent-Length: 20"), 0);
        relay.complete(null);
        assertEquals("eager=false head=200/20 bodyless end relayed ", said.toString());
    }

    @Test
    void whatIsAddedToHeads() throws IOException {
        relay(0, true, false, HeadChanges.NONE).head(head("200 OK"), -1);
        assertEquals(List.of("Date"), client.added());
        relay(0, true, false, HeadChanges.NONE).head(head("499 Odd\r\nDate: x"), -1);
        assertEquals(List.of(), client.added());
        relay(0, true, false, HeadChanges.NONE).head(head("500 Oh\r\nDate: x"), -1);
        assertEquals(List.of("Proxy-Status"), client.added());
        relay(0, true, false, new HeadChanges(List.of(), List.of(new Field("X-A", "b"))))
                .head(head("503 Oh"), -1);
        assertEquals(List.of("X-A", "Date", "Proxy-Status"), client.added());
    }

    @Test
    void trailersPassButForWhatTheRouteRemoves() throws IOException {
        Relay relay = relay(0, true, false, new HeadChanges(List.of("x-secret"), List.of()));
        byte[] lines = "X-Secret: 1\r\nX-Told: 2\r\n".getBytes(StandardCharsets.US_ASCII);
        relay.trailers(Trailers.of(lines, lines.length));
        assertEquals("trailers=[Field[name=X-Told, value=2]] ", said.toString());
    }

    @Test
    void aFullDiskWhileItEndsIsAFailure() throws IOException {
        Relay relay = relay(10, true, false, HeadChanges.NONE);
        relay.head(head("200 OK\r\nContent-Length: 4"), 4);
        relay.body(bytes(4));
        client.full = true;
        relay.complete(null);
        assertTrue(said.toString().endsWith("failed gateway.temp-disk-full  "), said.toString());
    }
}
