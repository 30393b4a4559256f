package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.PeerAddress;
import io.culprit.config.UpstreamConfig.Server;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

    @Test
    void placesThatAreLeftCanBeTakenAgain() {
        Peer peer = peer(1);
        assertTrue(peer.enter());
        assertFalse(peer.enter());
        peer.leave();
        assertEquals(0, peer.active());
        assertTrue(peer.enter());
        Peer unlimited = peer(0);
        for (int i = 1; i <= 50; i++) {
            assertTrue(unlimited.enter());
            assertEquals(i, unlimited.active());
        }
    }

    @Test
    void aSuccessCountsForFailuresOfEarlierPeriodsOnly() {
        Peer peer = peer(0);
        peer.failed(2, TIMEOUT, 1000, "r", REFUSED);
        assertFalse(peer.succeeded());
        assertTrue(peer.failed(2, TIMEOUT, 1001, "r", REFUSED), "the one before still counts");
        Peer later = peer(0);
        later.failed(2, TIMEOUT, 1000, "r", REFUSED);
        later.chosen(TIMEOUT, 1000 + TIMEOUT);
        assertFalse(later.succeeded(), "the period is not over");
        later.chosen(TIMEOUT, 1001 + TIMEOUT);
        assertFalse(later.succeeded(), "no ejection ends");
        assertFalse(later.failed(2, TIMEOUT, 1002 + TIMEOUT, "r", REFUSED), "the first of a new count");
    }

    @Test
    void aNewPeriodBeginsWithTheChoiceAfterTheLast() {
        Peer peer = peer(0);
        peer.failed(1, TIMEOUT, 1000, "r", REFUSED);
        peer.chosen(TIMEOUT, 1000 + TIMEOUT);
        assertTrue(peer.available(1, TIMEOUT, 1001 + TIMEOUT), "the choice was within the period");
    }

    @Test
    void whoIsForgivenBeginsAnew() {
        Peer peer = peer(0);
        peer.failed(2, TIMEOUT, 1000, "r", REFUSED);
        peer.forgive();
        assertFalse(peer.failed(2, TIMEOUT, 1001, "r", REFUSED));
    }

    @Test
    void anEjectionNamesItsRequestAndEndsWithItsTime() {
        Peer peer = peer(0);
        assertEquals("127.0.0.1:9000 has all its connections in use", peer.whyUnavailable());
        assertEquals(Peer.State.UP, peer.state());
        Instant before = Instant.now();
        peer.failed(1, 60_000, 1000, "r7", REFUSED);
        Peer.Ejection ejection = peer.ejection().orElseThrow();
        assertEquals("r7", ejection.requestId());
        assertEquals(REFUSED, ejection.failure());
        assertFalse(ejection.until().isBefore(before.plusMillis(60_000)));
        assertTrue(ejection.until().isBefore(before.plusMillis(90_000)));
        assertEquals(Peer.State.EJECTED, peer.state());
        assertEquals("ejected", peer.state().id());
        assertEquals(
                "127.0.0.1:9000 is ejected until " + ejection.until() + " by request r7 (connect.refused)",
                peer.whyUnavailable());
        peer.failed(1, -1_000, 1001, "r8", REFUSED);
        assertEquals(Peer.State.UP, peer.state(), "its time is over");
    }

    @Test
    void aSuccessAfterAnEjectionIsNewsOnce() {
        Peer peer = peer(0);
        peer.failed(1, TIMEOUT, 1000, "r", REFUSED);
        assertFalse(peer.succeeded(), "one that was under way");
        assertTrue(peer.ejection().isPresent());
        peer.chosen(TIMEOUT, 1001 + TIMEOUT);
        assertTrue(peer.succeeded());
        assertTrue(peer.ejection().isEmpty());
        assertFalse(peer.succeeded());
    }

    @Test
    void aFailedCheckTakesItOutUntilOneSucceeds() {
        Peer peer = peer(0);
        assertFalse(peer.checkedGood(), "it had not been bad");
        assertTrue(peer.checkedBad(Failure.of(Cause.HEAD_TIMEOUT, "too slow")));
        assertFalse(peer.checkedBad(REFUSED), "no news");
        assertEquals(REFUSED, peer.checkFailure().orElseThrow());
        assertFalse(peer.available(0, TIMEOUT, 1000));
        assertEquals(Peer.State.FAILING_CHECK, peer.state());
        assertEquals("127.0.0.1:9000 fails its health check (connect.refused: )", peer.whyUnavailable());
        assertTrue(peer.checkedGood());
        assertTrue(peer.checkFailure().isEmpty());
        assertTrue(peer.available(0, TIMEOUT, 1000));
    }

    @Test
    void oneThatIsDownIsNeverUsed() {
        Peer peer = Peers.of(new Server(new PeerAddress("127.0.0.1", 9000, ""), 3, true, true, 7));
        assertTrue(peer.down());
        assertTrue(peer.backup());
        assertEquals(3, peer.weight());
        assertEquals(7, peer.maxConnections());
        assertFalse(peer.available(0, TIMEOUT, 1000));
        assertEquals(Peer.State.DOWN, peer.state());
        assertEquals("127.0.0.1:9000 is configured down", peer.whyUnavailable());
    }

    @Test
    void anotherConfigurationLeavesItsStateAlone() {
        Peer peer = peer(0);
        peer.failed(1, TIMEOUT, 1000, "r", REFUSED);
        peer.configure("other #2", new Server(new PeerAddress("127.0.0.1", 9000, ""), 1, false, false, 1), 9, true);
        assertEquals("other #2", peer.id());
        assertEquals("127.0.0.1:9000", peer.name());
        assertEquals(9, peer.weight());
        assertTrue(peer.backup());
        assertEquals(1, peer.maxConnections());
        assertFalse(peer.available(1, TIMEOUT, 1000));
        assertFalse(peer.gone());
        assertFalse(peer(0).backup());
        peer.leaveGroup();
        assertTrue(peer.gone());
    }

    @Test
    void idleConnectionsAreCountedByThread() {
        Peer peer = Peers.of(1, 1, 0);
        peer.idleChanged(1, 1);
        peer.idleChanged(1, 1);
        peer.idleChanged(1, -1);
        assertEquals(0, peer.idle(0));
        assertEquals(1, peer.idle(1));
    }

    @Test
    void aGroupMakesOneAttemptForEachThatIsNotDown() {
        Peer up = Peers.of(1, 1, 0);
        Peer down = Peers.of(new Server(new PeerAddress("127.0.0.1", 2, ""), 1, false, true, 0));
        Peer backup = Peers.of(3, 1, 0);
        PeerGroup group = new PeerGroup(List.of(up, backup, down), List.of(backup, down, down), Optional.empty());
        assertEquals(3, group.tries());
        assertEquals(6, group.size());
        assertFalse(group.single());
        assertEquals(List.of(up, backup, down, backup, down, down), group.all());
        assertTrue(new PeerGroup(List.of(), List.of(backup), Optional.empty()).single());
        assertFalse(new PeerGroup(List.of(), List.of(), Optional.empty()).single());
    }
}
