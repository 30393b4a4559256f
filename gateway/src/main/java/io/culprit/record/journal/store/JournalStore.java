package io.culprit.record.journal.store;

import com.zaxxer.hikari.HikariDataSource;
import io.culprit.config.record.JournalConfig;
import io.culprit.failure.Event;
import io.culprit.record.journal.JournalQueries;
import io.culprit.record.watch.Unobserved;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's tables, by JDBC. Writes come from the journal's thread only, each in one transaction and such that it
 * may be repeated; reads from any thread.
 */
public final class JournalStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalStore.class);

    /** What H2 says to whoever closes a connection after the database: it is what was asked for. */
    private static final int H2_CLOSED = 90121;

    /** What a reader waits for an answer at most. */
    static final int READ_SECONDS = 5;

    /** Examples kept at most: the retention bounds their age, this their number. */
    private static final int MOST_EXAMPLES = 100_000;

    private static final long MINUTES_A_DAY = 24 * 60;
    private static final long MILLIS_A_DAY = MINUTES_A_DAY * 60_000;

    private final HikariDataSource source;
    /** Days whose tables are there; the writer's. */
    private final Set<Long> days = new HashSet<>();

    private final StoreDialect dialect;

    private JournalStore(HikariDataSource source, StoreDialect dialect) {
        this.source = source;
        this.dialect = dialect;
    }

    /**
     * Connects and brings the schema up to date.
     *
     * @throws SQLException when the database cannot be reached or opened
     */
    static JournalStore open(JournalConfig config) throws SQLException {
        StoreDialect dialect = config.isPostgresql() ? StoreDialect.POSTGRESQL : StoreDialect.H2;
        HikariDataSource source = StorePool.open(config, dialect);
        try {
            Schema.migrate(source, dialect);
        } catch (SQLException | RuntimeException e) {
            source.close();
            throw e;
        }
        return new JournalStore(source, dialect);
    }

    private interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    private <T> T transaction(Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.in(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                try {
                    connection.rollback();
                } catch (SQLException rollback) {
                    e.addSuppressed(rollback);
                }
                throw e;
            }
        } catch (RuntimeException e) {
            // H2 throws unchecked ones when its file fails under it.
            throw new SQLException(JournalTrouble.reason(e), e);
        }
    }

    /** Reads in a transaction of its own; for {@link JournalQueries}. */
    public <T> T read(String sql, List<?> parameters, RowReader<T> reader) throws SQLException {
        return transaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setQueryTimeout(READ_SECONDS);
                for (int i = 0; i < parameters.size(); i++) {
                    statement.setObject(i + 1, parameters.get(i));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    return reader.read(rows);
                }
            }
        });
    }

    /** Makes a result of rows. */
    public interface RowReader<T> {
        T read(ResultSet rows) throws SQLException;

        /** Makes a list, an element of each row; the one given reads the row that stands. */
        static <T> RowReader<List<T>> each(RowReader<T> row) {
            return rows -> {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(row.read(rows));
                }
                return all;
            };
        }
    }

    /**
     * Notes that this run has begun.
     *
     * @return the last run of this instance if it ended without saying so
     */
    public Optional<Run> begin(Run run, long staleBeforeMillis) throws SQLException {
        return transaction(connection -> RunRows.begin(connection, run, staleBeforeMillis));
    }

    /** Forgets a run with what it has counted, which is to be written anew. */
    public void empty(String run) throws SQLException {
        transaction(connection -> {
            RunRows.empty(connection, run);
            return true;
        });
    }

    /** The beginnings of this instance's troubles that have not ended yet. */
    public List<Event> openEvents(String instance) throws SQLException {
        return transaction(connection -> RunRows.openEvents(connection, instance));
    }

    /** The times between this instance's runs, up to the beginning of the one given. */
    public List<Unobserved.Gap> gaps(String instance, Run run) throws SQLException {
        return transaction(connection -> RunRows.gaps(connection, instance, run));
    }

    /** Writes a batch and notes that the run is alive, all or nothing. */
    public void write(String run, JournalBatch batch, long nowMillis) throws SQLException {
        makeDays(batch);
        transaction(connection -> {
            new BatchRows(connection, dialect, run).put(batch);
            RunRows.seen(connection, run, nowMillis);
            return true;
        });
    }

    /** PostgreSQL keeps a table for each day, which must be there before its first row. */
    private void makeDays(JournalBatch batch) throws SQLException {
        if (dialect != StoreDialect.POSTGRESQL) {
            return;
        }
        Set<Long> needed = new TreeSet<>();
        batch.counts().forEach(each -> needed.add(Math.floorDiv(each.minute(), MINUTES_A_DAY)));
        batch.examples().forEach(each -> needed.add(Math.floorDiv(each.epochMillis(), MILLIS_A_DAY)));
        needed.removeAll(days);
        for (long day : needed) {
            transaction(connection -> {
                try (PreparedStatement make = connection.prepareStatement("SELECT journal_day(?)")) {
                    make.setLong(1, day);
                    return make.execute();
                }
            });
        }
        days.addAll(needed);
    }

    /** Keeps what a gateway says of itself in place of what it said before; on PostgreSQL only. */
    public void putViews(String instance, Map<String, byte[]> views, long nowMillis) throws SQLException {
        transaction(connection -> {
            new BatchRows(connection, dialect, "").views(instance, views, nowMillis);
            return true;
        });
    }

    /**
     * How a stretch of time is covered by few rows.
     *
     * @param first first minute, since the epoch
     * @param last last minute, the same or later
     * @param widest minutes that a row may add up; 1 for single minutes
     */
    public SummedTime time(long first, long last, int widest) throws SQLException {
        Map<Integer, Set<Long>> standing = widest == 1 || dialect != StoreDialect.POSTGRESQL
                ? Map.of()
                : transaction(connection -> SumRows.standing(connection, first, last));
        return SummedTime.of(first, last, widest, standing);
    }

    /**
     * Adds up the newest stretch that is over and not added up yet, or takes back what was written since; on PostgreSQL only.
     *
     * @param sinceMinute the first that matters
     * @param untilMinute the first that may still be written
     * @return whether there was anything to do
     */
    public boolean addUp(long sinceMinute, long untilMinute) throws SQLException {
        return dialect == StoreDialect.POSTGRESQL
                && transaction(connection -> SumRows.addUp(connection, sinceMinute, untilMinute));
    }

    /** Notes that the run has ended as it should. */
    public void end(String run, long nowMillis) throws SQLException {
        transaction(connection -> RunRows.end(connection, run, nowMillis));
    }

    /** Forgets what is older than the retention, and examples beyond {@link #MOST_EXAMPLES}. */
    public int prune(long beforeMillis) throws SQLException {
        days.clear(); // another gateway may drop some
        List<String> forget = new ArrayList<>();
        if (dialect == StoreDialect.POSTGRESQL) {
            forget(Math.floorDiv(beforeMillis, MILLIS_A_DAY));
            forget.add("DELETE FROM views WHERE at_millis < " + beforeMillis);
        } else {
            forget.add("DELETE FROM counts WHERE at_minute < " + beforeMillis / 60_000);
            forget.add("DELETE FROM examples WHERE at_millis < " + beforeMillis);
        }
        // Events are few, and their key has no time in it, which a partition would need.
        // Gateways of older versions rely on that key.
        forget.addAll(List.of(
                "DELETE FROM events WHERE at_millis < " + beforeMillis,
                "DELETE FROM runs WHERE ended_millis < " + beforeMillis,
                "DELETE FROM examples WHERE at_millis < (SELECT MIN(at_millis) FROM (SELECT at_millis FROM examples"
                        + " ORDER BY at_millis DESC LIMIT " + MOST_EXAMPLES + ") newest)"));
        int gone = 0;
        for (String sql : forget) {
            gone += transaction(connection -> {
                try (PreparedStatement delete = connection.prepareStatement(sql)) {
                    return delete.executeUpdate();
                }
            });
        }
        return gone;
    }

    private void forget(long beforeDay) throws SQLException {
        transaction(connection -> {
            try (PreparedStatement drop = connection.prepareStatement("SELECT journal_forget(?)")) {
                drop.setLong(1, beforeDay);
                return drop.execute();
            }
        });
    }

    @Override
    public void close() {
        if (dialect == StoreDialect.H2) {
            shutdown();
        }
        source.close();
    }

    /** H2 tidies its file and lets go of it; otherwise that waits for the last pooled connection. */
    private void shutdown() {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement("SHUTDOWN")) {
            statement.execute();
        } catch (SQLException e) {
            if (e.getErrorCode() != H2_CLOSED) {
                LOG.warn("closing the journal's file: {}", e.getMessage());
            }
        }
    }
}
