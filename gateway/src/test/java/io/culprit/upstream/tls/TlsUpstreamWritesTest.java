package io.culprit.upstream.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plaintext into records, whatever the socket takes at a time, and the end that is told. */
class TlsUpstreamWritesTest extends TlsChannelFixture {
    @Test
    void aSocketThatTakesNothingTakesNothing() throws Exception {
        end.room = 0;
        ByteBuffer hello = ByteBuffer.wrap("hello".getBytes());
        assertEquals(0, write(hello), "it waits in a record, and counts when that has left");
        assertEquals(5, hello.remaining());
        assertEquals(0, write(hello));
        assertTrue(end.writesWanted);
        event(() -> end.takes(Long.MAX_VALUE));
        assertEquals(0, user.writable, "nobody has asked to be told");
        assertFalse(end.writesWanted);
        assertEquals(5, write(hello));
        assertFalse(hello.hasRemaining());
        event(() -> assertEquals("hello", end.serverReads()));
        assertEquals(0, end.<Integer>on(() -> end.loop.lent()));
    }

    /** However much the socket takes at a time: every byte once and in its order, and counted when it has left. */
    @ParameterizedTest
    @ValueSource(ints = {5000, 17_000, 40_000, 66_000, 70_000, 150_000})
    void whatIsWrittenInPiecesIsTheSame(int step) throws Exception {
        String all = text(150_000);
        ByteBuffer source = ByteBuffer.wrap(all.getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder got = new StringBuilder();
        end.room = step;
        long written = 0;
        event(channel::resumeWrites);
        for (int i = 0; source.hasRemaining(); i++) {
            assertTrue(i < 1000, "it comes to its end");
            int before = source.remaining();
            int n = write(source);
            assertEquals(before - source.remaining(), n);
            written += n;
            event(() -> got.append(end.serverReads()));
            assertTrue(got.length() >= written, "what counts as written has left");
            int told = user.writable;
            event(() -> end.takes(step));
            assertTrue(source.remaining() == 0 || user.writable >= told);
        }
        event(() -> {
            end.takes(Long.MAX_VALUE);
            got.append(end.serverReads());
        });
        assertEquals(all.length(), written);
        assertEquals(all, got.toString());
    }

    @Test
    void whoWantsToWriteIsToldAndOthersAreNot() throws Exception {
        event(channel::resumeWrites);
        assertTrue(end.writesWanted);
        event(() -> end.takes(Long.MAX_VALUE));
        assertEquals(1, user.writable);
        assertTrue(end.writesWanted);
        event(channel::suspendWrites);
        assertFalse(end.writesWanted);
        end.room = 0;
        write(ByteBuffer.wrap("hello".getBytes()));
        event(channel::suspendWrites);
        assertTrue(end.writesWanted, "a record waits, whoever wants what");
        event(channel::resumeWrites);
        event(() -> end.takes(3));
        assertEquals(1, user.writable, "the record has not left yet");
        event(() -> end.takes(Long.MAX_VALUE));
        assertEquals(2, user.writable);
    }

    @Test
    void theEndOfOutputIsACloseNotifyAndReadingGoesOn() throws Exception {
        write(ByteBuffer.wrap("last".getBytes()));
        event(channel::shutdownOutput);
        event(() -> assertEquals("last[end]", end.serverReads()));
        settled(() -> end.serverSays("answer"));
        assertEquals("answer", user.got.toString());
        assertFalse(end.closed);
    }

    @Test
    void aServerThatHasEndedCanStillBeReadAndNotWritten() throws Exception {
        settled(() -> end.serverEnds());
        assertEquals("[end]", user.told);
        assertTrue(channel.endedProperly());
        assertEquals(-1, read());
    }

    @Test
    void aCloseSaysGoodbyeAndFreesItsMemory() throws Exception {
        assertTrue(heap() >= 8192, heap() + " bytes are too few for an engine");
        event(channel::close);
        assertTrue(end.closed);
        event(() -> assertEquals("[end]", end.serverReads()));
        assertTrue(heap() <= 4096, heap() + " bytes are still counted");
    }

    @Test
    void afterACloseNothingIsTold() throws Exception {
        user.most = 20_000;
        settled(() -> {
            end.serverSays(text(32_000));
            channel.close();
        });
        assertEquals(1, user.readable);
    }

    @Test
    void whoeverGivesTheConnectionUpSaysSo() throws Exception {
        event(() -> ((TlsUpstreamChannel) channel).events().abandoned("the thread ends"));
        assertEquals("the thread ends", user.told);
    }
}
