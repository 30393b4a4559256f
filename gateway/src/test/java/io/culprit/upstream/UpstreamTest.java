package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which peer is asked, and what is told of those that are taken out of use and come back. */
class UpstreamTest {
    private static final String THREE = "servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\", \"127.0.0.1:3\" ]";
    private static final byte[] CLIENT = new byte[4];
    private static final Failure REFUSED = Failure.of(Cause.CONNECT_REFUSED, "nobody there");

    @TempDir
    Path root;

    private static String choose(Upstream upstream, List<Peer> tried) {
        return upstream.choose(upstream.peers().group(), tried, CLIENT)
                .map(Peer::name)
                .orElse("none");
    }

    private static String events(Rig rig) {
        return rig.events.stream()
                .map(each -> each.kind().id() + " " + each.upstream() + " " + each.subject() + " " + each.detail())
                .collect(Collectors.joining("|"));
    }

    @Test
    void thoseTriedAreNotChosenAgain() throws Exception {
        try (Rig rig = new Rig(root, 1, THREE)) {
            assertEquals("127.0.0.1:2", choose(rig.upstream, List.of(rig.peer(0))));
            assertEquals(1, rig.peer(1).active());
            assertEquals("none", choose(rig.upstream, List.of(rig.peer(0), rig.peer(1), rig.peer(2))));
        }
    }

    @Test
    void backupsAreChosenWhenNoPrimaryCanBe() throws Exception {
        try (Rig rig = new Rig(
                root, 1, "servers: [ { address: \"127.0.0.1:1\", backup: true }, \"127.0.0.1:2\", \"127.0.0.1:3\" ]")) {
            PeerGroup group = rig.upstream.peers().group();
            assertEquals("127.0.0.1:2", choose(rig.upstream, List.of()));
            rig.upstream.peerFailed(group, group.primaries().get(0), "r", REFUSED);
            assertEquals("127.0.0.1:3", choose(rig.upstream, List.of()));
            assertEquals("127.0.0.1:1", choose(rig.upstream, group.primaries()));
            assertEquals(1, group.backups().get(0).active());
        }
    }

    @Test
    void whatIsFullIsPassedOver() throws Exception {
        try (Rig rig = new Rig(
                root,
                1,
                "servers: [ { address: \"127.0.0.1:1\", max_connections: 1 }, { address: \"127.0.0.1:2\", max_connections: 2 } ]")) {
            assertEquals("127.0.0.1:1", choose(rig.upstream, List.of()));
            assertEquals("127.0.0.1:2", choose(rig.upstream, List.of()));
            assertEquals("127.0.0.1:2", choose(rig.upstream, List.of()));
            assertEquals("none", choose(rig.upstream, List.of()));
            rig.peer(0).leave();
            assertEquals("127.0.0.1:1", choose(rig.upstream, List.of()));
            assertEquals(1, rig.peer(0).active());
        }
    }

    @Test
    void theOnlyPeerIsUsedUnlessItIsDownFullOrFailsItsCheck() throws Exception {
        try (Rig rig =
                new Rig(root, 1, "servers: [ { address: \"127.0.0.1:1\", max_connections: 1, backup: true } ]")) {
            PeerGroup group = rig.upstream.peers().group();
            rig.upstream.peerFailed(group, rig.peer(0), "r", REFUSED);
            rig.upstream.peerFailed(group, rig.peer(0), "r", REFUSED);
            assertEquals("", events(rig), "never ejected");
            assertEquals("127.0.0.1:1", choose(rig.upstream, List.of()));
            assertEquals("none", choose(rig.upstream, List.of()), "full");
            rig.peer(0).leave();
            assertEquals("none", choose(rig.upstream, List.of(rig.peer(0))), "tried");
            rig.upstream.checkedBad(rig.peer(0), REFUSED);
            assertEquals("none", choose(rig.upstream, List.of()));
            assertEquals(0, rig.peer(0).active());
        }
    }

    @Test
    void theOnlyPeersFailuresAreForgotten() throws Exception {
        try (Rig rig = new Rig(root, 1, THREE + ", health: { max_fails: 2 }")) {
            rig.peer(0).failed(2, 10_000, 1, "r", REFUSED);
            PeerGroup alone = new PeerGroup(List.of(rig.peer(0)), List.of(), Optional.empty());
            rig.upstream.peerFailed(alone, rig.peer(0), "r", REFUSED);
            rig.upstream.peerFailed(rig.upstream.peers().group(), rig.peer(0), "r", REFUSED);
            assertEquals("", events(rig), "the first of a new count");
        }
    }

