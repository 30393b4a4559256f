package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Condition;
import io.culprit.triage.chain.Link;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import io.culprit.triage.tally.Happening;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One minute of PostgreSQL 15 in its three forms: waits for locks, slow queries, and those that its limits ended. */
class PostgresLogTest {
    private static final String NGINX =
            "2026/11/28 10:16:%d [error] 7#7: *%d upstream timed out (110: Connection timed out) while reading response header from"
                    + " upstream, client: 192.0.2.1, server: shop.test, request: \"GET /cart HTTP/1.1\", upstream:"
                    + " \"http://127.0.0.1:3000/cart\", host: \"shop.test\"\n";

    @TempDir
    Path directory;

    private Triage.Result read(String form) throws IOException, InterruptedException {
        try (var in = PostgresLogTest.class.getResourceAsStream("postgresql/postgresql." + form)) {
            Files.write(directory.resolve("postgresql." + form), in.readAllBytes());
        }
        return Triage.run(List.of(directory.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "csv", "json"})
    void eachFormTellsTheSame(String form) throws Exception {
        Triage.Result result = read(form);
        assertEquals(List.of(), result.problems());
        assertEquals(
                0, result.tally().unreadCount(), result.tally().unreadLines().toString());
        List<String> slow = result.tally().events(Condition.DB_SLOW).stream()
                .map(PostgresLogTest::shown)
                .sorted()
                .toList();
        assertEquals(
                List.of(
                        "1.0 select pg_sleep(1);",
                        "1.0 select pg_sleep(1);",
                        "2.5 update t set x=3 where id=1",
                        "2.5 waiting for a ShareLock: update t set x=3 where id=1",
                        "3.0 begin; update t set x=2 where id=1; select pg_sleep(3); commit",
                        "3.0 begin; update t set x=2 where id=1; select pg_sleep(3); commit",
                        "? select pg_sleep(5)",
                        "? update t set x=4 where id=1"),
                slow);
        assertEquals(1, result.tally().events(Condition.UPSTREAM_UP).size());
        assertEquals(1, result.tally().events(Condition.UPSTREAM_RESTART).size());
    }

    /** With {@code %l} in its prefix each line has a number of its own, and what is quoted is somebody else's. */
    @Test
    void thePrefixMayCountAndQuotesAreNotReadAsOnesOwn() throws Exception {
        String time = "2026-11-28 10:16:32.750 UTC [7]: ";
        Files.write(
                directory.resolve("postgresql.log"),
                List.of(
                        time + "[1-1] u@d ERROR:  canceling statement due to statement timeout",
                        time + "[2-1] u@d STATEMENT:  UPDATE t SET x = 1"));
        Files.write(
                directory.resolve("app.log"),
                List.of("[2026-11-28 10:16:33] local level=info msg=\"said FATAL:  sorry, too many clients already\""));
        Triage.Result result =
                Triage.run(List.of(directory.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
        assertEquals(
                List.of("? UPDATE t SET x = 1"),
                result.tally().events(Condition.DB_SLOW).stream()
                        .map(PostgresLogTest::shown)
                        .toList());
        assertEquals(0, result.tally().events(Condition.DB_UNAVAILABLE).size());
    }

    private static String shown(Happening each) {
        return (each.duration() < 0 ? "?" : String.format(Locale.ROOT, "%.1f", each.duration() / 1e6)) + " "
                + each.script();
    }

    @Test
    void aWaitForALockExplainsTimeouts() throws Exception {
        StringBuilder errors = new StringBuilder();
        for (int i = 1; i <= 3; i++) {
            errors.append(NGINX.formatted(25, i));
        }
        Files.writeString(directory.resolve("error.log"), errors);
        Link link = new Verdict(read("csv")).link().orElseThrow();
        assertEquals(List.of(Condition.DB_SLOW), link.roots());
        assertTrue(link.because().contains("3.0 s (begin; update t set x=2"), link.because());
        assertTrue(link.fix().toString().contains("postgresql.conf"), link.fix().toString());
    }
}
