package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.admin.AdminServer;
import io.culprit.config.AdminConfig;
import io.culprit.config.record.JournalConfig;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.record.journal.ExampleFilter;
import io.culprit.record.journal.JournalImport;
import io.culprit.record.journal.JournalImport.Minute;
import io.culprit.record.journal.JournalReader;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several gateways on one PostgreSQL: one page, whose a failure is, days that come and go. */
class FleetTest {
    private static Postgres postgres;

    @TempDir
    private Path directory;

    @AfterAll
    static void stop() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    private static synchronized String url() throws Exception {
        if (postgres == null) {
            postgres = Postgres.create();
        }
        return postgres.url();
    }

    private static JournalConfig config(String url) {
        return new JournalConfig(url, "", "", Duration.ofDays(7), "test");
    }

    private static TestGateway gateway(String instance, String servers) throws Exception {
        return TestGateway.start("""
                journal: { url: "%s", instance: %s }
                upstreams: { app: { servers: [ %s ], next_upstream: { on: [] } , health: { max_fails: 0 } } }
                routes: [ { upstream: app } ]
                """.formatted(url(), instance, servers));
    }

    private static String get(InetSocketAddress at, String path) throws IOException {
        return RawResponse.exchange(
                        at.getPort(), "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path))
                .body();
    }

    @Test
    void aServerThatAllGatewaysSeeFailIsNamedOnADashboardWithoutAGateway() throws Exception {
        try (HttpUpstream good = HttpUpstream.start("127.0.0.1", 0, new Rules());
                JournalReader reader = JournalReader.open(config(url()));
                AdminServer dashboard = AdminServer.start(
                        reader.queries(), new AdminConfig(new InetSocketAddress("127.0.0.1", 0), ""))) {
            String servers = "\"127.0.0.1:%d\", \"127.0.0.1:%d\"".formatted(good.port(), Oracle.freePort());
            try (TestGateway one = gateway("one", servers);
                    TestGateway two = gateway("two", servers)) {
                for (int i = 0; i < 40; i++) {
                    one.get("/" + i);
                    two.get("/" + i);
                }
                TestGateway.await(
                        "the journal has all of it",
                        15_000,
                        () -> fleet(dashboard).contains("40 of 40 attempts from all 2 gateways"));
                String fleet = fleet(dashboard);
                assertTrue(fleet.contains("\"whose\":\"server\""), fleet);
                assertTrue(fleet.contains("\"name\":\"one\",\"state\":\"reporting\""), fleet);
                assertTrue(
                        get(dashboard.address(), "/api/failures?instance=one").contains("connect.refused"));
                assertTrue(get(dashboard.address(), "/api/failures?instance=nobody")
                        .startsWith("{\"failures\":[]"));
                assertTrue(get(dashboard.address(), "/api/history?minutes=60&instance=two")
                        .contains("connect.refused"));
                assertTrue(get(dashboard.address(), "/").contains("the fleet"));
                assertTrue(get(dashboard.address(), "/api/now").contains("no such page"));
                assertTrue(get(dashboard.address(), "/api/fleet/secrets").contains("no such page"));
            }
            TestGateway.await(
                    "they said farewell", 10_000, () -> fleet(dashboard).contains("\"state\":\"stopped\""));
        }
    }

    /** What is not known is not none: nobody ran between the two, nor before the first. */
    @Test
    void timeWithoutAGatewayIsNotObservedOnADashboardWithoutOne() throws Exception {
        String url = "jdbc:h2:" + directory.resolve("gaps");
        long minute = System.currentTimeMillis() / 60_000 * 60_000;
        try (Connection connection = DriverManager.getConnection(url, "sa", "")) {
            writeVersionOne(connection);
            try (Statement statement = connection.createStatement()) {
                for (int[] run : new int[][] {{50, 40}, {20, 10}}) {
                    statement.execute("INSERT INTO runs VALUES ('r%d', 'i', '0.2.0', %d, %d, NULL, NULL)"
                            .formatted(run[0], minute - run[0] * 60_000L, minute - run[1] * 60_000L));
                }
            }
        }
        try (JournalReader reader = JournalReader.open(config(url));
                AdminServer dashboard = AdminServer.start(
                        reader.queries(), new AdminConfig(new InetSocketAddress("127.0.0.1", 0), ""))) {
            String history = get(dashboard.address(), "/api/history?minutes=60");
            for (int[] seen : new int[][] {{55, 0}, {45, 1}, {30, 0}, {15, 1}, {5, 0}}) {
                String point = "{\"t\":%d,\"counts\":{}%s}"
                        .formatted((minute - seen[0] * 60_000L) / 1_000, seen[1] == 1 ? "" : ",\"observed\":false");
                assertTrue(history.contains(point), point + " is not in " + history);
            }
        }
    }

    /** At a pace that the listener's rate limit admits. */
    private static String fleet(AdminServer dashboard) {
        LockSupport.parkNanos(100_000_000);
        try {
            return get(dashboard.address(), "/api/fleet");
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void daysAreTablesOfTheirOwnAndGoAsAWhole() throws Exception {
        long today = System.currentTimeMillis() / 86_400_000L;
        for (long day : new long[] {today - 400, today - 399, today}) {
            JournalImport.write(
                    config(url()),
                    "day " + day,
                    "days",
                    "test",
                    List.of(new Minute(day * 1440 + 7, "app", "", "connect.refused", 3)),
                    List.of());
        }
        assertTrue(tables("counts_") >= 3);
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            int before = tables("counts_");
            try (ResultSet rows = statement.executeQuery("SELECT journal_forget(" + (today - 30) + ")")) {
                rows.next();
                assertEquals(6, rows.getInt(1), "two days of counts, of their sums and of examples");
            }
            assertEquals(before - 2, tables("counts_"));
        }
    }

    private static int tables(String prefix) throws Exception {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE '" + prefix + "%'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** As a gateway of version 0.1 has left it. */
    private static void writeVersionOne(Connection connection) throws SQLException, IOException {
        String sql;
        try (InputStream in = JournalReader.class.getResourceAsStream("h2/V1__journal.sql")) {
            sql = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^--.*$", "");
        }
        try (Statement statement = connection.createStatement()) {
            for (String each : sql.split(";\\s*\n")) {
                if (!each.isBlank()) {
                    statement.execute(each);
                }
            }
            statement.execute("CREATE TABLE journal_schema (version INTEGER NOT NULL)");
            statement.execute("INSERT INTO journal_schema VALUES (1)");
            statement.execute("INSERT INTO runs VALUES ('r', 'old', '0.1.0', 1, 2, 3, TRUE)");
            statement.execute("INSERT INTO counts VALUES (29000000, 'r', '/', 'app', '', 'connect.refused', 'F', 5)");
            statement.execute(
                    "INSERT INTO examples VALUES ('r', 'id-1', 1740000000000, '/', 'app', '', 'connect.refused', 502, '{}')");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void aJournalOfTheVersionBeforeKeepsItsRows(String store) throws Exception {
        String url = store.equals("h2") ? "jdbc:h2:" + directory.resolve("old") : database("migrated");
        try (Connection connection =
                store.equals("h2") ? DriverManager.getConnection(url, "sa", "") : DriverManager.getConnection(url)) {
            writeVersionOne(connection);
        }
        for (int i = 0; i < 2; i++) {
            try (JournalReader reader = JournalReader.open(config(url))) {
                assertEquals(5, reader.queries().counts(0).get(0).count());
                assertEquals(
                        "id-1",
                        reader.queries()
                                .examples(ExampleFilter.of("", ""), 5)
                                .get(0)
                                .requestId());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void aJournalOfANewerProgramIsNotTouched(String store) throws Exception {
        String url = store.equals("h2") ? "jdbc:h2:" + directory.resolve("new") : database("newer");
        JournalImport.open(config(url), "logs", "logs", "test", 0, 1).close();
        try (Connection connection = store.equals("h2")
                        ? DriverManager.getConnection(url, "sa", "")
                        : DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO \"journal_migrations\" VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 1,"
                            + " 'test', CURRENT_TIMESTAMP, 1, TRUE)");
        }
        IOException refused = assertThrows(IOException.class, () -> JournalReader.open(config(url)));
        assertTrue(refused.getMessage().contains("run a newer one"), refused.getMessage());
    }

    private static String database(String name) throws Exception {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return url().replace("/postgres?", "/" + name + "?");
    }
}
