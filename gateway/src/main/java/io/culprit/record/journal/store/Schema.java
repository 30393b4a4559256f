package io.culprit.record.journal.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/**
 * The schema's versions: SQL files by Flyway's naming in the folders {@code h2} and {@code postgresql} beside this class, each
 * applied once. A new version is a new file; one that was released is never changed. Journals from before Flyway have
 * version 1.
 */
final class Schema {
    private static final String HISTORY = "journal_migrations";

    private Schema() {}

    /**
     * Brings the schema up to date; several gateways may do so at once.
     *
     * @throws SQLException when the store fails, or was written by a newer version of this program
     */
    static void migrate(DataSource source, StoreDialect dialect) throws SQLException {
        Flyway flyway;
        try {
            flyway = Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:io/culprit/record/journal/"
                            + dialect.name().toLowerCase(Locale.ROOT))
                    .table(HISTORY)
                    .loggers("slf4j")
                    // whoever shares a database with other tables has some already
                    .baselineOnMigrate(true)
                    .baselineVersion(fromBeforeFlyway(source) ? "1" : "0")
                    .cleanDisabled(true)
                    .load();
            MigrationInfo current = flyway.info().current();
            if (current != null && current.getState() == MigrationState.FUTURE_SUCCESS) {
                throw new SQLException(
                        "the journal has schema version %s, which this program does not know: run a newer one"
                                .formatted(current.getVersion()));
            }
            flyway.migrate();
        } catch (FlywayException e) {
            Throwable cause = e.getCause();
            while (cause != null && !(cause instanceof SQLException)) {
                cause = cause.getCause();
            }
            throw cause instanceof SQLException sql
                    ? sql
                    : new SQLException(
                            String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
        }
    }

    private static boolean fromBeforeFlyway(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            for (String name : new String[] {"journal_schema", "JOURNAL_SCHEMA"}) {
                try (ResultSet found = connection.getMetaData().getTables(null, null, name, null)) {
                    if (found.next()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
