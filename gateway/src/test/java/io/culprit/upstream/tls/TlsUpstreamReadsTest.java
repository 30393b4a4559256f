package io.culprit.upstream.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plaintext out of records, whatever the socket gives at a time, and every way to end. */
class TlsUpstreamReadsTest extends TlsChannelFixture {
    @Test
    void bytesPassBothWays() throws Exception {
        assertTrue(channel.connected());
        ByteBuffer hello = ByteBuffer.wrap("hello".getBytes());
        assertEquals(5, write(hello));
        assertFalse(hello.hasRemaining());
        event(() -> assertEquals("hello", end.serverReads()));
        settled(() -> end.serverSays("you, too"));
        assertEquals("you, too", user.got.toString());
        assertEquals(0, end.<Integer>on(() -> end.loop.lent()), "while it is idle it holds no buffer");
    }

    /** A record is more than is asked for: the rest comes without another event of the socket. */
    @ParameterizedTest
    @ValueSource(ints = {16_384, 16_385, 20_000, 32_768, 100_000})
    void whatIsReadInSmallPiecesIsTheSame(int most) throws Exception {
        user.most = most;
        String all = text(50_000);
        event(() -> end.serverSays(all));
        while (user.got.length() < all.length()) {
            int before = user.got.length();
            settled(() -> end.tell());
            assertTrue(user.got.length() > before, "it goes on by itself");
        }
        assertEquals(all, user.got.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 100, 117})
    void aRecordThatComesInPiecesIsReadWhenItIsWhole(int cut) throws Exception {
        event(() -> {
            byte[] record = end.records(text(100));
            assertTrue(record.length > cut);
            end.arrives(java.util.Arrays.copyOf(record, cut));
            assertEquals("", user.got.toString());
            assertEquals("", user.told);
            assertEquals(0, channel.read(ByteBuffer.allocate(10)), "there is nothing more, and no end");
            end.arrives(java.util.Arrays.copyOfRange(record, cut, record.length));
        });
        assertEquals(text(100), user.got.toString());
    }

    @Test
    void nothingIsToldWhileReadsAreSuspended() throws Exception {
        user.most = 20_000;
        user.suspends = true;
        settled(() -> end.serverSays(text(32_000)));
        assertTrue(end.readsSuspended);
        assertEquals(1, user.readable);
        assertTrue(user.got.length() <= 16_384, "one record has been read");
        user.suspends = false;
        settled(() -> channel.resumeReads());
        assertFalse(end.readsSuspended);
        assertEquals(text(32_000), user.got.toString(), "what the channel holds needs no event of the socket");
    }

    @Test
    void aProperEndComesBehindAllThatWasSaid() throws Exception {
        settled(() -> {
            byte[] last = end.records("last");
            end.server.closeOutbound();
            byte[] notify = end.records("");
            byte[] both = java.util.Arrays.copyOf(last, last.length + notify.length);
            System.arraycopy(notify, 0, both, last.length, notify.length);
            end.arrives(both);
        });
        assertEquals("last", user.got.toString());
        assertEquals("[end]", user.told);
    }

    @Test
    void anEndWithoutCloseNotifyIsACut() throws Exception {
        settled(() -> {
            end.serverSays("half");
            end.ends();
        });
        assertEquals("half", user.got.toString());
        assertEquals("[cut]", user.told);
    }

    @Test
    void whatIsNoRecordBreaksItBehindWhatCameBefore() throws Exception {
        settled(() -> {
            byte[] good = end.records("good");
            byte[] all = java.util.Arrays.copyOf(good, good.length + 8);
            System.arraycopy("HTTP/1.1".getBytes(), 0, all, good.length, 8);
            end.arrives(all);
        });
        assertEquals("good", user.got.toString());
        assertTrue(user.told.startsWith("tls.not-tls: behind the handshake the server sent "), user.told);
    }

    @Test
    void aRecordThatWasChangedOnItsWayBreaksIt() throws Exception {
        settled(() -> {
            byte[] record = end.records("good");
            record[record.length - 1] ^= 1;
            end.arrives(record);
        });
        assertEquals("", user.got.toString());
        assertTrue(
                user.told.startsWith("tls.refused: behind the handshake a record of the server could not be read: "),
                user.told);
        IOException again = assertThrows(IOException.class, () -> read());
        assertTrue(HandshakeFailure.behind(again).isPresent(), "whoever reads again is told again");
    }

    @Test
    void aResetIsItself() throws Exception {
        end.trouble = new IOException("Connection reset");
        settled(() -> end.tell());
        settled(() -> end.tell()); // behind what else was on its way
        assertEquals("Connection reset", user.told);
    }
}
