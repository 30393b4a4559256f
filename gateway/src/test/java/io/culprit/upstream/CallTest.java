package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attempts of one call, and what each is counted as. */
class CallTest {
    private static final String TWO = "servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\" ]";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    private Rig rig(String more) throws Exception {
        return new Rig(root, 1, TWO + more);
    }

    private static String ejected(Rig rig) {
        return (rig.peer(0).ejection().isPresent() ? "1" : "")
                + (rig.peer(1).ejection().isPresent() ? "2" : "");
    }

    private static void nobodyIsHeld(Rig rig) {
        assertEquals(0, rig.peer(0).active() + rig.peer(1).active());
    }

    @Test
    void anotherPeerGetsTheWholeRequestAgain() throws Exception {
        try (Rig rig = rig("")) {
            Asked request = new Asked("PUT").whole("body");
            UpstreamCall call = rig.start(request, heard);
            rig.feed(ScriptedChannel.END);
            assertEquals("/127.0.0.1:2", rig.addresses.get(1));
            assertEquals("PUT /\nbody", rig.last().taken());
            assertEquals(1, request.rewinds);
            assertEquals(2, request.attempts);
            assertEquals(1, heard.discards);
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
            assertEquals(2, call.attempts().size());
            assertEquals(Cause.HEAD_CLOSED, call.attempts().get(0).failure().cause());
            assertEquals("1", ejected(rig));
            nobodyIsHeld(rig);
        }
    }

    @Test
    void whenNoOtherPeerIsLiveTheLastFailureIsTold() throws Exception {
        try (Rig rig = rig("")) {
            rig.run(() -> {
                rig.upstream.checkedBad(rig.peer(1), Failure.of(Cause.HEAD_TIMEOUT, "slow"));
                return null;
            });
            rig.start(new Asked("GET"), heard);
            rig.feed(new IOException("Connection reset"));
            assertEquals(Cause.HEAD_RESET, heard.failure.cause());
            assertEquals("no other peer is live", heard.noRetry);
            nobodyIsHeld(rig);
            Heard none = new Heard();
            rig.start(new Asked("GET"), none);
            assertEquals("", none.noRetry);
            assertTrue(
                    none.why()
                            .matches("peers.none-live: 127.0.0.1:1 is ejected until .* by request r1 .head.reset.; "
                                    + "127.0.0.1:2 fails its health check .head.timeout: slow."),
                    none.why());
        }
    }

    @Test
    void aFullPeerMakesItAFullPool() throws Exception {
        try (Rig rig = new Rig(
                root,
                1,
                "servers: [ { address: \"127.0.0.1:1\", max_connections: 1 }, { address: \"127.0.0.1:2\", down: true } ]")) {
            rig.start(new Asked("GET"), new Heard());
            rig.start(new Asked("GET"), heard);
            assertEquals(
                    "pool.full: 127.0.0.1:1 has all its connections in use; 127.0.0.1:2 is configured down",
                    heard.why());
            assertEquals("", heard.noRetry);
        }
    }

    @Test
    void asManyTriesAsThereAreServersAndNoMoreThanAreAllowed() throws Exception {
        String three = "servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\", \"127.0.0.1:3\" ]";
        for (int tries = 0; tries < 5; tries++) {
            Heard each = new Heard();
            try (Rig rig = new Rig(root, 1, three + ", next_upstream: { tries: " + tries + " }")) {
                rig.refusal = new IOException("Connection refused");
                UpstreamCall call = rig.start(new Asked("GET"), each);
                rig.settle();
                int expected = tries == 0 ? 3 : Math.min(3, tries);
                assertEquals(expected, call.attempts().size());
                assertEquals("no attempt is left of " + expected, each.noRetry);
                assertEquals(expected, rig.events.size(), "each is ejected");
            }
        }
    }

    @Test
    void aListedStatusGoesToAnotherPeerAndCountsAsAFailure() throws Exception {
        try (Rig rig = rig(", next_upstream: { on: [ error, http_503 ] }")) {
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.feed(BUSY);
            assertEquals("1", ejected(rig));
            assertTrue(rig.dialed.get(0).closed);
            assertEquals(503, call.attempts().get(0).status());
            assertEquals(
                    "the upstream answered 503, which next_upstream.on lists",
                    call.attempts().get(0).failure().detail());
            rig.feed(BUSY);
            assertEquals("503 of 0 [] done", heard.told(), "there is no third");
            assertEquals("12", ejected(rig));
            assertEquals(
                    "origin.error: the upstream answered 503",
                    call.originError().cause().id() + ": " + call.originError().detail());
            nobodyIsHeld(rig);
        }
    }

    @Test
    void whatIsNotListedIsPassedOnAndCountsAsASuccess() throws Exception {
        try (Rig rig = rig("")) {
            rig.start(new Asked("GET"), heard);
            rig.feed(BUSY);
            assertEquals("503 of 0 [] done", heard.told());
            assertEquals("", ejected(rig));
            assertEquals(1, rig.dialed.size());
        }
    }

