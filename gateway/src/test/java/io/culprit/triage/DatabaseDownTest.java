package io.culprit.triage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.chain.Link;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies behind 500, 502 and 504 of an application whose database is away: which lines it takes to say so, and which do not do. */
class DatabaseDownTest {
    private static final String ACCESS =
            "198.51.100.7 - - [28/Nov/2026:17:07:%02d +0000] \"GET /cart HTTP/1.1\" %d 153 \"-\" \"curl\" rt=%s uct=\"0.000\" uht=\"%s\""
                    + " urt=\"%s\" us=\"%d\" ua=\"127.0.0.1:3000\"\n";
    private static final String ERROR =
            "2026/11/28 17:07:%02d [error] 7#7: *%d %s, client: 192.0.2.1, server: shop.test, request: \"GET /cart HTTP/1.1\", upstream:"
                    + " \"http://127.0.0.1:3000/cart\", host: \"shop.test\"\n";
    private static final String RAILS =
            "F, [2026-11-28T17:07:%02d.654628 #15239] FATAL -- : [0c9f0b46-1115-4c40-a697-f4a0c20d27%02d]   \n"
                    + "[0c9f0b46-1115-4c40-a697-f4a0c20d27%02d] ActiveRecord::ConnectionNotEstablished (connection to server at"
                    + " \"127.0.0.1\", port 5432 failed: Connection refused\n\tIs the server running on that host?\n):\n";
    private static final String HIKARI =
            "2026-11-28T17:07:%02d.006Z ERROR 1 --- [shop] [nio-8080-exec-8] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service()"
                    + " for servlet [dispatcherServlet] in context with path [] threw exception [Request processing failed] with root"
                    + " cause\n\njava.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out"
                    + " after 1004ms (total=10, active=10, idle=0, waiting=3)\n\tat com.zaxxer.hikari.pool.HikariPool.x(HikariPool.java:1)\n";
    private static final String START =
            "2026-11-28T17:07:%02d.924Z ERROR 1 --- [shop] [           main] o.s.boot.SpringApplication               : Application run"
                    + " failed\n\norg.springframework.beans.factory.BeanCreationException: Error creating bean with name 'flyway'\n"
                    + "\tat demo.A.b(A.java:1)\nCaused by: org.postgresql.util.PSQLException: Connection to db:5432 refused.\n";

    @TempDir
    Path folder;

    @BeforeEach
    void nginx() throws Exception {
        Files.writeString(
                folder.resolve("nginx.conf"),
                "events {}\nhttp { log_format up '$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
                        + " \"$http_referer\" \"$http_user_agent\" rt=$request_time uct=\"$upstream_connect_time\""
                        + " uht=\"$upstream_header_time\" urt=\"$upstream_response_time\" us=\"$upstream_status\" ua=\"$upstream_addr\"'; }\n");
    }

    @Test
    void errorsOfAnApplicationWhoseDatabaseWasStopped() throws Exception {
        write("access.log", own(500, 10, 11, 12));
        write("production.log", RAILS.formatted(10, 1, 1) + RAILS.formatted(11, 2, 2) + RAILS.formatted(12, 3, 3));
        write("postgresql.log", "2026-11-28 17:07:09.753 UTC [13091] LOG:  received fast shutdown request\n");
        Link link = link();
        assertEquals("origin.error <- db.unavailable <- upstream.restart", path(link));
        assertEquals(3, link.requests());
        assertTrue(link.because().contains("behind it at 17:07:09: the database was stopped on order"), link.because());
        assertEquals(3, link.proof().size(), "the application's, the database's and the access log's line");
    }

    /** Without the database's log the reason stays open, and the report says where it stands. */
    @Test
    void withoutTheDatabasesLogTheReasonIsOpen() throws Exception {
        write("access.log", own(500, 10, 11));
        write("production.log", RAILS.formatted(10, 1, 1) + RAILS.formatted(11, 2, 2));
        Link link = link();
        assertEquals("origin.error <- db.unavailable", path(link));
        assertTrue(link.notProven().endsWith("read the database's own log too"), link.notProven());
    }

    @Test
    void theKernelEndedTheDatabase() throws Exception {
        write("access.log", own(500, 10));
        write("production.log", RAILS.formatted(10, 1, 1));
        write(
                "kern.log",
                "2026-11-28T17:07:08.000000+00:00 web1 kernel: [23.6] Out of memory: Killed process 968 (mariadbd) total-vm:603048kB\n");
        assertEquals("origin.error <- db.unavailable <- worker.oom-killed", path(link()));
    }

