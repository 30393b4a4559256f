package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.chain.Link;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The slow logs of databases, as MariaDB 10.11 and PostgreSQL 15 write them, and the timeouts that they explain. */
class SlowQueriesTest {
    private static final String MARIADB = """
            # Time: 261128  8:36:04
            # User@Host: root[root] @ localhost []
            # Thread_id: 3  Schema: mysql  QC_hit: No
            # Query_time: 61.100224  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 0
            # Rows_affected: 0  Bytes_sent: 58
            use `mysql`;
            SET timestamp=1795854964;
            select
             sleep(61.1)
             as x;
            # User@Host: root[root] @ localhost []
            # Thread_id: 4  Schema: mysql  QC_hit: No
            # Query_time: 0.010000  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 0
            # Rows_affected: 0  Bytes_sent: 58
            SET timestamp=1795854964;
            select 1;
            """;
    private static final String POSTGRESQL =
            "2026-11-28 08:36:04.749 UTC [13160] LOG:  duration: 61101.527 ms  statement: select\n\t pg_sleep(61.1)\n"
                    + "2026-11-28 08:36:11.753 UTC [13091] LOG:  received fast shutdown request\n";
    private static final String NGINX =
            "2026/11/28 08:36:0%d [error] 7#7: *%d upstream timed out (110: Connection timed out) while reading response header from"
                    + " upstream, client: 192.0.2.1, server: shop.test, request: \"GET /cart HTTP/1.1\", upstream:"
                    + " \"http://127.0.0.1:3000/cart\", host: \"shop.test\"\n";

    @TempDir
    Path directory;

    private Optional<Link> verdict(String file, String log) throws IOException, InterruptedException {
        Files.writeString(directory.resolve(file), log);
        StringBuilder errors = new StringBuilder();
        for (int i = 1; i <= 3; i++) {
            errors.append(NGINX.formatted(i, i));
        }
        Files.writeString(directory.resolve("error.log"), errors);
        Triage.Result result =
                Triage.run(List.of(directory.toString()), List.of(), Optional.empty(), Filter.NONE, Progress.NONE);
        assertEquals(List.of(), result.problems());
        return new Verdict(result).link();
    }

    @Test
    void aSlowLogOfMariaDbExplainsTimeouts() throws Exception {
        Link link = verdict("mariadb-slow.log", MARIADB).orElseThrow();
        assertEquals(
                List.of("db.slow"), link.roots().stream().map(Diagnosis::id).toList());
        assertEquals(3, link.requests());
        assertTrue(link.because().contains("a slow query"), link.because());
        assertTrue(link.because().contains("61.1 s (select sleep(61.1) as x;)"), link.because());
    }

    @Test
    void aLogOfPostgresqlExplainsTimeouts() throws Exception {
        Link link = verdict("postgresql.log", POSTGRESQL).orElseThrow();
        assertEquals(
                List.of("db.slow"), link.roots().stream().map(Diagnosis::id).toList());
        assertTrue(link.because().contains("61.1 s (select pg_sleep(61.1))"), link.because());
        assertTrue(link.fix().toString().contains("postgresql.conf"), link.fix().toString());
    }

    /** A query at another time explains nothing. */
    @Test
    void aQueryThatEndedLongBeforeIsNoReason() throws Exception {
        Optional<Link> link = verdict("mariadb-slow.log", MARIADB.replace("1795854964", "1795844964"));
        assertTrue(
                link.isEmpty()
                        || link.get().roots().stream()
                                .noneMatch(root -> root.id().equals("db.slow")),
                link.toString());
    }

    @Test
    void aQueryOfMillisecondsIsNoise() {
        Finding found = new LogClassifier()
                .classify(POSTGRESQL.lines().findFirst().orElseThrow().replace("61101.527", "12.5"))
                .orElseThrow();
        assertEquals("none", found.id());
    }

    @Test
    void theTimeIsThatOfItsEnd() {
        Finding found = new LogClassifier()
                .classify(MARIADB.substring(0, MARIADB.indexOf(" as x;") + 6))
                .orElseThrow();
        assertEquals("db.slow", found.id());
        assertEquals(Instant.parse("2026-11-28T08:36:04Z").toEpochMilli() * 1_000, found.micros());
        assertEquals(61_100_224, found.duration());
    }
}
