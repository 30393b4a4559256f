package io.culprit.upstream.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.upstream.Asked;
import io.culprit.upstream.Heard;
import io.culprit.upstream.Rig;
import io.culprit.upstream.Upstream;
import io.culprit.upstream.UpstreamCall;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kept connections that change hands: from thread to thread, and from an upstream to its successor. */
class MovedTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String DONE = "200 of 2 [ok] done";

    @TempDir
    Path root;

    private Rig rig(int threads, String more) throws Exception {
        return new Rig(root, threads, "servers: [ \"127.0.0.1:1\" ]" + more);
    }

    private static void nothingIsLeft(Rig rig) {
        assertEquals(0, rig.upstream.budget().open());
        assertEquals(0, rig.upstream.idleConnections());
        assertEquals(0, rig.peer(0).idle(0));
        assertEquals(0, rig.peer(0).idle(1));
    }

    @Test
    void anotherThreadsIdleConnectionIsTakenOver() throws Exception {
        try (Rig rig = rig(2, "")) {
            rig.exchange(OK);
            rig.last().movable = true;
            Heard heard = new Heard();
            UpstreamCall call = rig.run(1, () -> {
                UpstreamCall asked = new UpstreamCall(rig.upstream, rig.loop(1), new Asked("GET"), heard);
                asked.start(System.nanoTime());
                return asked;
            });
            rig.settle();
            assertEquals(1, rig.dialed.size());
            assertEquals(0, rig.peer(0).idle(0));
            rig.run(1, () -> {
                rig.last().feed(OK);
                return null;
            });
            assertEquals(DONE, heard.told());
            assertEquals(1, rig.peer(0).idle(1));
            assertTrue(call.attempts().get(0).reused());
            assertEquals(1, call.attempts().get(0).connectionRequests());
            assertTrue(call.attempts().get(0).connectionIdleNanos() > 0);
            assertEquals(1, rig.upstream.budget().open());
        }
    }

    @Test
    void aConnectionThatCannotMoveIsReplaced() throws Exception {
        for (boolean detaches : new boolean[] {false, true}) {
            try (Rig rig = rig(2, "")) {
                rig.exchange(OK);
                rig.last().movable = detaches;
                rig.last().moveFails = true;
                rig.run(1, () -> {
                    new UpstreamCall(rig.upstream, rig.loop(1), new Asked("GET"), new Heard()).start(System.nanoTime());
                    return null;
                });
                rig.settle();
                assertTrue(rig.dialed.get(0).closed);
                assertEquals(2, rig.dialed.size());
                assertEquals(1, rig.upstream.budget().open());
            }
        }
    }

    @Test
    void whoLeavesWhileItMovesLetsItGo() throws Exception {
        try (Rig rig = rig(2, "")) {
            rig.exchange(OK);
            rig.last().movable = true;
            rig.run(1, () -> {
                UpstreamCall call = new UpstreamCall(rig.upstream, rig.loop(1), new Asked("GET"), new Heard());
                call.start(System.nanoTime());
                call.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                return null;
            });
            rig.settle();
            assertTrue(rig.last().closed);
            nothingIsLeft(rig);
        }
    }

    @Test
    void aSuccessorTakesKeptConnectionsAndClosesThoseToServersThatAreGone() throws Exception {
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\" ]")) {
            rig.exchange(OK);
            rig.exchange(OK);
            rig.dialed.forEach(each -> each.movable = true);
            Upstream next = rig.successor("servers: [ \"127.0.0.1:1\" ]");
            next.inherit();
            rig.settle();
            assertEquals(0, rig.upstream.idleConnections());
            assertEquals(1, next.idleConnections());
            assertFalse(rig.dialed.get(0).closed);
            assertTrue(rig.dialed.get(1).closed);
            assertEquals(1, next.budget().open());
            assertEquals(1, next.peers().group().all().get(0).idle(0));
        }
    }

    @Test
    void aSuccessorThatSpeaksOtherwiseTakesNothing() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.last().movable = true;
            rig.run(() -> {
                rig.upstream.checkedBad(rig.peer(0), Failure.of(Cause.HEAD_TIMEOUT, "slow"));
                return null;
            });
            Upstream other = rig.successor("servers: [ \"127.0.0.1:1\" ], proxy_protocol: v1");
            other.inherit();
            rig.settle();
            assertEquals(1, rig.upstream.idleConnections());
            assertEquals(0, other.idleConnections());
            assertTrue(other.peers().group().all().get(0).checkFailure().isEmpty());
        }
    }

    @Test
    void aSuccessorWithAnotherLimitTakesWhatIsKnownButNoConnections() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.last().movable = true;
            rig.run(() -> {
                rig.upstream.checkedBad(rig.peer(0), Failure.of(Cause.HEAD_TIMEOUT, "slow"));
                return null;
            });
            String servers = "servers: [ \"127.0.0.1:1\" ], max_connections: 7";
            Upstream next = rig.successor(servers + ", health: { check: { path: /, every: 5s } }");
            next.inherit();
            rig.settle();
            assertEquals(rig.peer(0), next.peers().group().all().get(0));
            assertTrue(rig.peer(0).checkFailure().isPresent(), "checks go on");
            assertEquals(1, rig.upstream.idleConnections());
            assertEquals(0, next.idleConnections());
            Upstream unchecked = rig.successor(servers);
            unchecked.inherit();
            assertTrue(rig.peer(0).checkFailure().isEmpty(), "nobody would take it back");
        }
    }

    @Test
    void aConnectionThatBreaksAsItChangesHandsIsGoneWithItsPlaces() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.last().movable = true;
            rig.last().moveFails = true;
            Upstream next = rig.successor("servers: [ \"127.0.0.1:1\" ]");
            next.inherit();
            rig.settle();
            assertTrue(rig.last().closed);
            assertEquals(0, next.budget().open());
            assertEquals(0, next.idleConnections());
        }
    }

    /** What is left of its time goes with it, by the successor's clock. */
    @Test
    void itsIdleTimeGoesOn() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.last().movable = true;
            Upstream next = rig.successor("servers: [ \"127.0.0.1:1\" ], keepalive: { idle: 600ms }");
            next.inherit();
            rig.settle();
            assertEquals(1, next.idleConnections());
            assertFalse(rig.last().closed);
            Rig.await("it is closed", () -> rig.last().closed && next.idleConnections() == 0);
        }
    }

    @Test
    void aSuccessorThatKeepsNoneClosesThem() throws Exception {
        try (Rig rig = rig(1, "")) {
            rig.exchange(OK);
            rig.last().movable = true;
            Upstream next = rig.successor("servers: [ \"127.0.0.1:1\" ], keepalive: { connections: 0 }");
            next.inherit();
            rig.settle();
            assertTrue(rig.last().closed);
            assertEquals(0, next.budget().open());
        }
    }
}
