package io.culprit.upstream.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** A server that asks for a certificate, does not get one and may hold that against us; and what else is rare. */
class TlsUpstreamEdgesTest extends TlsChannelFixture {
    @Override
    void prepare(SSLEngine server) {
        server.setWantClientAuth(true);
    }

    @Test
    void aCloseAfterADemandIsBlamedOnTheCertificate() throws Exception {
        settled(() -> end.ends());
        settled(() -> end.tell()); // behind what else was on its way
        assertEquals(
                "tls.certificate-demanded: the server closed the connection after it had asked for a certificate of ours",
                user.told);
    }

    @Test
    void aResetAfterADemandIsBlamedOnTheCertificate() throws Exception {
        end.trouble = new IOException("Connection reset");
        settled(() -> end.tell());
        settled(() -> end.tell()); // behind what else was on its way
        assertEquals(
                "tls.certificate-demanded: the server reset the connection after it had asked for a certificate of ours",
                user.told);
    }

    @Test
    void aServerThatHasAnsweredIsContentWithoutACertificate() throws Exception {
        settled(() -> end.serverSays("answer"));
        end.trouble = new IOException("Connection reset");
        settled(() -> end.tell());
        assertEquals("answer", user.got.toString());
        assertEquals("Connection reset", user.told);
        end.trouble = null;
        settled(() -> end.ends());
        assertEquals("[cut]", user.told);
    }

    /** RFC 8446 section 4.6.3: whoever is asked for new keys must answer before it sends anything else. */
    @Test
    void newKeysAreAnsweredWithoutAnybodysWriting() throws Exception {
        settled(() -> {
            end.server.beginHandshake();
            end.arrives(end.records(""));
        });
        assertTrue(end.<Integer>on(() -> end.sentToServer()) > 0, "the answer has left");
        settled(() -> {
            end.serverReads();
            end.serverSays("under new keys");
        });
        assertEquals("under new keys", user.got.toString());
    }

    @Test
    void aRecordIsReadInTheSmallestPieces() throws Exception {
        user.most = 16;
        settled(() -> end.serverSays(text(1001)));
        assertEquals(text(1001), user.got.toString());
    }

    @Test
    void whatWaitsIsForgottenByAClose() throws Exception {
        user.most = 16;
        user.suspends = true;
        settled(() -> end.serverSays(text(1000)));
        end.room = 0;
        assertEquals(0, write(ByteBuffer.wrap("hello".getBytes())));
        assertTrue(end.<Integer>on(() -> end.loop.lent()) >= 2);
        event(channel::close);
        assertEquals(0, end.<Integer>on(() -> end.loop.lent()));
    }

    /** The handshake of another connection, of which nothing has come back yet. */
    private UpstreamHandshake begun(TlsEnd other, List<Failure> failures) throws Exception {
        return other.on(() -> {
            UpstreamHandshake handshake = new UpstreamHandshake(
                    new PeerTls(certificates.trusting(), 1),
                    other,
                    other.loop,
                    "up.test",
                    443,
                    channel -> failures.add(null),
                    failures::add);
            handshake.start();
            return handshake;
        });
    }

    @Test
    void whoCancelsAHandshakeIsToldNothing() throws Exception {
        TlsEnd other = new TlsEnd(certificates.serving("up"));
        List<Failure> failures = new ArrayList<>();
        UpstreamHandshake handshake = begun(other, failures);
        other.on(() -> {
            handshake.cancel();
            assertTrue(other.closed);
            handshake.readable();
            handshake.abandoned("late");
            return null;
        });
        assertEquals(List.of(), failures);
        assertEquals(0, other.<Integer>on(() -> other.loop.lent()));
        other.stop();
    }

    @Test
    void aHandshakeWhoseThreadEndsFails() throws Exception {
        TlsEnd other = new TlsEnd(certificates.serving("up"));
        List<Failure> failures = new ArrayList<>();
        UpstreamHandshake handshake = begun(other, failures);
        other.on(() -> {
            handshake.abandoned("the thread ends");
            return null;
        });
        assertEquals(1, failures.size());
        assertEquals("gateway.internal", failures.get(0).cause().id());
        assertEquals("the thread ends", failures.get(0).detail());
        assertTrue(other.closed);
        other.stop();
    }
}
