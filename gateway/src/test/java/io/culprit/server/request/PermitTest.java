package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.admission.Admission;
import io.culprit.admission.Applicant;
import io.culprit.admission.Breaker;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.loop.OnLoop;
import io.culprit.server.Engine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** Ticket and permission are given back once each, in whatever order things end. */
class PermitTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static XnioWorker worker;
    private static IoLoop loop;

    private final Breaker breaker = new Breaker("app", 50, 10, 2, HOUR, 1, event -> {});
    private final Admission one = new Admission(1, 1, HOUR, Optional.of(breaker));

    @BeforeAll
    static void start() throws Exception {
        worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
        loop = new IoLoop(worker.getIoThread(0), 0);
    }

    @AfterAll
    static void stop() {
        worker.shutdown();
    }

    /** Enters as a request does. */
    private static final class Visitor implements Applicant {
        private final Permit permit;
        private int admissions;

        private Visitor(Admission admission) {
            permit = new Permit(admission);
        }

        private Optional<Failure> enter() {
            return permit.enter(this);
        }

        @Override
        public IoLoop loop() {
            return loop;
        }

        @Override
        public void admitted() {
            admissions++;
            permit.entered();
        }

        @Override
        public void refused(Failure failure) {
            throw new AssertionError(failure);
        }
    }

    private static <T> T on(Callable<T> step) throws Exception {
        return OnLoop.call(loop, step);
    }

    @Test
    void aTicketIsGivenBackOnce() throws Exception {
        Visitor first = new Visitor(one);
        Visitor second = new Visitor(one);
        Visitor third = new Visitor(one);
        on(() -> {
            assertEquals(Optional.empty(), first.enter());
            assertEquals(1, first.admissions);
            assertEquals(-1, first.permit.queueNanos(), "it did not wait");
            assertEquals(Optional.empty(), second.enter());
            assertEquals(0, second.admissions);
            assertTrue(second.permit.queueNanos() >= 0);
            assertEquals(Cause.QUEUE_FULL, third.enter().orElseThrow().cause());
            third.permit.giveUp(third);
            assertEquals(1, one.inUse(), "who was refused has none to give back");
            first.permit.leave();
            first.permit.leave();
            first.permit.giveUp(first);
            return null;
        });
        on(() -> {
            assertEquals(1, second.admissions);
            assertEquals(1, one.inUse());
            long waited = second.permit.queueNanos();
            assertTrue(waited >= 0);
            assertEquals(waited, second.permit.queueNanos(), "it waits no longer");
            second.permit.giveUp(second);
            assertEquals(0, one.inUse());
            return null;
        });
    }

    @Test
    void whoGivesUpLeavesTheQueue() throws Exception {
        Visitor first = new Visitor(one);
        Visitor second = new Visitor(one);
        on(() -> {
            first.enter();
            second.enter();
            assertEquals(1, one.waiting());
            second.permit.giveUp(second);
            assertEquals(0, one.waiting());
            long waited = second.permit.queueNanos();
            assertTrue(waited >= 0);
            assertEquals(waited, second.permit.queueNanos());
            first.permit.leave();
            return null;
        });
        on(() -> {
            assertEquals(0, second.admissions);
            assertEquals(0, one.inUse());
            return null;
        });
    }

    /** A ticket that was handed over when its request had ended already. */
    @Test
    void aTicketThatComesTooLateGoesBack() throws Exception {
        Visitor first = new Visitor(one);
        Permit late = new Permit(one);
        Applicant ended = new Applicant() {
            @Override
            public IoLoop loop() {
                return loop;
            }

            @Override
            public void admitted() {
                late.leave();
            }

            @Override
            public void refused(Failure failure) {
                throw new AssertionError(failure);
            }
        };
        on(() -> {
            first.enter();
            assertEquals(Optional.empty(), late.enter(ended));
            first.permit.leave();
            return null;
        });
        assertEquals(0, on(one::inUse));
    }

    /** Two calls of which half failed open it; what says nothing about the upstream counts for neither. */
    @ParameterizedTest
    @CsvSource({"200, closed", "501, closed", "502, open", "503, open", "504, open", "505, closed"})
    void theBreakerHearsOfEachAnswerOnce(int status, String state) {
        for (int i = 0; i < 2; i++) {
            Permit permit = new Permit(one);
            assertEquals(Optional.empty(), permit.askBreaker());
            permit.answered(status);
            permit.answered(502);
            permit.failed(Failure.of(Cause.HEAD_TIMEOUT, ""));
        }
        assertEquals(state, breaker.state());
    }

    @ParameterizedTest
    @CsvSource({"HEAD_TIMEOUT, open", "CONNECT_TIMEOUT, open", "CLIENT_CLOSED, closed", "GATEWAY_STOPPING, closed"})
    void onlyWhatIsTheUpstreamsCountsAgainstIt(Cause cause, String state) {
        for (int i = 0; i < 2; i++) {
            Permit permit = new Permit(one);
            permit.askBreaker();
            permit.failed(Failure.of(cause, ""));
        }
        assertEquals(state, breaker.state());
    }

    @Test
    void anOpenBreakerLetsOneProbeThroughAndAnAbandonedOneIsNone() {
        Breaker quick = new Breaker("app", 50, 10, 2, Duration.ofMillis(1), 1, event -> {});
        Admission probed = new Admission(9, 1, HOUR, Optional.of(quick));
        for (int i = 0; i < 2; i++) {
            Permit permit = new Permit(probed);
            permit.askBreaker();
            permit.failed(Failure.of(Cause.HEAD_TIMEOUT, ""));
        }
        Permit probe = new Permit(probed);
        Engine.await("a probe may go", () -> probe.askBreaker().isEmpty());
        Permit refused = new Permit(probed);
        assertEquals(Cause.BREAKER_OPEN, refused.askBreaker().orElseThrow().cause());
        refused.answered(200);
        refused.abandoned();
        assertEquals("half_open", quick.state(), "who was refused has nothing to say");
        assertEquals(
                Cause.BREAKER_OPEN,
                new Permit(probed).askBreaker().orElseThrow().cause());
        probe.abandoned();
        probe.abandoned();
        Permit next = new Permit(probed);
        assertEquals(Optional.empty(), next.askBreaker(), "its place is free again");
        next.answered(200);
        assertEquals("closed", quick.state());
    }

    @Test
    void withoutABreakerNobodyIsRefused() {
        Permit permit = new Permit(new Admission(1, 1, HOUR, Optional.empty()));
        assertEquals(Optional.empty(), permit.askBreaker());
        permit.answered(502);
        permit.abandoned();
        assertEquals(Optional.empty(), permit.askBreaker());
    }
}
