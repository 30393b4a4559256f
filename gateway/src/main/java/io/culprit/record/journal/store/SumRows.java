package io.culprit.record.journal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Counts added up over wider stretches of time, on PostgreSQL; each within the transaction that is open. */
final class SumRows {
    private SumRows() {}

    /** The sums that stand between two minutes: their first minutes by width. */
    static Map<Integer, Set<Long>> standing(Connection connection, long first, long last) throws SQLException {
        Map<Integer, Set<Long>> standing = new HashMap<>();
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT width, at_minute FROM summed s WHERE at_minute BETWEEN ? AND ? AND NOT EXISTS"
                        + " (SELECT 1 FROM unsummed u WHERE u.at_minute >= s.at_minute AND u.at_minute < s.at_minute + s.width)")) {
            find.setQueryTimeout(JournalStore.READ_SECONDS);
            find.setLong(1, first);
            find.setLong(2, last);
            try (ResultSet rows = find.executeQuery()) {
                while (rows.next()) {
                    standing.computeIfAbsent(rows.getInt(1), w -> new HashSet<>())
                            .add(rows.getLong(2));
                }
            }
        }
        return standing;
    }

    /** Takes back a sum that no longer holds, or adds up a stretch from one minute up to another; false where there is nothing to do. */
    static boolean addUp(Connection connection, long since, long until) throws SQLException {
        try (PreparedStatement sum = connection.prepareStatement("SELECT journal_sum(?, ?)")) {
            sum.setLong(1, since);
            sum.setLong(2, until);
            try (ResultSet rows = sum.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }
}
