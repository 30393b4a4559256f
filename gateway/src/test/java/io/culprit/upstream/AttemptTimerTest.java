package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which phase of an attempt took how long, and which did not happen. */
class AttemptTimerTest {
    private static final Failure REFUSED = Failure.of(Cause.CONNECT_REFUSED, "");
    private static final long LEAST = 2_000_000;

    private final AttemptTimer timer = new AttemptTimer();

    /** Until the clock has gone on by {@link #LEAST}. */
    private static long pass() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < LEAST) {
            Thread.onSpinWait();
        }
        return System.nanoTime();
    }

    private static String phases(Attempt attempt) {
        return phase(attempt.connectNanos())
                + phase(attempt.tlsNanos())
                + phase(attempt.sendNanos())
                + phase(attempt.headNanos())
                + phase(attempt.bodyNanos());
    }

    private static String phase(long nanos) {
        return nanos == -1
                ? "-"
                : nanos >= LEAST && nanos < TimeUnit.SECONDS.toNanos(30) ? "+" : nanos == 0 ? "0" : "<" + nanos + ">";
    }

    @Test
    void everyPhaseOfAFreshConnection() {
        long before = System.nanoTime();
        timer.start("a");
        timer.connecting();
        long connecting = System.nanoTime();
        pass();
        timer.handshaking();
        pass();
        timer.sending();
        assertFalse(timer.isSent());
        timer.sent(pass());
        assertTrue(timer.isSent());
        pass();
        assertTrue(timer.sinceSentNanos() >= LEAST && timer.sinceSentNanos() < TimeUnit.SECONDS.toNanos(30));
        timer.read(100);
        timer.headComplete(204);
        pass();
        timer.read(20);
        timer.read(-1);
        timer.wrote(7);
        timer.wrote(3);
        timer.stderr("oops");
        assertEquals(120, timer.bytesIn());
        assertEquals(10, timer.bytesOut());
        assertEquals(204, timer.status());
        Attempt attempt = timer.complete(null);
        assertEquals("+++++", phases(attempt));
        assertTrue(attempt.startNanos() >= before && attempt.startNanos() <= connecting);
        assertTrue(attempt.totalNanos() <= System.nanoTime() - before, "no time is counted twice");
        assertEquals("a", attempt.peer());
        assertEquals(120, attempt.bytesIn());
        assertEquals(10, attempt.bytesOut());
        assertEquals(204, attempt.status());
        assertEquals("oops", attempt.stderr());
        assertFalse(attempt.reused());
        assertNull(attempt.failure());
        assertEquals(attempt.startNanos() + attempt.totalNanos(), timer.lastReadNanos(), "it ends with the last read");
        assertEquals("fresh connection", timer.connectionStory());
    }

    @Test
    void anAttemptThatDidNotConnect() {
        timer.start("a");
        timer.connecting();
        pass();
        Attempt attempt = timer.fail(REFUSED);
        assertEquals("+----", phases(attempt));
        assertSame(REFUSED, attempt.failure());
        timer.start("a");
        timer.connecting();
        pass();
        timer.handshaking();
        pass();
        assertEquals("++---", phases(timer.fail(REFUSED)));
    }

    @Test
    void anAttemptThatFailedOnItsWay() {
        timer.start("a");
        timer.connecting();
        pass();
        timer.sending();
        pass();
        assertEquals("+-+--", phases(timer.fail(REFUSED)), "while it was sent");
        timer.sent(System.nanoTime());
        pass();
        assertEquals("+-++-", phases(timer.fail(REFUSED)), "while it was waited for");
        timer.read(1);
        timer.headComplete(200);
        pass();
        assertEquals("+-+++", phases(timer.fail(REFUSED)), "while it came");
    }

    /** A response may be there before the request is fully sent, or may never wait for it. */
    @Test
    void anAnswerBeforeTheEndOfTheRequest() {
        timer.start("a");
        timer.connecting();
        pass();
        timer.sending();
        pass();
        timer.read(1);
        timer.headComplete(413);
        pass();
        timer.read(1);
        assertEquals("+-+0+", phases(timer.complete(null)));
        timer.sent(pass());
        timer.read(1);
        assertEquals("+-+0+", phases(timer.complete(null)));
    }

    @Test
    void aKeptConnectionBeginsWhereItWasTaken() {
        timer.start("a");
        long taken = System.nanoTime();
        timer.reusing(taken, 12_000_000_000L, 4_980_000_000L, 3);
        pass();
        timer.sending();
        timer.sent(System.nanoTime());
        pass();
        timer.read(1);
        timer.headComplete(200);
        Attempt attempt = timer.complete(REFUSED);
        assertEquals("--++0", phases(attempt));
        assertTrue(attempt.reused() && timer.reused());
        assertEquals(taken, attempt.startNanos());
        assertEquals(12_000_000_000L, attempt.connectionAgeNanos());
        assertEquals(4_980_000_000L, attempt.connectionIdleNanos());
        assertEquals(3, attempt.connectionRequests());
        assertSame(REFUSED, attempt.failure());
        assertEquals("connection reused, age 12.00 s, idle 4.98 s, 3 requests served", timer.connectionStory());
    }

    @Test
    void nothingOfOneAttemptIsLeftForTheNext() {
        timer.start("a");
        timer.connecting();
        timer.handshaking();
        timer.reusing(1, 2, 3, 4);
        timer.sending();
        timer.sent(5);
        timer.read(6);
        timer.headComplete(200);
        timer.wrote(7);
        timer.stderr("oops");
        long before = System.nanoTime();
        timer.start("b");
        assertEquals(0, timer.status());
        assertEquals(0, timer.bytesIn() + timer.bytesOut());
        assertFalse(timer.isSent() || timer.reused());
        Attempt attempt = timer.fail(REFUSED);
        assertEquals("-----", phases(attempt));
        assertTrue(attempt.startNanos() >= before);
        assertEquals(
                new Attempt("b", attempt.startNanos(), false, 0, 0, 0, -1, -1, -1, -1, -1, 0, 0, 0, "", REFUSED),
                attempt);
    }
}
