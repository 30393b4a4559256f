package io.culprit.record.journal.store;

import io.culprit.failure.Event;
import io.culprit.record.count.Series.Kind;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Puts one batch into the tables, within the transaction that is open; every statement may be repeated. */
final class BatchRows {
    /** Widths of the columns, in characters. */
    static final int ROUTE = 500;

    static final int NAME = 255;

    private final Connection connection;
    private final StoreDialect dialect;
    private final String run;

    BatchRows(Connection connection, StoreDialect dialect, String run) {
        this.connection = connection;
        this.dialect = dialect;
        this.run = run;
    }

    void put(JournalBatch batch) throws SQLException {
        counts(batch.counts());
        examples(batch.examples());
        events(batch.events());
    }

    private void counts(List<CountRow> counts) throws SQLException {
        if (counts.isEmpty()) {
            return;
        }
        try (PreparedStatement put = connection.prepareStatement(dialect.putCount)) {
            for (CountRow each : counts) {
                put.setLong(1, each.minute());
                put.setString(2, run);
                put.setString(3, cut(each.series().route(), ROUTE));
                put.setString(4, cut(each.series().upstream(), NAME));
                put.setString(5, cut(each.series().peer(), NAME));
                put.setString(6, each.series().cause());
                put.setString(7, each.series().kind() == Kind.FINAL ? "F" : "A");
                put.setLong(8, each.total());
                put.addBatch();
            }
            put.executeBatch();
        }
    }

    private void examples(List<Example> examples) throws SQLException {
        if (examples.isEmpty()) {
            return;
        }
        try (PreparedStatement put = connection.prepareStatement(dialect.putExample)) {
            for (Example each : examples) {
                put.setString(1, run);
                put.setString(2, each.requestId());
                put.setLong(3, each.epochMillis());
                put.setString(4, cut(each.route(), ROUTE));
                put.setString(5, cut(each.upstream(), NAME));
                put.setString(6, cut(each.peer(), NAME));
                put.setString(7, each.cause());
                put.setInt(8, each.status());
                put.setString(9, each.json());
                put.addBatch();
            }
            put.executeBatch();
        }
    }

    private void events(List<JournalBatch.Numbered> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        try (PreparedStatement put = connection.prepareStatement(dialect.putEvent)) {
            for (JournalBatch.Numbered each : events) {
                Event event = each.event();
                put.setString(1, run);
                put.setLong(2, each.number());
                put.setLong(3, event.epochMillis());
                put.setString(4, event.kind().id());
                put.setString(5, cut(event.upstream(), NAME));
                put.setString(6, cut(event.subject(), ROUTE));
                put.setString(7, cut(event.detail(), Integer.MAX_VALUE));
                put.addBatch();
            }
            put.executeBatch();
        }
    }

    void views(String instance, Map<String, byte[]> views, long nowMillis) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(
                "INSERT INTO views (instance, name, at_millis, body) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (instance, name) DO UPDATE SET at_millis = EXCLUDED.at_millis, body = EXCLUDED.body")) {
            for (Map.Entry<String, byte[]> each : views.entrySet()) {
                put.setString(1, cut(instance, NAME));
                put.setString(2, each.getKey());
                put.setLong(3, nowMillis);
                put.setString(4, cut(new String(each.getValue(), StandardCharsets.UTF_8), Integer.MAX_VALUE));
                put.addBatch();
            }
            put.executeBatch();
        }
    }

    /** To the column's width, and without the one character PostgreSQL has no text for. */
    static String cut(String text, int length) {
        String whole = text.indexOf('\0') < 0 ? text : text.replace('\0', ' ');
        return whole.length() <= length ? whole : whole.substring(0, length);
    }
}
