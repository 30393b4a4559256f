package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import io.culprit.upstream.ScriptedChannel;
import io.culprit.upstream.UpstreamCall;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a response may take, and who waits for whom. */
@Tag("slow")
class PaceTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    private Rig rig(String more) throws Exception {
        return new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]" + more);
    }

    @Test
    void whoWantsNoMoreIsNotBlamedOnThePeer() throws Exception {
        try (Rig rig = rig(", timeouts: { read: 300ms }")) {
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            heard.wants = false;
            rig.feed(HEAD.formatted(8) + "body");
            ScriptedChannel channel = rig.last();
            assertFalse(channel.reads);
            rig.pass(500); // nobody counts while we do not read
            assertFalse(heard.over);
            heard.wants = true;
            rig.run(() -> {
                call.resume();
                return null;
            });
            assertTrue(channel.reads);
            Rig.await("the peer is late now", () -> heard.over);
            assertEquals(
                    "body.timeout: no byte for timeouts.body of 300 ms after 4 of 8 bytes of the body", heard.why());
        }
    }

    @Test
    void eachByteOfTheBodyBeginsTheTimeoutAnew() throws Exception {
        try (Rig rig = rig(", timeouts: { read: 1500ms }")) {
            rig.start(new Asked("GET"), heard);
            rig.feed(HEAD.formatted(6));
            for (int i = 0; i < 5; i++) {
                rig.pass(350);
                rig.feed("b");
            }
            assertFalse(heard.over);
            rig.feed("b");
            assertEquals("200 of 6 [bbbbbb] done", heard.told());
        }
    }

    /** timeouts.head is from the request sent to the head complete, whatever trickles in. */
    @Test
    void aHeadThatTricklesIsLate() throws Exception {
        try (Rig rig = rig(", timeouts: { read: 200ms }")) {
            rig.start(new Asked("GET"), heard);
            AtomicInteger sent = new AtomicInteger();
            Rig.await("it is late", () -> {
                try {
                    if (!heard.over) {
                        rig.feed("HTTP/1.1 100 C\r\n\r\n");
                        sent.incrementAndGet();
                        rig.pass(40);
                    }
                    return heard.over;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertEquals(Cause.HEAD_TIMEOUT, heard.failure.cause());
            assertTrue(
                    heard.failure
                            .detail()
                            .matches("no complete response head within timeouts.head of 200 ms, 0 bytes of one and"
                                    + " [0-9]+ interim responses? had arrived, fresh connection"),
                    heard.failure.detail());
        }
    }

    /** What would only be written to a disk that is behind is left where it is. */
    @Test
    void whatNobodyWaitsForIsReadWhenItIsItsTurn() throws Exception {
        try (Rig rig = rig("")) {
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.feed(HEAD.formatted(12) + "one ");
            ScriptedChannel channel = rig.last();
            rig.run(() -> {
                heard.keepsUp = false;
                rig.loop().diskPace().postpone(() -> {}); // somebody else waits for the disk
                channel.feed("two ");
                channel.wake();
                assertEquals(4, heard.bodyLength());
                assertFalse(channel.reads);
                assertTrue(channel.unread());
                return null;
            });
            Rig.await("it is its turn", () -> heard.bodyLength() == 8);
            assertTrue(rig.run(() -> channel.reads));
            rig.run(() -> {
                rig.loop().diskPace().postpone(() -> {});
                channel.feed("end.");
                assertEquals(8, heard.bodyLength());
                call.resume(); // the client has caught up
                assertEquals(12, heard.bodyLength());
                assertTrue(channel.reads);
                return null;
            });
            rig.settle();
            assertEquals("200 of 12 [one two end.] done", heard.told());
        }
    }

    @Test
    void whoKeepsUpOrHasNoHeadYetIsReadAtOnce() throws Exception {
        try (Rig rig = rig("")) {
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                heard.keepsUp = false;
                rig.loop().diskPace().postpone(() -> {});
                rig.last().feed(HEAD.formatted(6) + "bo");
                assertEquals(2, heard.bodyLength());
                heard.keepsUp = true;
                rig.last().feed("dy");
                assertEquals(4, heard.bodyLength());
                heard.keepsUp = false;
                rig.last().feed("xy");
                assertEquals(4, heard.bodyLength());
                call.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                return null;
            });
            rig.settle();
            assertEquals(4, heard.bodyLength());
            assertFalse(heard.over);
        }
    }
}
