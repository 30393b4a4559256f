package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Event;
import io.culprit.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a call leaves behind: at its peers, in the budgets and for whoever waits. */
class CallOutcomesTest {
    private static final String TWO = "servers: [ \"127.0.0.1:1\", \"127.0.0.1:2\" ]";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path root;

    private final Heard heard = new Heard();

    @Test
    void aPeerThatAnswersAgainIsBackInUse() throws Exception {
        try (Rig rig = new Rig(root, 1, TWO + ", health: { fail_timeout: 20ms }")) {
            rig.refusal = new IOException("Connection refused");
            rig.start(new Asked("GET"), heard);
            rig.settle();
            assertEquals(2, rig.events.size());
            rig.refusal = null;
            Rig.await("it is asked again", () -> {
                try {
                    return rig.exchange(OK).endsWith("done");
                } catch (Exception | AssertionError e) {
                    return false; // nobody was asked yet
                }
            });
            assertTrue(rig.events.stream().anyMatch(each -> each.kind() == Event.Kind.PEER_RETURNED));
        }
    }

    /** The pipe was broken before the first byte. */
    @Test
    void whatHasSentNothingMayGoToAnotherPeerWhateverTheMethod() throws Exception {
        try (Rig rig = new Rig(root, 1, TWO)) {
            rig.standing = false;
            UpstreamCall call = rig.start(new Asked("POST").whole("x"), heard);
            rig.run(() -> {
                rig.last().breaks = new IOException("Broken pipe");
                rig.last().stand();
                return null;
            });
            rig.settle();
            assertEquals(2, rig.dialed.size());
            assertEquals(1, call.attempts().size());
            assertEquals(0, call.attempts().get(0).bytesOut());
        }
    }

    @Test
    void noAttemptBeginsWhenTheTimeForThemIsOver() throws Exception {
        for (boolean late : new boolean[] {false, true}) {
            Heard each = new Heard();
            try (Rig rig = new Rig(root, 1, TWO + ", next_upstream: { timeout: " + (late ? "30ms" : "60s") + " }")) {
                rig.start(new Asked("GET"), each);
                if (late) {
                    rig.pass(60); // the first attempt takes so long
                }
                rig.feed(ScriptedChannel.END);
                assertEquals(late ? 1 : 2, rig.dialed.size());
                assertEquals(late ? "next_upstream.timeout of 30 ms is over" : null, each.noRetry);
            }
        }
    }

    @Test
    void whoLeavesWhileHeWaitsForAServersPlaceWantsItNoMore() throws Exception {
        try (Rig rig = new Rig(root, 1, "servers: [ { address: \"127.0.0.1:1\", max_connections: 1 } ]")) {
            assertTrue(rig.peer(0).budget().tryAcquire());
            UpstreamCall waiting = rig.start(new Asked("GET"), heard);
            assertTrue(rig.peer(0).budget().wanted());
            assertEquals(1, rig.upstream.budget().open());
            rig.run(() -> {
                waiting.cancel(Failure.of(Cause.CLIENT_CLOSED, "left"));
                return null;
            });
            assertFalse(rig.peer(0).budget().wanted());
            assertEquals(0, rig.upstream.budget().open());
        }
    }

    /** What another thread kept is no better than one's own where a request cannot be repeated. */
    @Test
    void aPostTakesNoConnectionOfAnotherThreadThatIdledForLong() throws Exception {
        try (Rig rig = new Rig(root, 2, "servers: [ \"127.0.0.1:1\" ]")) {
            rig.exchange(OK);
            rig.last().movable = true;
            rig.run(() -> {
                rig.peer(0).habit().closedAfter(1000);
                return null;
            });
            rig.run(1, () -> {
                new UpstreamCall(rig.upstream, rig.loop(1), new Asked("POST").whole("x"), heard)
                        .start(System.nanoTime());
                return null;
            });
            rig.settle();
            assertTrue(rig.dialed.get(0).closed);
            assertEquals(2, rig.dialed.size());
            assertEquals(1, rig.upstream.budget().open());
            assertEquals("POST /\nx", rig.last().taken());
        }
    }

    @Test
    void aCheckThatFailsIsToldAtOnce() throws Exception {
        try (Rig rig = new Rig(root, 1, TWO)) {
            rig.upstream.checkedBad(rig.peer(0), Failure.of(Cause.HEAD_TIMEOUT, "slow"));
            assertEquals(1, rig.events.size());
            rig.upstream.checkedBad(rig.peer(0), Failure.of(Cause.HEAD_TIMEOUT, "slow"));
            assertEquals(1, rig.events.size());
        }
    }
}
