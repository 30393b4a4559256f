package io.culprit.upstream.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.loop.IoLoop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** As many connections as are allowed, and who waits for one gets it in turn. */
class ConnectionBudgetTest {
    private static XnioWorker worker;
    private static IoLoop loop;

    private final List<String> granted = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
        loop = new IoLoop(worker.getIoThread(0), 0);
    }

    @AfterAll
    static void stop() {
        worker.shutdownNow();
    }

    /** What was granted, once the loop has done what it was told. */
    private List<String> granted() throws Exception {
        var done = new CompletableFuture<List<String>>();
        loop.execute(() -> done.complete(List.copyOf(granted)));
        return done.get(20, TimeUnit.SECONDS);
    }

    private Optional<ConnectionBudget.Want> want(ConnectionBudget budget, String who) {
        return budget.await(loop, () -> granted.add(who));
    }

    @Test
    void noMoreThanTheLimitAreOpen() {
        ConnectionBudget budget = new ConnectionBudget(2);
        assertTrue(budget.tryAcquire());
        assertTrue(budget.tryAcquire());
        assertFalse(budget.tryAcquire());
        assertEquals(2, budget.open());
        budget.release();
        assertEquals(1, budget.open());
        assertTrue(budget.tryAcquire());
        assertFalse(budget.wanted());
    }

    @Test
    void aLimitOfZeroIsNone() {
        ConnectionBudget budget = new ConnectionBudget(0);
        for (int i = 1; i <= 100; i++) {
            assertTrue(budget.tryAcquire());
            assertEquals(i, budget.open());
        }
    }

    @Test
    void aPlaceThatIsFreeIsGrantedAtOnce() throws Exception {
        ConnectionBudget budget = new ConnectionBudget(1);
        want(budget, "a");
        assertEquals(List.of("a"), granted());
        assertEquals(1, budget.open());
        assertFalse(budget.wanted());
    }

    @Test
    void whoeverWaitsLongestIsNextAndNobodyPassesHim() throws Exception {
        ConnectionBudget budget = new ConnectionBudget(1);
        assertTrue(budget.tryAcquire());
        want(budget, "a");
        want(budget, "b");
        assertTrue(budget.wanted());
        assertEquals(List.of(), granted());
        budget.release();
        assertFalse(budget.tryAcquire(), "the place is granted");
        assertEquals(List.of("a"), granted());
        assertTrue(budget.wanted(), "b still waits");
        assertEquals(1, budget.open());
        budget.release();
        assertEquals(List.of("a", "b"), granted());
        assertFalse(budget.wanted());
        budget.release();
        assertEquals(0, budget.open());
    }

    @Test
    void whoLeavesIsPassedOver() throws Exception {
        ConnectionBudget budget = new ConnectionBudget(1);
        assertTrue(budget.tryAcquire());
        Optional<ConnectionBudget.Want> leaving = want(budget, "a");
        assertTrue(leaving.isPresent());
        want(budget, "b");
        budget.cancel(leaving);
        budget.cancel(Optional.empty());
        assertTrue(budget.wanted());
        budget.release();
        assertEquals(List.of("b"), granted());
    }

    @Test
    void whenTheLastLeavesNothingIsWanted() {
        ConnectionBudget budget = new ConnectionBudget(1);
        assertTrue(budget.tryAcquire());
        budget.cancel(want(budget, "a"));
        assertFalse(budget.wanted());
        budget.release();
        assertEquals(0, budget.open());
        assertTrue(budget.tryAcquire());
    }

    @Test
    void aConnectionGivesBackWhatItHasAndOnce() {
        ConnectionBudget upstream = new ConnectionBudget(0);
        ConnectionBudget peer = new ConnectionBudget(0);
        for (int i = 0; i < 3; i++) {
            upstream.tryAcquire();
            peer.tryAcquire();
        }
        ConnectionPlaces places = new ConnectionPlaces(upstream, peer);
        places.release();
        assertEquals("3 3", upstream.open() + " " + peer.open(), "it has none yet");
        places.upstreamPlace();
        places.release();
        places.release();
        assertEquals("2 3", upstream.open() + " " + peer.open());
        places.upstreamPlace();
        places.peerPlace();
        places.release();
        places.release();
        assertEquals("1 2", upstream.open() + " " + peer.open());
    }
}
