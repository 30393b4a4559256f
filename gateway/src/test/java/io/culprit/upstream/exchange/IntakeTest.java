package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import io.culprit.upstream.ScriptedChannel;
import io.culprit.upstream.UpstreamCall;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a response is read: as fast as its client takes it, and to its end. */
class IntakeTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    private Rig rig(String more) throws Exception {
        return new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]" + more);
    }

    private String answered(String method, Object... events) throws Exception {
        Heard each = new Heard();
        try (Rig rig = rig("")) {
            rig.start(new Asked(method), each);
            rig.feed(events);
            return each.told() + (rig.last().closed ? "" : " kept");
        }
    }

    @Test
    void everyFramingEndsInItsWay() throws Exception {
        assertEquals("200 of 4 [body] done kept", answered("GET", HEAD.formatted(4) + "body"));
        assertEquals("200 of 4 [body] done kept", answered("GET", HEAD.formatted(4), "bo", "dy"));
        assertEquals("200 of 0 [] done kept", answered("HEAD", HEAD.formatted(4)));
        assertEquals("204 of 0 [] done kept", answered("GET", "HTTP/1.1 204 No\r\n\r\n"));
        assertEquals(
                "200 of -1 [body] done kept",
                answered("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"));
        assertEquals(
                "200 of -1 trailers 1 [body] done kept",
                answered("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\na: b\r\n\r\n"));
        assertEquals("200 of -1 [body] done", answered("GET", "HTTP/1.1 200 OK\r\n\r\nbody", ScriptedChannel.END));
        assertEquals(
                "200 of 4 [body] done",
                answered("GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody"));
    }

    @Test
    void hintsArePassedOnAnd100IsNot() throws Exception {
        assertEquals(
                "103 200 of 0 [] done kept",
                answered("GET", "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 H\r\n\r\n", HEAD.formatted(0)));
    }

    @Test
    void moreThanTheResponseIsAWarningAndTheConnectionIsNotKept() throws Exception {
        try (Rig rig = rig("")) {
            rig.start(new Asked("GET"), heard);
            rig.feed(HEAD.formatted(4) + "bodyx");
            assertEquals("200 of 4 [body] done warning body.excess", heard.told());
            assertEquals(
                    "1 byte beyond the end of the response; they were dropped and the connection closed",
                    heard.warning.detail());
            assertTrue(rig.last().closed);
            assertEquals(0, rig.upstream.budget().open());
        }
    }

    /** 16 reads of a whole buffer in one event, then it is the next connection's turn. */
    @Test
    void aFastPeerGivesOthersTheirTurn() throws Exception {
        try (Rig rig = rig("")) {
            rig.start(new Asked("GET"), heard);
            String body = "b".repeat(40 * IoLoop.BUFFER_SIZE);
            rig.feed(HEAD.formatted(body.length()));
            rig.run(() -> {
                ScriptedChannel channel = rig.last();
                int before = channel.readings;
                int flushes = heard.flushes;
                channel.put(body);
                channel.wake();
                assertEquals(16, channel.readings - before);
                assertEquals(16, heard.flushes - flushes);
                heard.keepsUp = false;
                channel.wake();
                assertEquals(17, channel.readings - before, "one for whom the client is behind");
                heard.keepsUp = true;
                heard.wants = false;
                channel.wake();
                assertEquals(18, channel.readings - before, "one for whom nothing more is wanted");
                assertFalse(channel.reads);
                return null;
            });
            assertEquals(18 * IoLoop.BUFFER_SIZE, heard.bodyLength());
        }
    }

    @Test
    void aReadThatDoesNotFillTheBufferIsTheLastOne() throws Exception {
        try (Rig rig = rig("")) {
            rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                ScriptedChannel channel = rig.last();
                channel.put(HEAD.formatted(100), "b".repeat(50), "b".repeat(50));
                channel.wake();
                assertEquals(1, channel.readings);
                channel.wake();
                assertEquals(2, channel.readings);
                return null;
            });
            assertEquals(50, heard.bodyLength());
        }
    }

    /** The buffer was full, so that more would have been read. */
    @Test
    void aCallThatIsGivenUpAfterAFullBufferIsOver() throws Exception {
        try (Rig rig = rig("")) {
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            heard.onFlush = () -> call.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
            rig.feed(HEAD.formatted(10 * IoLoop.BUFFER_SIZE) + "x".repeat(3 * IoLoop.BUFFER_SIZE));
            assertEquals(1, heard.flushes);
            assertTrue(rig.last().closed);
            assertEquals(0, rig.upstream.budget().open());
        }
    }

    @Test
    void aCallThatIsGivenUpWhileItIsFlushedReadsNoFurther() throws Exception {
        try (Rig rig = rig("")) {
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            heard.onFlush = () -> call.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
            rig.run(() -> {
                ScriptedChannel channel = rig.last();
                channel.put(HEAD.formatted(100) + "b".repeat(10), "b".repeat(10));
                channel.wake();
                assertEquals(1, channel.readings);
                assertTrue(channel.closed);
                return null;
            });
            assertFalse(heard.over, "nobody is told");
            assertEquals(0, rig.upstream.budget().open());
            assertEquals(0, rig.peer(0).active());
        }
    }

    @Test
    void whoeverCannotTakeItIsTheCause() throws Exception {
        assertEquals("gateway.temp-disk-full: buffering the response: full", troubled(new IOException("full"), false));
        assertEquals(
                "head.bad-header: no", troubled(new MessageException(Failure.of(Cause.HEAD_BAD_HEADER, "no")), false));
        assertEquals("gateway.temp-disk-full: buffering the response: full", troubled(new IOException("full"), true));
    }

    private String troubled(IOException trouble, boolean whenFlushed) throws Exception {
        Heard each = new Heard();
        each.committed = true;
        if (whenFlushed) {
            each.flushTrouble = trouble;
        } else {
            each.trouble = trouble;
        }
        try (Rig rig = rig("")) {
            rig.start(new Asked("GET"), each);
            rig.feed("HTTP/1.1 103 H\r\n\r\n" + HEAD.formatted(4) + "bo");
            assertTrue(rig.last().closed);
            assertEquals(0, rig.upstream.budget().open());
        }
        return each.why();
    }

    @Test
    void bytesThatCannotBeTakenAreTheCauseToo() throws Exception {
        try (Rig rig = rig("")) {
            heard.committed = true;
            rig.start(new Asked("GET"), heard);
            rig.feed(HEAD.formatted(4));
            heard.trouble = new IOException("full");
            rig.feed("bo");
            assertEquals("200 of 4 [] gateway.temp-disk-full", heard.told());
        }
    }

    @Test
    void anUpgradeLeavesTheConnectionToItsTunnel() throws Exception {
        try (Rig rig = rig("")) {
            Asked request = new Asked("GET");
            request.upgrades = true;
            rig.start(request, heard);
            rig.feed("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nearly");
            assertEquals("101 early 5 []", heard.told());
            assertFalse(rig.last().closed);
            assertEquals(1, rig.peer(0).active());
            assertEquals(1, rig.upstream.budget().open());
            rig.run(() -> {
                assertEquals(rig.last(), heard.tunnel.channel());
                heard.tunnel.close();
                heard.tunnel.close();
                return null;
            });
            assertEquals(1, rig.last().closes);
            assertEquals(0, rig.peer(0).active());
            assertEquals(0, rig.upstream.budget().open());
        }
    }

    @Test
    void anUpgradeNobodyAskedForIsAFault() throws Exception {
        assertEquals("[] head.unrequested-upgrade", answered("GET", "HTTP/1.1 101 Switching\r\n\r\n"));
    }
}
