package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.dialect.DialectTable;
import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Trace;
import io.culprit.proof.harness.TestGateway;
import io.culprit.record.Monitor;
import io.culprit.record.journal.ExampleFilter;
import io.culprit.record.journal.JournalQueries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fifty thousand failures a second, of every cause, for {@code CULPRIT_STORM_SECONDS}: more than this machine could
 * proxy, so the recorder is fed directly, as the IO threads do.
 */
class StormTest {
    private static final int RATE = 50_000;
    private static final int LOOPS = 2;
    private static final long SECONDS = Long.parseLong(System.getenv().getOrDefault("CULPRIT_STORM_SECONDS", "5"));

    @TempDir
    private Path directory;

    private static Outcome failure(Cause cause, int number) {
        Failure failure = Failure.of(cause, "storm");
        long now = System.currentTimeMillis();
        var attempt = new Attempt(
                "127.0.0.1:9000", System.nanoTime(), false, 0, 0, 0, 1000, -1, 1000, -1, -1, 100, 0, 0, "", failure);
        return new Outcome(
                Outcome.Ending.FAILED,
                new Outcome.Request(
                        "storm-" + number, Trace.begin(false), "127.0.0.1", "GET", "/", "HTTP/1.1", 0, "x", "", ""),
                new Outcome.Timing(now, System.nanoTime(), 1_000_000, -1),
                new Outcome.Place("/", "app"),
                new Outcome.Reply(502, 100, 0, true),
                List.of(attempt),
                failure,
                "");
    }

    @Test
    void countsAreExactAndMemoryIsBounded() throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                listen: [ { address: "127.0.0.1:0" } ]
                io_threads: %d
                access_log: { path: /dev/null }
                error_log: { path: /dev/null }
                journal: { url: "jdbc:h2:%s/journal" }
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes: [ { upstream: app } ]
                """.formatted(LOOPS, directory));
        GatewayConfig config = ConfigLoader.load(file, Map.of());
        long heap;
        try (Monitor monitor = new Monitor(config, DialectTable.bundled(), "storm")) {
            monitor.start();
            List<Thread> threads = new ArrayList<>();
            for (int loop = 0; loop < LOOPS; loop++) {
                int number = loop;
                threads.add(new Thread(() -> storm(monitor, number)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            long sent = RATE * SECONDS;
            assertEquals(sent, monitor.recorder().counters().requests());
            JournalQueries queries = monitor.journal().orElseThrow().queries();
            TestGateway.await(
                    "the journal has all " + sent,
                    20_000,
                    () -> kept(queries).values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum()
                            == sent);
            Map<String, Long> expected = new TreeMap<>();
            monitor.recorder().counters().byCause().forEach((cause, n) -> expected.put(cause.id(), n));
            assertEquals(expected, kept(queries));
            assertTrue(queries.examples(ExampleFilter.of("", "app"), 500).size() >= Cause.values().length);
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            heap = (runtime.totalMemory() - runtime.freeMemory()) >> 20;
            System.out.printf(
                    "storm: %d failures in %d s, %d log lines dropped, heap %d MiB%n",
                    sent, SECONDS, monitor.recorder().dropped(), heap);
        }
        assertTrue(heap < 200, heap + " MiB are held");
    }

    /** Its share of the rate, in steps of a millisecond. */
    private static void storm(Monitor monitor, int loop) {
        Cause[] causes = Cause.values();
        long start = System.nanoTime();
        int perLoop = RATE / LOOPS;
        for (int i = 0; i < perLoop * SECONDS; i++) {
            while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1) * i / perLoop) {
                LockSupport.parkNanos(100_000);
            }
            monitor.recorder().record(loop, failure(causes[i % causes.length], i));
        }
    }

    private static Map<String, Long> kept(JournalQueries queries) {
        Map<String, Long> sums = new TreeMap<>();
        try {
            queries.counts(0).stream()
                    .filter(JournalQueries.Row::last)
                    .forEach(row -> sums.merge(row.cause(), row.count(), Long::sum));
        } catch (JournalQueries.UnavailableException e) {
            sums.clear(); // not open yet
        }
        return sums;
    }
}
