package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import io.culprit.upstream.ScriptedChannel;
import io.culprit.upstream.UpstreamCall;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a request leaves, as fast as the peer takes it, and what becomes of one that does not. */
@Tag("slow")
class SendTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    private Rig rig(String more) throws Exception {
        return new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]" + more);
    }

    /** A channel that stands when it is told to, and takes as many bytes then. */
    private static ScriptedChannel stand(Rig rig, int takes) throws Exception {
        ScriptedChannel channel = rig.last();
        rig.run(() -> {
            channel.takes = takes;
            channel.stand();
            return null;
        });
        return channel;
    }

    private static void drain(Rig rig, int most) throws Exception {
        rig.run(() -> {
            rig.last().drain(most);
            return null;
        });
    }

    @Test
    void headAndBodyLeaveTogetherAndAnswersAreReadThen() throws Exception {
        try (Rig rig = rig("")) {
            UpstreamCall call = rig.start(new Asked("PUT").whole("body"), heard);
            assertEquals("PUT /\nbody", rig.last().taken());
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
            Attempt attempt = call.attempts().get(0);
            assertEquals(10, attempt.bytesOut());
            assertEquals(OK.length(), attempt.bytesIn());
            assertFalse(rig.last().writes);
        }
    }

    @Test
    void whatThePeerDoesNotTakeWaitsInOneBuffer() throws Exception {
        try (Rig rig = rig("")) {
            rig.standing = false;
            UpstreamCall call = rig.start(new Asked("PUT").whole("b".repeat(100_000)), heard);
            int lent = rig.run(() -> rig.loop().lent());
            ScriptedChannel channel = stand(rig, 1000);
            assertEquals(1000, channel.taken().length());
            assertTrue(channel.writes);
            assertEquals(lent + 1, rig.run(() -> rig.loop().lent()));
            drain(rig, 500);
            assertEquals(1500, channel.taken().length());
            assertTrue(channel.writes);
            drain(rig, 0);
            drain(rig, Integer.MAX_VALUE);
            assertEquals("PUT /\n" + "b".repeat(100_000), channel.taken());
            assertFalse(channel.writes);
            assertEquals(lent, rig.run(() -> rig.loop().lent()));
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
            assertEquals(100_006, call.attempts().get(0).bytesOut());
        }
    }

    @Test
    void aHeadLargerThanAnyBufferLeavesInPieces() throws Exception {
        try (Rig rig = rig("")) {
            rig.standing = false;
            Asked request = new Asked("PUT").whole("body");
            request.head = "h".repeat(3 * IoLoop.BUFFER_SIZE);
            rig.start(request, heard);
            long heap = rig.memory.heapUsed();
            ScriptedChannel channel = stand(rig, 7);
            assertTrue(rig.memory.heapUsed() > heap + 2 * IoLoop.BUFFER_SIZE, "what waits is counted");
            assertTrue(channel.writes);
            drain(rig, IoLoop.BUFFER_SIZE);
            drain(rig, Integer.MAX_VALUE);
            assertEquals(request.head + "body", channel.taken());
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
            assertTrue(rig.memory.heapUsed() < heap + IoLoop.BUFFER_SIZE);
        }
    }

    @Test
    void aLargeHeadThatIsTakenAtOnceIsFollowedByAllOfTheBody() throws Exception {
        try (Rig rig = rig("")) {
            Asked request = new Asked("PUT").whole("b".repeat(200_000));
            request.head = "h".repeat(IoLoop.BUFFER_SIZE + 1);
            rig.start(request, heard);
            assertEquals(request.head + "b".repeat(200_000), rig.last().taken());
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
        }
    }

    @Test
    void whatArrivesWhileThePeerTakesNothingIsSentBehindWhatWaits() throws Exception {
        try (Rig rig = rig("")) {
            rig.standing = false;
            Asked request = new Asked("PUT").with("one ");
            rig.start(request, heard);
            ScriptedChannel channel = stand(rig, 3);
            rig.run(() -> {
                request.whole("two").arrived();
                return null;
            });
            assertEquals("PUT", channel.taken());
            drain(rig, Integer.MAX_VALUE);
            assertEquals("PUT /\none two", channel.taken());
            rig.run(() -> {
                request.arrived();
                return null;
            });
            rig.feed(OK);
            rig.run(() -> {
                request.arrived(); // too late to be anybody's
                return null;
            });
            assertEquals("PUT /\none two", channel.taken());
            assertEquals("200 of 2 [ok] done", heard.told());
        }
    }

    @Test
    void aPeerThatTakesNothingForTheSendTimeoutIsGivenUp() throws Exception {
        try (Rig rig = rig(", timeouts: { send: 1500ms, read: 20s }, next_upstream: { tries: 1 }")) {
            rig.standing = false;
            rig.start(new Asked("PUT").whole("body"), heard);
            ScriptedChannel channel = stand(rig, 3);
            for (int i = 0; i < 5; i++) { // each byte begins the time anew
                rig.pass(350);
                drain(rig, 1);
            }
            assertFalse(heard.over);
            Rig.await("it is given up, however often the selector asks", () -> {
                try {
                    drain(rig, 0);
                    return heard.over;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertEquals(
                    "send.timeout: nothing could be written to the upstream for timeouts.send of 1.50 s, 8 bytes were sent",
                    heard.why());
            assertTrue(channel.closed);
            assertEquals(0, rig.run(() -> rig.loop().lent()));
        }
    }

    @Test
    void anAnswerIsWorthMoreThanABrokenPipe() throws Exception {
        try (Rig rig = rig("")) {
            rig.standing = false;
            rig.start(new Asked("POST").whole("body"), heard);
            ScriptedChannel channel = rig.last();
            rig.run(() -> {
                channel.put("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                channel.breaks = new IOException("Broken pipe");
                channel.stand();
                return null;
            });
            assertEquals("413 of 2 [no] done", heard.told());
            assertTrue(channel.closed, "its request was not sent to the end");
            assertEquals(0, rig.upstream.idleConnections());
        }
    }

    @Test
    void aPipeThatBreaksWithoutAnAnswerIsTheCause() throws Exception {
        try (Rig rig = rig("")) {
            rig.standing = false;
            rig.start(new Asked("POST").whole("body"), heard);
            ScriptedChannel channel = stand(rig, 5);
            rig.run(() -> {
                channel.breaks = new IOException("Broken pipe");
                channel.drain(10);
                return null;
            });
            rig.settle();
            assertEquals(
                    "send.broken-pipe: the upstream broke the connection after 5 bytes of the request, fresh connection",
                    heard.why());
            assertEquals("EPIPE", heard.failure.errno());
            assertEquals("POST is not idempotent and may have been processed", heard.noRetry);
            assertTrue(channel.closed);
            assertFalse(channel.writes);
            assertEquals(0, rig.run(() -> rig.loop().lent()));
        }
    }

    @Test
    void aResetWhileSendingIsAnotherCause() throws Exception {
        try (Rig rig = rig("")) {
            rig.standing = false;
            rig.start(new Asked("POST").whole("body"), heard);
            ScriptedChannel channel = rig.last();
            rig.run(() -> {
                channel.breaks = new IOException("Connection reset by peer");
                channel.stand();
                return null;
            });
            rig.settle();
            assertEquals(Cause.SEND_RESET, heard.failure.cause());
            assertEquals("ECONNRESET", heard.failure.errno());
        }
    }

    /** The pipe breaks, what can be read says no more, and then the end comes. */
    @Test
    void aBrokenPipeExplainsTheEndThatFollowsIt() throws Exception {
        for (Object end : new Object[] {ScriptedChannel.END, new IOException("Connection reset by peer")}) {
            Heard each = new Heard();
            try (Rig rig = rig("")) {
                rig.standing = false;
                rig.start(new Asked("POST").whole("body"), each);
                ScriptedChannel channel = rig.last();
                rig.run(() -> {
                    channel.put(end);
                    channel.breaks = new IOException("Broken pipe");
                    channel.stand();
                    return null;
                });
                rig.settle();
                assertEquals(Cause.SEND_BROKEN_PIPE, each.failure.cause());
            }
        }
    }
}
