package io.culprit.record.journal;

import io.culprit.record.journal.store.Example;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Examples out of their table. */
final class ExampleRows {
    /** To be followed by a condition. */
    static final String SELECT =
            "SELECT request_id, at_millis, route, upstream, peer, cause, status, outcome FROM examples WHERE ";

    private ExampleRows() {}

    /** The example of the row that stands. */
    static Example example(ResultSet rows) throws SQLException {
        return new Example(
                rows.getString(1),
                rows.getLong(2),
                rows.getString(3),
                rows.getString(4),
                rows.getString(5),
                rows.getString(6),
                rows.getInt(7),
                rows.getString(8));
    }
}
