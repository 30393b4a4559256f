package io.culprit.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

class AdmissionTest {
    private static XnioWorker worker;
    private static final List<IoLoop> LOOPS = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 3));
        for (int i = 0; LOOPS.size() < 3; i++) {
            var thread = worker.getIoThread(i);
            if (LOOPS.stream().noneMatch(l -> l.thread() == thread)) {
                LOOPS.add(new IoLoop(thread, LOOPS.size()));
            }
        }
    }

    @AfterAll
    static void stop() {
        worker.shutdown();
    }

    /** Takes a ticket, holds it for a moment of its loop, gives it back; or leaves the queue. */
    private static final class Visitor implements Applicant {
        private final Admission admission;
        private final IoLoop loop;
        private final CountDownLatch ended;
        private final AtomicInteger inside;
        private final AtomicInteger most;

        Visitor(Admission admission, IoLoop loop, CountDownLatch ended, AtomicInteger inside, AtomicInteger most) {
            this.admission = admission;
            this.loop = loop;
            this.ended = ended;
            this.inside = inside;
            this.most = most;
        }

        void come(boolean leaves) {
            if (admission.tryEnter()) {
                admitted();
                return;
            }
            Optional<Failure> refusal = admission.queue(this);
            if (refusal.isPresent()) {
                ended.countDown();
            } else if (leaves) {
                admission.leave(this);
                ended.countDown();
            }
        }

        @Override
        public IoLoop loop() {
            return loop;
        }

        @Override
        public void admitted() {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            loop.execute(() -> {
                inside.decrementAndGet();
                admission.release();
                ended.countDown();
            });
        }

        @Override
        public void refused(Failure failure) {
            ended.countDown();
        }
    }

    @Test
    void noTicketIsLostOrMadeWhateverTheThreadsDo() throws Exception {
        Admission admission = new Admission(2, 50, Duration.ofSeconds(20), Optional.empty());
        int visitors = 30_000;
        CountDownLatch ended = new CountDownLatch(visitors);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < visitors; i++) {
            IoLoop loop = LOOPS.get(i % 3);
            boolean leaves = i % 7 == 0;
            loop.execute(() -> new Visitor(admission, loop, ended, inside, most).come(leaves));
        }
        assertTrue(ended.await(30, TimeUnit.SECONDS), ended.getCount() + " never ended");
        long end = System.nanoTime() + 5_000_000_000L;
        while (admission.inUse() != 0 && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertEquals(0, admission.inUse());
        assertEquals(0, admission.waiting());
        assertTrue(most.get() <= 2, most + " were inside");
    }

    @Test
    void aPlaceThatIsLeftBeforeItIsHandedOverReturnsTheTicket() throws Exception {
        Admission admission = new Admission(1, 5, Duration.ofSeconds(20), Optional.empty());
        IoLoop loop = LOOPS.get(0);
        CountDownLatch done = new CountDownLatch(1);
        AtomicInteger admitted = new AtomicInteger();
        loop.execute(() -> {
            Applicant gone = new Applicant() {
                @Override
                public IoLoop loop() {
                    return loop;
                }

                @Override
                public void admitted() {
                    admitted.incrementAndGet();
                }

                @Override
                public void refused(Failure failure) {}
            };
            admission.queue(gone); // a ticket is free: it is handed over in a moment
            admission.leave(gone);
            loop.execute(done::countDown);
        });
        assertTrue(done.await(5, TimeUnit.SECONDS));
        assertEquals(0, admitted.get());
        assertEquals(0, admission.inUse());
    }

    @Test
    void withoutRoomTheReasonIsNamed() {
        Admission none = new Admission(1, 0, Duration.ofSeconds(1), Optional.empty());
        assertTrue(none.tryEnter());
        assertEquals(Cause.POOL_FULL, none.queue(applicant()).orElseThrow().cause());
    }

    /** Who has waited for its time is told why, and the next one waits on. */
    @Test
    void whoWaitsTooLongIsRefused() throws Exception {
        Admission admission = new Admission(1, 5, Duration.ofMillis(20), Optional.empty());
        assertEquals(1, admission.limit());
        assertTrue(admission.tryEnter());
        IoLoop loop = LOOPS.get(0);
        CompletableFuture<Failure> refused = new CompletableFuture<>();
        Applicant patient = new Applicant() {
            @Override
            public IoLoop loop() {
                return loop;
            }

            @Override
            public void admitted() {
                refused.completeExceptionally(new AssertionError("nobody has left"));
            }

            @Override
            public void refused(Failure failure) {
                refused.complete(failure);
            }
        };
        loop.execute(() -> admission.queue(patient));
        Failure failure = refused.get(5, TimeUnit.SECONDS);
        assertEquals(Cause.QUEUE_TIMEOUT, failure.cause());
        assertTrue(failure.detail().contains("1 were in use"), failure.detail());
        assertEquals(0, admission.waiting());
        admission.release();
        assertEquals(0, admission.inUse());
        assertTrue(admission.tryEnter(), "whoever was refused holds no place");
    }

    private static Applicant applicant() {
        return new Visitor(null, LOOPS.get(0), null, null, null);
    }
}