    @Test
    void timeoutsOfThoseWhoWaitForAConnection() throws Exception {
        String timeout = "upstream timed out (110: Connection timed out) while reading response header from upstream";
        write("error.log", ERROR.formatted(20, 1, timeout) + ERROR.formatted(21, 2, timeout));
        write("shop.log", HIKARI.formatted(30) + HIKARI.formatted(31));
        write(
                "mariadb-slow.log",
                "# Time: 261128 17:07:31\n# User@Host: root[root] @ localhost []\n# Thread_id: 3  Schema: shop  QC_hit: No\n"
                        + "# Query_time: 29.1  Lock_time: 0.0  Rows_sent: 1  Rows_examined: 0\n# Rows_affected: 0  Bytes_sent: 58\n"
                        + "SET timestamp=1795885651;\nselect * from orders for update;\n");
        Triage.Result result = run();
        Link link = result.links().stream()
                .filter(l -> l.roots().stream().anyMatch(r -> r.id().equals("db.pool-exhausted")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(result.links().toString()));
        assertTrue(path(link).endsWith("db.pool-exhausted <- db.slow"), path(link));
        assertTrue(link.because().contains("select * from orders for update"), link.because());
        assertTrue(
                link.fix().toString().contains("leak-detection-threshold"),
                link.fix().toString());
    }

    @Test
    void theDatabaseAloneSaysThatItTurnsClientsAway() throws Exception {
        write("access.log", own(500, 10, 11));
        write("postgresql.log", "2026-11-28 17:07:10.753 UTC [13091] FATAL:  sorry, too many clients already\n");
        Link link = link();
        assertEquals("origin.error <- db.unavailable", path(link));
        assertTrue(link.because().startsWith("the database turned clients away"), link.because());
        assertTrue(link.fix().advice().contains("max_connections"), link.fix().advice());
    }

    @Test
    void nobodyListensWhereTheApplicationCouldNotStart() throws Exception {
        String refused = "connect() failed (111: Connection refused) while connecting to upstream";
        write("error.log", ERROR.formatted(20, 1, refused) + ERROR.formatted(24, 2, refused));
        write("shop.log", START.formatted(19));
        Link link = link();
        assertEquals("connect.refused <- db.unavailable", path(link));
        assertEquals(2, link.requests());
    }

    @Test
    void phpSaysItInItsOwnWords() throws Exception {
        write("access.log", own(500, 10));
        write(
                "php.log",
                "[28-Nov-2026 17:07:10 UTC] PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /a.php:3\n");
        assertEquals("origin.error <- php.db-down", path(link()));
    }

    /** At another time, in another's words, and a password that somebody tried: nothing of these is an outage of the database. */
    @Test
    void whatIsNotNearIsNoReason() throws Exception {
        write("access.log", own(500, 10, 11));
        write("production.log", RAILS.formatted(40, 1, 1));
        write(
                "mysql.log",
                "2026-11-28 17:07:10 4 [Warning] Access denied for user 'u'@'localhost' (using password: YES)\n");
        List<Link> links = run().links();
        assertTrue(
                links.stream().flatMap(l -> l.roots().stream()).noneMatch(r -> r.id().startsWith("db.")),
                links.toString());
    }

    private static String own(int status, int... seconds) {
        StringBuilder lines = new StringBuilder();
        for (int second : seconds) {
            lines.append(ACCESS.formatted(second, status, "0.010", "0.010", "0.010", status));
        }
        return lines.toString();
    }

    private static String path(Link link) {
        String effects = link.effects().stream().map(Diagnosis::id).sorted().collect(Collectors.joining(","));
        return link.roots().stream().map(Diagnosis::id).reduce(effects, (a, b) -> a + " <- " + b);
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(folder.resolve(name), text);
    }

    private Link link() throws Exception {
        Triage.Result result = run();
        return new Verdict(result).link().orElseThrow(() -> new AssertionError(new Verdict(result).sentence()));
    }

    private Triage.Result run() throws Exception {
        Triage.Result result = Triage.run(
                List.of(folder.toString()),
                List.of(),
                Optional.of(java.time.ZoneOffset.UTC),
                Filter.NONE,
                Progress.NONE);
        assertEquals(List.of(), result.problems());
        return result;
    }
}
