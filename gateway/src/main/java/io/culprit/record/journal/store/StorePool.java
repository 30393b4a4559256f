package io.culprit.record.journal.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.culprit.config.record.JournalConfig;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** Connections to a journal's database, with what each of the two needs to be told. */
final class StorePool {
    /** One for the writer, the others for readers. */
    private static final int CONNECTIONS = 3;

    private static final long CONNECT_MILLIS = 3_000;

    private StorePool() {}

    /**
     * Connects.
     *
     * @throws SQLException when the database cannot be reached or opened
     */
    static HikariDataSource open(JournalConfig config, StoreDialect dialect) throws SQLException {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("journal");
        pool.setJdbcUrl(dialect == StoreDialect.H2 ? h2(config.url()) : config.url());
        if (!config.user().isEmpty()) {
            pool.setUsername(config.user());
            pool.setPassword(config.password());
        } else if (dialect == StoreDialect.H2) {
            pool.setUsername("sa");
            pool.setPassword("");
        }
        if (dialect == StoreDialect.POSTGRESQL) {
            // Without these a vanished host would hold the writer for as long as the kernel likes.
            pool.addDataSourceProperty("socketTimeout", "10");
            pool.addDataSourceProperty("connectTimeout", "3");
            pool.addDataSourceProperty("ApplicationName", "culprit");
            pool.addDataSourceProperty("reWriteBatchedInserts", "true"); // a batch is one statement of many rows
        }
        pool.setMaximumPoolSize(CONNECTIONS);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(CONNECT_MILLIS);
        pool.setInitializationFailTimeout(1);
        try {
            return new HikariDataSource(pool);
        } catch (RuntimeException e) {
            throw new SQLException(JournalTrouble.reason(e), e);
        }
    }

    /**
     * Every commit reaches the file at once, and the file is closed by us, after the last write. What goes wrong is told in
     * our log, and not in a file of stack traces beside the journal, where H2 puts even its own shutdown.
     */
    private static String h2(String url) {
        String all = url;
        for (String setting :
                List.of("DB_CLOSE_ON_EXIT=FALSE", "WRITE_DELAY=0", "CACHE_SIZE=4096", "TRACE_LEVEL_FILE=0")) {
            String name = setting.substring(0, setting.indexOf('=') + 1);
            // What the configuration says itself holds; twice would be an error.
            all += url.toUpperCase(Locale.ROOT).contains(";" + name) ? "" : ";" + setting;
        }
        return all;
    }
}
