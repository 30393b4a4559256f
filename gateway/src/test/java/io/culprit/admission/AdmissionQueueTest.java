package io.culprit.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.loop.OnLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** The queue step by step on one thread: its order, its places, its counts. */
class AdmissionQueueTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static XnioWorker worker;
    private static IoLoop loop;

    private final List<String> told = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
        loop = new IoLoop(worker.getIoThread(0), 0);
    }

    @AfterAll
    static void stop() {
        worker.shutdown();
    }

    private static <T> T onLoop(Callable<T> task) throws Exception {
        return OnLoop.call(loop, task);
    }

    private Applicant applicant(String name) {
        return new Applicant() {
            @Override
            public IoLoop loop() {
                return loop;
            }

            @Override
            public void admitted() {
                told.add(name);
            }

            @Override
            public void refused(Failure failure) {
                told.add(name + " " + failure.cause().id() + ": " + failure.detail());
            }
        };
    }

    private static void queue(Admission admission, Applicant... applicants) throws Exception {
        for (Applicant each : applicants) {
            assertEquals(Optional.empty(), onLoop(() -> admission.queue(each)));
        }
    }

    private static void release(Admission admission) throws Exception {
        onLoop(() -> {
            admission.release();
            return null;
        });
        onLoop(() -> null); // what it has handed over was told in between
    }

    private static void leave(Admission admission, Applicant applicant) throws Exception {
        onLoop(() -> {
            admission.leave(applicant);
            return null;
        });
    }

    private static int deadlines() throws Exception {
        return onLoop(() -> loop.deadlines().linked());
    }

    @Test
    void ticketsGoToWhoCameFirstAndNobodyIsCountedTwice() throws Exception {
        Admission admission = new Admission(2, 3, LONG, Optional.empty());
        assertTrue(admission.tryEnter());
        assertTrue(admission.tryEnter());
        assertFalse(admission.tryEnter());
        queue(admission, applicant("a"), applicant("b"), applicant("c"));
        assertEquals(3, admission.waiting());
        assertEquals(3, deadlines());
        for (int left = 2; left >= 0; left--) {
            release(admission);
            assertEquals(left, admission.waiting());
            assertEquals(left, deadlines(), "whoever was admitted waits for nothing more");
            assertEquals(2, admission.inUse());
        }
        assertEquals(List.of("a", "b", "c"), told);
        assertFalse(admission.tryEnter());
        release(admission);
        release(admission);
        assertEquals(0, admission.inUse());
        assertEquals(3, told.size());
    }

    @Test
    void theQueueHasExactlyItsPlaces() throws Exception {
        Admission admission = new Admission(1, 2, LONG, Optional.empty());
        assertTrue(admission.tryEnter());
        Applicant a = applicant("a");
        queue(admission, a, applicant("b"));
        Failure full = onLoop(() -> admission.queue(applicant("c"))).orElseThrow();
        assertEquals(Cause.QUEUE_FULL, full.cause());
        assertEquals("all 1 connections are in use and all 2 places in the queue are taken", full.detail());
        assertEquals(2, admission.waiting());
        leave(admission, a);
        assertEquals(1, admission.waiting());
        queue(admission, applicant("d"));
        release(admission);
        release(admission);
        assertEquals(List.of("b", "d"), told);
        Admission none = new Admission(3, 0, LONG, Optional.empty());
        for (int i = 0; i < 3; i++) {
            assertTrue(none.tryEnter());
        }
        Failure refusal = onLoop(() -> none.queue(applicant("e"))).orElseThrow();
        assertEquals(Cause.POOL_FULL, refusal.cause());
        assertEquals("all 3 connections are in use and no queue is configured", refusal.detail());
    }

    @Test
    void whoLeavesIsPassedOverWhereverItStands() throws Exception {
        for (int gone = 0; gone < 3; gone++) {
            told.clear();
            Admission admission = new Admission(1, 5, LONG, Optional.empty());
            assertTrue(admission.tryEnter());
            List<Applicant> all = List.of(applicant("a"), applicant("b"), applicant("c"));
            queue(admission, all.toArray(new Applicant[0]));
            leave(admission, all.get(gone));
            leave(admission, all.get(gone));
            assertEquals(2, admission.waiting(), "leaving twice is leaving once");
            assertEquals(2, deadlines());
            queue(admission, applicant("d"));
            for (int i = 0; i < 4; i++) {
                release(admission);
            }
            assertEquals("abcd".replace("abc".substring(gone, gone + 1), ""), String.join("", told));
            assertEquals(0, admission.inUse());
            assertEquals(0, deadlines());
        }
    }

    /** Between the hand-over and its being told the client may leave: the ticket is the next one's. */
    @Test
    void aTicketOnItsWayToSomebodyWhoLeftGoesToTheNext() throws Exception {
        Admission admission = new Admission(1, 5, LONG, Optional.empty());
        assertTrue(admission.tryEnter());
        Applicant a = applicant("a");
        queue(admission, a, applicant("b"));
        onLoop(() -> {
            admission.release();
            admission.leave(a);
            return null;
        });
        onLoop(() -> null);
        onLoop(() -> null);
        assertEquals(List.of("b"), told);
        assertEquals(1, admission.inUse());
        assertEquals(0, admission.waiting());
    }

    @Test
    void aFreeTicketIsHandedOverToWhoLooksAgain() throws Exception {
        Admission admission = new Admission(1, 0, LONG, Optional.empty());
        queue(admission, applicant("a"));
        onLoop(() -> null);
        assertEquals(List.of("a"), told);
        assertEquals(1, admission.inUse());
        assertEquals(0, admission.waiting());
    }

    @Test
    void theNextOneWaitsOnWhenTheTimeOfTheFirstIsOver() throws Exception {
        Admission admission = new Admission(4, 5, Duration.ofMillis(300), Optional.empty());
        for (int i = 0; i < 4; i++) {
            assertTrue(admission.tryEnter());
        }
        queue(admission, applicant("a"));
        io.culprit.server.Engine.await("a is refused", () -> !told.isEmpty());
        assertEquals(List.of("a queue.timeout: no connection became free within 300 ms, 4 were in use"), told);
        assertEquals(0, admission.waiting());
        queue(admission, applicant("b"));
        assertEquals(1, admission.waiting());
        release(admission);
        assertEquals("b", told.get(1));
        assertEquals(4, admission.inUse());
    }

    @Test
    void withoutALimitEverybodyEntersAndIsCounted() throws Exception {
        Admission admission = new Admission(0, 0, LONG, Optional.empty());
        assertEquals(0, admission.limit());
        for (int i = 1; i <= 1000; i++) {
            assertTrue(admission.tryEnter());
            assertEquals(i, admission.inUse());
        }
        release(admission);
        assertEquals(999, admission.inUse());
    }
}
