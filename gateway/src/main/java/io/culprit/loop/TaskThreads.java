package io.culprit.loop;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioWorker;

/**
 * Starts the threads of a pool when the gateway starts. Pools start theirs with the first task, which under load, with a limit on
 * threads ({@code ulimit -u}, systemd's {@code TasksMax}, a container's {@code pids.max}), is the moment when there is none. Stateless.
 */
public final class TaskThreads {
    private static final long SECONDS = 10;

    private TaskThreads() {}

    /**
     * Starts all threads for tasks that a worker may have; blocks until they run.
     *
     * @param count as many as its core threads
     * @throws NoThreadsException when the system does not give so many
     * @throws IOException when they do not start in time
     */
    public static void start(XnioWorker worker, int count) throws IOException {
        CountDownLatch running = new CountDownLatch(count);
        try {
            for (int i = 0; i < count; i++) {
                worker.execute(() -> meet(running)); // none of them ends before all have begun
            }
            if (!running.await(SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("threads did not start within " + SECONDS + " s");
            }
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            throw new NoThreadsException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while threads were started", e);
        }
    }

    /**
     * Starts all core threads of a pool.
     *
     * @throws NoThreadsException when the system does not give so many
     */
    public static void start(ThreadPoolExecutor pool) throws NoThreadsException {
        try {
            pool.prestartAllCoreThreads();
        } catch (OutOfMemoryError e) {
            throw new NoThreadsException(e);
        }
    }

    /** Whether it is no memory that has run out but threads, which the JVM reports by the same class. */
    public static boolean isOfThreads(Throwable trouble) {
        return trouble instanceof OutOfMemoryError
                && String.valueOf(trouble.getMessage()).contains("native thread");
    }

    private static void meet(CountDownLatch running) {
        running.countDown();
        try {
            if (!running.await(SECONDS, TimeUnit.SECONDS)) {
                return; // who starts them says so
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
