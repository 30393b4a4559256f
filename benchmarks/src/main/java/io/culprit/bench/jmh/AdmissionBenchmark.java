package io.culprit.bench.jmh;

import io.culprit.admission.Admission;
import io.culprit.admission.Applicant;
import io.culprit.admission.Breaker;
import io.culprit.failure.Event;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** Who may use an upstream while its pool is exhausted: what each decision costs, with 1 to 10,000 waiting. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AdmissionBenchmark {
    private static final int BATCH = 1_000;

    /** One IO thread, on which everything that queues belongs. */
    @State(Scope.Benchmark)
    public static class Loop {
        IoLoop loop;
        private XnioWorker worker;

        @Setup
        public void start() throws IOException {
            worker = Xnio.getInstance()
                    .createWorker(OptionMap.builder()
                            .set(Options.WORKER_IO_THREADS, 1)
                            .set(Options.WORKER_TASK_CORE_THREADS, 1)
                            .set(Options.WORKER_TASK_MAX_THREADS, 1)
                            .getMap());
            loop = new IoLoop(worker.getIoThread(0), 0);
        }

        @TearDown
        public void stop() {
            worker.shutdownNow();
        }

        /** Runs on the IO thread and waits for it. */
        void run(Runnable task) throws InterruptedException {
            CountDownLatch done = new CountDownLatch(1);
            loop.execute(() -> {
                task.run();
                done.countDown();
            });
            done.await();
        }
    }

    /** A pool with room. */
    @State(Scope.Benchmark)
    public static class Free {
        final Admission admission = new Admission(1_000_000, 100, Duration.ofSeconds(5), Optional.empty());
    }

    @Benchmark
    public void enterAndReleaseWithRoom(Free pool) {
        if (!pool.admission.tryEnter()) {
            throw new IllegalStateException("there is room");
        }
        pool.admission.release();
    }

    /** A pool that several threads fight for; what does not get in goes on at once. */
    @State(Scope.Benchmark)
    public static class Contended {
        final Admission admission = new Admission(2, 0, Duration.ofSeconds(5), Optional.empty());
    }

    @Benchmark
    @Threads(4)
    public boolean fourThreadsFightForTwoPlaces(Contended pool) {
        boolean in = pool.admission.tryEnter();
        if (in) {
            pool.admission.release();
        }
        return in;
    }

    /** A full pool with this many waiting, each of which gives its place on and queues again. */
    @State(Scope.Benchmark)
    public static class Queue {
        @Param({"1", "100", "10000"})
        int waiters;

        Admission admission;
        private int left;
        private CountDownLatch done = new CountDownLatch(0);

        @Setup(Level.Iteration)
        public void fill(Loop loop) throws InterruptedException {
            admission = new Admission(1, waiters + 10, Duration.ofHours(1), Optional.empty());
            admission.tryEnter();
            loop.run(() -> {
                for (int i = 0; i < waiters; i++) {
                    admission.queue(new Waiter(loop.loop));
                }
            });
        }

        private final class Waiter implements Applicant {
            private final IoLoop loop;

            Waiter(IoLoop loop) {
                this.loop = loop;
            }

            @Override
            public IoLoop loop() {
                return loop;
            }

            @Override
            public void admitted() {
                if (--left == 0) {
                    done.countDown(); // keeps the place: the next batch begins with its release
                    return;
                }
                admission.release();
                admission.queue(this);
            }

            @Override
            public void refused(Failure failure) {
                throw new IllegalStateException(failure.detail());
            }
        }
    }

    /** The freed place goes to the longest waiter, who queues again at the end: one hand-over and one queueing. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void handOverToTheLongestWaiter(Queue queue, Loop loop) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        loop.run(() -> {
            queue.left = BATCH;
            queue.done = done;
            queue.admission.release();
            queue.admission.queue(queue.new Waiter(loop.loop));
        });
        done.await();
    }

    /** A client joins the queue and leaves before its turn, amid those who wait. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void queueAndLeave(Queue queue, Loop loop) throws InterruptedException {
        loop.run(() -> {
            for (int i = 0; i < BATCH; i++) {
                var waiter = queue.new Waiter(loop.loop);
                queue.admission.queue(waiter);
                queue.admission.leave(waiter);
            }
        });
    }

    /** A full pool, without a queue or with one that is full too. */
    @State(Scope.Benchmark)
    public static class Full {
        @Param({"0", "100"})
        int queue;

        Admission admission;
        Applicant applicant;

        @Setup
        public void fill(Loop loop) throws InterruptedException {
            admission = new Admission(1, queue, Duration.ofHours(1), Optional.empty());
            applicant = new Quiet(loop.loop, new CountDownLatch(1));
            admission.tryEnter();
            loop.run(() -> {
                for (int i = 0; i < queue; i++) {
                    admission.queue(new Quiet(loop.loop, new CountDownLatch(1)));
                }
            });
        }
    }

    @Benchmark
    public Object refusal(Full pool) {
        if (pool.admission.tryEnter()) {
            throw new IllegalStateException("it is full");
        }
        return pool.admission.queue(pool.applicant);
    }

    private record Quiet(IoLoop loop, CountDownLatch refusals) implements Applicant {
        @Override
        public void admitted() {}

        @Override
        public void refused(Failure failure) {
            refusals.countDown();
        }
    }

    /** All of a full queue run into queue.timeout together; the timer's tick of five milliseconds is in the figure. */
    @Benchmark
    @OperationsPerInvocation(10 * BATCH)
    public void queueTimeout(Loop loop) throws InterruptedException {
        CountDownLatch refusals = new CountDownLatch(10 * BATCH);
        Admission admission = new Admission(1, 10 * BATCH, Duration.ofMillis(1), Optional.empty());
        admission.tryEnter();
        loop.run(() -> {
            for (int i = 0; i < 10 * BATCH; i++) {
                admission.queue(new Quiet(loop.loop, refusals));
            }
        });
        refusals.await();
    }

    /** A breaker that has opened. */
    @State(Scope.Benchmark)
    public static class Open {
        final Breaker breaker = new Breaker("app", 50, 10, 5, Duration.ofHours(1), 1, Event.Sink.NONE);

        @Setup
        public void open() {
            List<Optional<Failure>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                answers.add(breaker.ask());
                breaker.failed(1);
            }
            if (breaker.ask().isEmpty()) {
                throw new IllegalStateException("it did not open after " + answers);
            }
        }
    }

    @Benchmark
    public Object breakerOpen(Open open) {
        return open.breaker.ask();
    }
}
