package io.culprit.record.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/**
 * The schema's versions: numbered SQL files beside this class, each applied once, in one transaction where the store can do
 * that (H2 cannot, so every statement may be repeated). A new version is a new file; one that was released is never changed.
 */
final class Schema {
    private static final List<String> FILES = List.of("001-journal.sql");

    /** Any number that nobody else locks. */
    private static final long LOCK = 0x63756c70_72697421L;

    private Schema() {}

    /**
     * Brings the schema up to date.
     *
     * @throws SQLException when the store fails, or was written by a newer version of this program
     */
    static void migrate(Connection connection, StoreDialect dialect) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            if (dialect == StoreDialect.POSTGRESQL) {
                // Several gateways may start at once.
                statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
            }
            statement.execute("CREATE TABLE IF NOT EXISTS journal_schema (version INTEGER NOT NULL)");
            int version = version(statement);
            if (version > FILES.size()) {
                throw new SQLException("the journal has schema version %d, this program knows %d: run a newer one"
                        .formatted(version, FILES.size()));
            }
            for (int next = version; next < FILES.size(); next++) {
                for (String sql : statements(FILES.get(next))) {
                    statement.execute(sql);
                }
                statement.execute("DELETE FROM journal_schema");
                statement.execute("INSERT INTO journal_schema VALUES (" + (next + 1) + ")");
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT MAX(version) FROM journal_schema")) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    private static List<String> statements(String file) {
        try (InputStream in = Schema.class.getResourceAsStream(file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^--.*$", "");
            return Arrays.stream(text.split(";\\s*\n"))
                    .filter(sql -> !sql.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("reading " + file + " from the jar failed", e);
        }
    }
}