    /** nginx: 403 and 404 are no failures of the server, 429 is. */
    @Test
    void aStatusBelowFiveHundredIsNobodysFailureBut429() throws Exception {
        for (int status : new int[] {403, 404, 429, 500}) {
            Heard each = new Heard();
            try (Rig rig = rig(", next_upstream: { on: [ http_403, http_404, http_429, http_500 ] }")) {
                String answer = "HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n";
                rig.start(new Asked("GET"), each);
                rig.feed(answer);
                assertEquals(2, rig.dialed.size());
                assertEquals(status >= 429 ? "1" : "", ejected(rig));
                rig.feed(answer);
                assertEquals(status + " of 0 [] done", each.told());
                assertEquals(status >= 429 ? "12" : "", ejected(rig));
            }
        }
    }

    @Test
    void aListedStatusIsPassedOnWhereTheRequestCannotBeRepeated() throws Exception {
        try (Rig rig = rig(", next_upstream: { on: [ http_503 ] }")) {
            rig.start(new Asked("POST").whole("x"), heard);
            rig.feed(BUSY);
            assertEquals("503 of 0 [] done", heard.told());
            assertEquals("1", ejected(rig));
            Heard committed = new Heard();
            committed.committed = true;
            rig.start(new Asked("GET"), committed);
            rig.feed(BUSY);
            assertEquals("503 of 0 [] done", committed.told());
        }
    }

    @Test
    void failuresOfTheGatewayAndOfClientsAreNotThePeers() throws Exception {
        try (Rig rig = rig("")) {
            rig.refusal = new IOException("Too many open files");
            rig.start(new Asked("GET"), heard);
            assertEquals(Cause.GATEWAY_FD_LIMIT, heard.failure.cause());
            assertEquals("gateway.fd-limit is never retried", heard.noRetry);
            rig.refusal = null;
            Asked leaving = new Asked("PUT").whole("x");
            leaving.broken = new io.culprit.http.MessageException(Failure.of(Cause.CLIENT_CLOSED, "left"));
            Heard left = new Heard();
            rig.start(leaving, left);
            assertEquals(Cause.CLIENT_CLOSED, left.failure.cause());
            assertEquals("", ejected(rig));
            nobodyIsHeld(rig);
        }
    }

    @Test
    void aStaleConnectionIsAFreeTryOnTheSamePeer() throws Exception {
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]")) {
            rig.exchange(OK);
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.feed(ScriptedChannel.END);
            assertEquals(2, rig.dialed.size());
            rig.feed(OK);
            assertEquals("200 of 2 [ok] done", heard.told());
            assertEquals(2, call.attempts().size());
            Heard twice = new Heard();
            rig.start(new Asked("GET"), twice);
            rig.feed(ScriptedChannel.END);
            rig.feed(ScriptedChannel.END);
            assertEquals("no attempt is left of 2", twice.noRetry);
            assertEquals(Cause.HEAD_CLOSED, twice.failure.cause());
            assertEquals(0, rig.peer(0).active());
        }
    }

    @Test
    void aKeptConnectionThatIsSlowIsNoStaleOne() throws Exception {
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ], timeouts: { read: 50ms }")) {
            rig.exchange(OK);
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            Rig.await("it is late", () -> heard.over);
            assertEquals(Cause.HEAD_TIMEOUT, heard.failure.cause());
            assertEquals("no attempt is left of 1", heard.noRetry);
            assertEquals(1, call.attempts().size());
        }
    }

    @Test
    void whoLeavesBetweenTwoTriesGetsNone() throws Exception {
        try (Rig rig = new Rig(root, 1, "servers: [ \"127.0.0.1:1\" ]")) {
            rig.exchange(OK);
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.run(() -> {
                rig.last().feed(ScriptedChannel.END);
                call.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                return null;
            });
            rig.settle();
            assertEquals(1, rig.dialed.size());
            assertEquals(1, call.attempts().size(), "none was under way");
            assertFalse(heard.over);
        }
    }

    @Test
    void whoLeavesWhileItRunsEndsIt() throws Exception {
        try (Rig rig = rig("")) {
            UpstreamCall call = rig.start(new Asked("GET"), heard);
            rig.feed("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo");
            Failure left = Failure.of(Cause.CLIENT_CLOSED, "left");
            rig.run(() -> {
                call.cancel(left);
                call.cancel(left);
                call.resume();
                return null;
            });
            assertTrue(rig.last().closed);
            assertEquals(1, call.attempts().size());
            assertEquals(left, call.attempts().get(0).failure());
            assertEquals(200, call.attempts().get(0).status());
            assertFalse(heard.over);
            nobodyIsHeld(rig);
            assertEquals(0, rig.upstream.budget().open());
        }
    }
}
