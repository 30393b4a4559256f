package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Condition;
import io.culprit.triage.classify.Finding.Kind;
import io.culprit.triage.classify.Program;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import io.culprit.triage.tally.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole logs of Spring Boot and Rails, as the real ones write them: what belongs together, and how often it happened. */
class ApplicationLogsTest {
    @TempDir
    Path folder;

    /** Whatever is around each line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "web-1  | %s",
                "2026-11-28T17:01:54.200000000Z stdout F %s",
                "Nov 28 17:01:54 web1 shop[7]: %s"
            })
    void springBootsTracesAreRecords(String around) throws Exception {
        Tally tally = tally("spring-boot.log", around);
        assertEquals(
                new TreeMap<>(Map.of("app.exception", 2L, "db.unavailable", 1L, "db.pool-exhausted", 1L)),
                lines(tally, Kind.ERROR),
                around);
        assertEquals(1, tally.events(Condition.UPSTREAM_UP).size());
        assertEquals(1, tally.events(Condition.UPSTREAM_PORT_IN_USE).size());
        assertEquals(1, tally.events(Condition.WORKER_BOOT_FAILED).size());
        assertEquals(2, tally.events(Condition.UPSTREAM_RESTART).size());
        assertEquals(0, tally.unreadCount(), tally.unreadLines().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "web-1  | %s", "2026-11-28T17:06:49.200000000Z stdout F %s"})
    void railsExceptionsAreRecords(String around) throws Exception {
        Tally tally = tally("rails.log", around);
        assertEquals(
                new TreeMap<>(Map.of("app.exception", 2L, "db.unavailable", 2L, "unknown", 2L)),
                lines(tally, Kind.ERROR),
                around);
        assertEquals(0, tally.unreadCount(), tally.unreadLines().toString());
        assertEquals(1, tally.events(Condition.UPSTREAM_RESTART).size(), "Puma's line behind a trace is its own");
    }

    /** A line that says ERROR and has no exception below it swallows nothing of the programs that write into the same stream. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "E, [2026-11-28T17:06:49.118647 #15036] ERROR -- : Failed to enqueue",
                "2026-11-28T17:06:49.118Z ERROR 11986 --- [shop] [nio-8080-exec-8] shop.Orders : no stock\n",
                "method=GET path=/boom format=*/* controller=A action=b status=500 error='ArgumentError: x' allocations=1 duration=0.27 view=0.00"
            })
    void whatOthersWriteBehindAnErrorIsTheirOwn(String first) throws Exception {
        String access = "198.51.100.1 - - [28/Nov/2026:17:06:%d +0000] \"GET / HTTP/1.1\" 502 157 \"-\" \"a\"\n";
        Files.writeString(folder.resolve("app.log"), first + "\n" + access.formatted(50) + access.formatted(51));
        Tally tally = run().tally();
        assertEquals(2, tally.requests());
        assertEquals(0, tally.unreadCount(), tally.unreadLines().toString());
    }

    /** Python's traceback behind a line of its own is no exception of Ruby's. */
    @Test
    void aTracebackIsPythons() throws Exception {
        Files.writeString(folder.resolve("app.log"), """
                [2026-11-28 17:06:49,118: ERROR/ForkPoolWorker-1] Task shop.pay raised unexpected: ValueError('x')
                Traceback (most recent call last):
                  File "/srv/shop.py", line 3, in pay
                    raise ValueError('x')
                ValueError: x
                """);
        assertFalse(run().tally().programs().containsKey(Program.RAILS));
    }

    /** lograge's line and the exception below it are one request's. */
    @Test
    void aRequestIsCountedOnce() throws Exception {
        Tally tally = tally("rails.log", "%s");
        var unavailable = tally.groups(Kind.ERROR).stream()
                .filter(g -> g.diagnosis() == Condition.DB_UNAVAILABLE)
                .findFirst()
                .orElseThrow();
        assertEquals(2, unavailable.lines());
        assertEquals(1, unavailable.requests());
        assertEquals("/db", unavailable.paths().first());
    }

    @Test
    void withoutAnAccessLogTheErrorsTellWhatFailed() throws Exception {
        Files.writeString(folder.resolve("production.log"), log("rails.log", "%s"));
        String sentence = new Verdict(run()).sentence();
        String behind = "1 request (500) failed at 17:07:15: the application could not reach its database or lost it";
        assertTrue(sentence.startsWith(behind), sentence);
    }

    private Tally tally(String log, String around) throws Exception {
        Files.writeString(folder.resolve("app.log"), log(log, around));
        Triage.Result result = run();
        assertEquals(List.of(), result.problems());
        return result.tally();
    }

    private Triage.Result run() throws Exception {
        return Triage.run(List.of(folder.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
    }

    private static String log(String name, String around) throws Exception {
        StringBuilder text = new StringBuilder();
        Path file = Path.of(
                ApplicationLogsTest.class.getResource("applications/" + name).toURI());
        for (String line : Files.readAllLines(file)) {
            text.append(around.formatted(line)).append('\n');
        }
        return text.toString();
    }

    private static Map<String, Long> lines(Tally tally, Kind kind) {
        Map<String, Long> counts = new TreeMap<>();
        tally.groups(kind)
                .forEach(g -> counts.put(
                        g.isOpen() ? g.diagnoses().toString() : g.diagnosis().id(), g.lines()));
        return counts;
    }
}
