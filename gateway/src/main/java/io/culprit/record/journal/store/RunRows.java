package io.culprit.record.journal.store;

import io.culprit.failure.Event;
import io.culprit.record.watch.Unobserved;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Beginnings and ends of runs, each within the transaction that is open. */
final class RunRows {
    private static final long DAY = 86_400_000;

    private RunRows() {}

    static Optional<Run> begin(Connection connection, Run run, long staleBeforeMillis) throws SQLException {
        Optional<Run> crashed = Optional.empty();
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT run, instance, version, started_millis, seen_millis FROM runs WHERE instance = ? AND"
                        + " run <> ? AND ended_millis IS NULL AND seen_millis < ? ORDER BY started_millis DESC")) {
            find.setString(1, run.instance());
            find.setString(2, run.id());
            find.setLong(3, staleBeforeMillis);
            try (ResultSet rows = find.executeQuery()) {
                if (rows.next()) {
                    crashed = Optional.of(new Run(
                            rows.getString(1), rows.getString(2), rows.getString(3), rows.getLong(4), rows.getLong(5)));
                }
            }
        }
        try (PreparedStatement end = connection.prepareStatement("UPDATE runs SET ended_millis = seen_millis, clean"
                + " = FALSE WHERE instance = ? AND run <> ? AND ended_millis IS NULL AND seen_millis < ?")) {
            end.setString(1, run.instance());
            end.setString(2, run.id());
            end.setLong(3, staleBeforeMillis);
            end.executeUpdate();
        }
        try (PreparedStatement known = connection.prepareStatement("UPDATE runs SET seen_millis = ? WHERE run = ?")) {
            known.setLong(1, run.seenMillis());
            known.setString(2, run.id());
            if (known.executeUpdate() == 0) {
                insert(connection, run);
            }
        }
        return crashed;
    }

    private static void insert(Connection connection, Run run) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO runs (run, instance, version, started_millis, seen_millis) VALUES (?, ?, ?, ?, ?)")) {
            insert.setString(1, run.id());
            insert.setString(2, BatchRows.cut(run.instance(), BatchRows.NAME));
            insert.setString(3, run.version());
            insert.setLong(4, run.startedMillis());
            insert.setLong(5, run.seenMillis());
            insert.executeUpdate();
        }
    }

    /** The time of the run says where its rows are: a journal of a hundred million is not looked through. */
    static void empty(Connection connection, String run) throws SQLException {
        long started;
        long seen;
        try (PreparedStatement find =
                connection.prepareStatement("SELECT started_millis, seen_millis FROM runs WHERE run = ?")) {
            find.setString(1, run);
            try (ResultSet rows = find.executeQuery()) {
                if (!rows.next()) {
                    return;
                }
                started = rows.getLong(1);
                seen = rows.getLong(2);
            }
        }
        delete(connection, "counts WHERE at_minute BETWEEN ? AND ? AND run = ?", started / 60_000, seen / 60_000, run);
        // a line of a proxy and the one that proves its failure need not be of the same minute
        delete(connection, "examples WHERE at_millis BETWEEN ? AND ? AND run = ?", started - DAY, seen + DAY, run);
        try (PreparedStatement forget = connection.prepareStatement("DELETE FROM runs WHERE run = ?")) {
            forget.setString(1, run);
            forget.executeUpdate();
        }
    }

    private static void delete(Connection connection, String which, long from, long to, String run)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + which)) {
            delete.setLong(1, from);
            delete.setLong(2, to);
            delete.setString(3, run);
            delete.executeUpdate();
        }
    }

    static void seen(Connection connection, String run, long nowMillis) throws SQLException {
        try (PreparedStatement seen = connection.prepareStatement("UPDATE runs SET seen_millis = ? WHERE run = ?")) {
            seen.setLong(1, nowMillis);
            seen.setString(2, run);
            seen.executeUpdate();
        }
    }

    static int end(Connection connection, String run, long nowMillis) throws SQLException {
        try (PreparedStatement end = connection.prepareStatement(
                "UPDATE runs SET seen_millis = ?, ended_millis = ?, clean = TRUE WHERE run = ?")) {
            end.setLong(1, nowMillis);
            end.setLong(2, nowMillis);
            end.setString(3, run);
            return end.executeUpdate();
        }
    }

    /** The times that no run of this instance covers, from its first one known to the beginning of the given one. */
    static List<Unobserved.Gap> gaps(Connection connection, String instance, Run run) throws SQLException {
        List<Unobserved.Gap> gaps = new ArrayList<>();
        long seen = 0;
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT started_millis, seen_millis FROM runs WHERE instance = ? AND run <> ? ORDER BY started_millis")) {
            find.setString(1, instance);
            find.setString(2, run.id());
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    if (seen > 0 && rows.getLong(1) > seen) {
                        gaps.add(new Unobserved.Gap(seen, rows.getLong(1)));
                    }
                    seen = Math.max(seen, rows.getLong(2));
                }
            }
        }
        if (seen > 0 && run.startedMillis() > seen) {
            gaps.add(new Unobserved.Gap(seen, run.startedMillis()));
        }
        return gaps;
    }

    /** What began and was neither ended nor begun anew later is open. */
    static List<Event> openEvents(Connection connection, String instance) throws SQLException {
        Map<String, Event> open = new LinkedHashMap<>();
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT e.kind, e.at_millis, e.upstream, e.subject, e.detail FROM events e JOIN runs r ON r.run = e.run"
                        + " WHERE r.instance = ? ORDER BY e.at_millis, r.started_millis, e.number")) {
            find.setString(1, instance);
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(1);
                    for (Event.Kind kind : Event.Kind.values()) {
                        if (kind.id().equals(id)) {
                            follow(open, kind, rows);
                        }
                    }
                }
            }
        }
        return List.copyOf(open.values());
    }

    private static void follow(Map<String, Event> open, Event.Kind kind, ResultSet rows) throws SQLException {
        String subject = rows.getString(3) + '\n' + rows.getString(4);
        if (kind.end().isPresent()) {
            open.putIfAbsent(
                    kind + subject,
                    new Event(kind, rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5)));
        }
        for (Event.Kind begun : Event.Kind.values()) {
            if (begun.end().filter(kind::equals).isPresent()) {
                open.remove(begun + subject);
            }
        }
    }
}
