package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.PeerAddress;
import io.culprit.config.UpstreamConfig.Server;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** nginx's {@code max_fails} and {@code fail_timeout}. */
class PeerTest {
    private static final long TIMEOUT = 10_000;
    private static final Failure REFUSED = Failure.of(Cause.CONNECT_REFUSED, "");

    private static Peer peer(int maxConnections) {
        return new Peer(
                "127.0.0.1:9000",
                "127.0.0.1:9000",
                new InetSocketAddress("127.0.0.1", 9000),
                "127.0.0.1",
                new Server(new PeerAddress("127.0.0.1", 9000, ""), 1, false, false, maxConnections),
                1);
    }

    @Test
    void theFailureThatReachesMaxFailsEjects() {
        Peer peer = peer(0);
        assertFalse(peer.failed(2, TIMEOUT, 1000, "r1", REFUSED));
        assertTrue(peer.available(2, TIMEOUT, 1000));
        assertTrue(peer.failed(2, TIMEOUT, 1001, "r2", REFUSED), "the second of two");
        assertFalse(peer.available(2, TIMEOUT, 1001));
        assertFalse(peer.failed(2, TIMEOUT, 1002, "r3", REFUSED), "no news");
    }

    @Test
    void maxFailsOfZeroNeverEjects() {
        Peer peer = peer(0);
        for (int i = 0; i < 10; i++) {
            assertFalse(peer.failed(0, TIMEOUT, 1000, "r", REFUSED));
        }
        assertTrue(peer.available(0, TIMEOUT, 1000));
    }

    @Test
    void oneProbeComesThroughPerFailTimeout() {
        Peer peer = peer(0);
        peer.failed(1, TIMEOUT, 1000, "r", REFUSED);
        assertFalse(peer.available(1, TIMEOUT, 1000 + TIMEOUT));
        assertTrue(peer.available(1, TIMEOUT, 1001 + TIMEOUT));
        peer.chosen(TIMEOUT, 1001 + TIMEOUT);
        assertFalse(peer.available(1, TIMEOUT, 1002 + TIMEOUT), "the probe is under way");
        assertTrue(peer.succeeded(), "it ends the ejection");
        assertTrue(peer.available(1, TIMEOUT, 1003 + TIMEOUT));
    }

    @Test
    void asManyEnterAsTheServerTakes() {
        Peer peer = peer(2);
        assertTrue(peer.enter());
        assertTrue(peer.enter());
        assertFalse(peer.enter());
        assertEquals(2, peer.active());
    }
}
