package io.culprit.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** Whoever is behind waits while temporary files take more than their part, and goes on by itself, in turn. */
class DiskPaceTest {
    private XnioWorker worker;
    private IoLoop loop;

    @BeforeEach
    void start() throws Exception {
        worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
        loop = new IoLoop(worker.getIoThread(0), 0);
    }

    @AfterEach
    void stop() {
        worker.shutdownNow();
    }

    private boolean exhausted() throws Exception {
        var answer = new CompletableFuture<Boolean>();
        loop.execute(() -> answer.complete(loop.diskPace().exhausted()));
        return answer.get(5, TimeUnit.SECONDS);
    }

    /** Files took this long until now. */
    private void spent(long nanos) {
        long now = System.nanoTime();
        loop.diskPace().spent(now, now + nanos);
    }

    @Test
    void aLittleDiskIsNobodysTrouble() throws Exception {
        loop.execute(() -> spent(DiskPace.MOST_NANOS / 2));
        assertFalse(exhausted());
    }

    @Test
    void whatIsPostponedRunsInOrderAndAPartOfItInEachWindow() throws Exception {
        List<Integer> order = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(5);
        long start = System.nanoTime();
        loop.execute(() -> {
            spent(DiskPace.MOST_NANOS);
            for (int i = 0; i < 5; i++) {
                int number = i;
                loop.diskPace().postpone(() -> {
                    order.add(number);
                    spent(DiskPace.MOST_NANOS / 2 + 1); // two of them are more than a window's part
                    all.countDown();
                });
            }
            assertTrue(loop.diskPace().exhausted(), "as long as somebody waits");
        });
        assertTrue(all.await(10, TimeUnit.SECONDS), "they went on by themselves");
        assertTrue(
                System.nanoTime() - start >= 3 * DiskPace.WINDOW_NANOS,
                "two in each window: the fifth comes in the third");
        assertEquals(List.of(0, 1, 2, 3, 4), order);
        TimeUnit.NANOSECONDS.sleep(DiskPace.WINDOW_NANOS); // the window's length is what is looked at
        assertFalse(exhausted());
    }
}