    @Test
    void anEjectionIsToldAndItsEnd() throws Exception {
        try (Rig rig = new Rig(root, 1, THREE + ", health: { max_fails: 2, fail_timeout: 700ms }")) {
            PeerGroup group = rig.upstream.peers().group();
            Peer first = rig.peer(0);
            rig.upstream.peerFailed(group, first, "r1", REFUSED);
            assertEquals("", events(rig));
            rig.upstream.peerFailed(group, first, "r2", REFUSED);
            rig.upstream.peerFailed(group, first, "r3", REFUSED);
            assertEquals(1, rig.events.size());
            assertTrue(
                    events(rig)
                            .matches(
                                    "peer.ejected app 127.0.0.1:1 127.0.0.1:1 is ejected until .* by request r2 .connect.refused."),
                    events(rig));
            assertEquals("127.0.0.1:2", choose(rig.upstream, List.of()));
            assertEquals("127.0.0.1:3", choose(rig.upstream, List.of()));
            assertEquals("127.0.0.1:2", choose(rig.upstream, List.of()));
            rig.upstream.peerSucceeded(rig.peer(1));
            rig.upstream.peerSucceeded(first);
            assertEquals(1, rig.events.size(), "one that was under way says nothing");
            Rig.await("it is tried again", () -> choose(rig.upstream, List.of()).equals("127.0.0.1:1"));
            rig.upstream.peerSucceeded(first);
            rig.upstream.peerSucceeded(first);
            assertEquals(2, rig.events.size());
            assertTrue(events(rig).endsWith("|peer.returned app 127.0.0.1:1 a request succeeded"), events(rig));
        }
    }

    @Test
    void checksAreToldWhenTheyTurn() throws Exception {
        try (Rig rig = new Rig(root, 1, THREE)) {
            rig.upstream.checkedGood(rig.peer(0));
            rig.upstream.checkedBad(rig.peer(0), REFUSED);
            rig.upstream.checkedBad(rig.peer(0), REFUSED);
            rig.upstream.checkedGood(rig.peer(0));
            rig.upstream.checkedGood(rig.peer(0));
            assertEquals(
                    "check.failed app 127.0.0.1:1 connect.refused (nobody there)"
                            + "|check.recovered app 127.0.0.1:1 the health check succeeded",
                    events(rig));
        }
    }

    @Test
    void whetherAnotherCouldBeAskedNow() throws Exception {
        try (Rig rig = new Rig(
                root, 1, "servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\", { address: \"127.0.0.1:3\", backup: true } ]")) {
            PeerGroup group = rig.upstream.peers().group();
            assertTrue(rig.upstream.hasOther(group, rig.peer(0), List.of()));
            assertTrue(rig.upstream.hasOther(group, rig.peer(0), List.of(rig.peer(1))), "the backup");
            assertFalse(rig.upstream.hasOther(group, rig.peer(2), List.of(rig.peer(0), rig.peer(1))));
            assertFalse(rig.upstream.hasOther(group, rig.peer(0), List.of(rig.peer(1), rig.peer(2))));
            rig.upstream.peerFailed(group, rig.peer(1), "r", REFUSED);
            assertTrue(rig.upstream.hasOther(group, rig.peer(0), List.of()));
            assertFalse(rig.upstream.hasOther(group, rig.peer(0), List.of(rig.peer(2))), "ejected");
        }
    }

    @Test
    void aPlaceIsWantedByWhoeverWaitsAndOfThoseWhoAreGone() throws Exception {
        try (Rig rig =
                new Rig(root, 1, "servers: [ { address: \"127.0.0.1:1\", max_connections: 1 } ], max_connections: 1")) {
            var wanted = rig.upstream.wantedFor(rig.peer(0));
            assertFalse(wanted.getAsBoolean());
            rig.upstream.budget().tryAcquire();
            var want = rig.upstream.budget().await(rig.loop(), () -> {});
            assertTrue(wanted.getAsBoolean());
            rig.upstream.budget().cancel(want);
            assertFalse(wanted.getAsBoolean());
            rig.peer(0).budget().tryAcquire();
            want = rig.peer(0).budget().await(rig.loop(), () -> {});
            assertTrue(wanted.getAsBoolean());
            rig.peer(0).budget().cancel(want);
            assertFalse(wanted.getAsBoolean());
            rig.peer(0).leaveGroup();
            assertTrue(wanted.getAsBoolean());
        }
    }

    @Test
    void idleConnectionsOfOtherThreadsAreSeen() throws Exception {
        try (Rig rig = new Rig(root, 3, THREE)) {
            Peer peer = rig.peer(0);
            assertEquals(Optional.empty(), rig.upstream.idleElsewhere(rig.loop(0), peer));
            rig.run(0, () -> {
                peer.idleChanged(0, 1);
                return null;
            });
            assertEquals(Optional.empty(), rig.upstream.idleElsewhere(rig.loop(0), peer), "its own is none");
            assertEquals(Optional.of(rig.loop(0)), rig.upstream.idleElsewhere(rig.loop(2), peer));
            assertEquals(3, rig.upstream.loops());
        }
    }

    @Test
    void aSuccessorSharesTheBudgetUnlessItsLimitIsAnother() throws Exception {
        try (Rig rig = new Rig(root, 1, THREE)) {
            rig.upstream.peerFailed(rig.upstream.peers().group(), rig.peer(0), "r", REFUSED);
            Upstream next = rig.successor(THREE + ", balance: ip_hash");
            assertEquals(rig.upstream.budget(), next.budget());
            assertFalse(next.peers().group().all().contains(rig.peer(0)), "not before it comes into force");
            next.inherit();
            next.inherit();
            assertEquals(
                    rig.upstream.peers().group().all(), next.peers().group().all());
            assertTrue(next.peers().group().all().get(0).ejection().isPresent());
            Upstream other = rig.successor(THREE + ", max_connections: 1");
            assertFalse(rig.upstream.budget() == other.budget());
            assertTrue(other.budget().tryAcquire());
            assertFalse(other.budget().tryAcquire());
        }
    }
}
