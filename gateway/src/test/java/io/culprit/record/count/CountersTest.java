package io.culprit.record.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import io.culprit.failure.Outcome.Ending;
import io.culprit.record.Outcomes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountersTest {
    @Test
    void everyRequestIsCountedOnceHoweverManyThreadsCount() throws InterruptedException {
        Counters counters = new Counters(3);
        List<Thread> threads = new ArrayList<>();
        for (int loop = 0; loop < 3; loop++) {
            int number = loop;
            threads.add(new Thread(() -> {
                for (int i = 0; i < 50_000; i++) {
                    counters.count(number, i % 2 == 0 ? Outcomes.well(i) : Outcomes.failed(Cause.HEAD_RESET, i));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(150_000, counters.requests());
        assertEquals(75_000, counters.ended(Ending.FAILED));
        assertEquals(75_000, counters.byCause().get(Cause.HEAD_RESET));
        assertEquals(75_000, counters.attemptsByCause().get(Cause.HEAD_RESET));
        assertEquals(150_000, counters.durations("/").count());
        assertEquals(150_000, counters.durations("app", Step.CONNECT).count());
    }

    @Test
    void examplesAreRationedByCause() {
        Counters counters = new Counters(1);
        int examples = 0;
        for (int i = 0; i < 100_000; i++) {
            examples += counters.count(0, Outcomes.failed(Cause.HEAD_RESET, 1_000_000 + i)) ? 1 : 0;
        }
        // Some at once, then one every ten seconds of the hundred; a final and an attempt are counted apart.
        assertTrue(examples >= 10 && examples <= 32, examples + " examples");
    }

    @Test
    void whatAShareTookAtMostIsItsBucketsBoundOrTheLongestThereWas() {
        Counters counters = new Counters(1);
        for (int i = 0; i < 100; i++) {
            counters.count(0, Outcomes.well(i)); // 4 ms each
        }
        double median = counters.durations("/").atMost(0.5);
        assertEquals(0.004, median, 1e-9, "no request took longer");
        Outcome slow = Outcomes.well(100);
        Outcome.Timing timing = new Outcome.Timing(100, slow.startNanos(), 30_000_000, -1);
        counters.count(
                0,
                new Outcome(
                        slow.ending(), slow.request(), timing, slow.place(), slow.reply(), slow.attempts(), null, ""));
        assertEquals(0.005, counters.durations("/").atMost(0.5), "the bound of the bucket");
    }

    /** Routes may share a name, such as "/" for GET and for POST: each request is its own upstream's. */
    @Test
    void routesOfOneNameCountForTheirOwnUpstreams() {
        Counters counters = new Counters(1);
        for (int i = 0; i < 10; i++) {
            counters.count(0, Outcomes.at("dead", Outcomes.failed(Cause.CONNECT_REFUSED, i)));
            counters.count(0, Outcomes.at("app", Outcomes.well(i)));
        }
        long well = counters.series().entrySet().stream()
                .filter(e -> e.getKey().cause().equals(Series.WELL)
                        && e.getKey().upstream().equals("dead"))
                .mapToLong(e -> e.getValue().total())
                .sum();
        assertEquals(0, well);
        assertEquals(
                20,
                counters.byRoute().stream().mapToLong(Counters.Requests::count).sum());
        assertEquals(20, counters.durations("/").count());
    }
}
