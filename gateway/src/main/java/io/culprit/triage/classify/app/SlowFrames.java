package io.culprit.triage.classify.app;

import io.culprit.triage.classify.text.Words;

/**
 * The frames of a slow-log record, {@code [0x00007f4225a13090] function() /path/file.php:12}, innermost first. A builtin such as
 * {@code mysqli_query()} stands with the file that calls it.
 */
final class SlowFrames {
    private static final String[] ADDED = {
        "/wp-content/plugins/", "/wp-content/themes/", "/vendor/", "/modules/", "/extensions/"
    };
    private static final String[] DATABASE = {
        "mysqli_", "mysql_", "mysqli->", "PDO->", "PDOStatement->", "pg_query", "pg_execute", "_do_query()", "wpdb->"
    };

    private SlowFrames() {}

    /**
     * The first place within a plugin, a theme or a library, else the innermost one, as {@code function() file:line}: the
     * function that contains that line, which the next frame names, and not what it calls.
     */
    static String culprit(String record) {
        String first = "";
        for (int at = record.indexOf("\n[0x"); at >= 0; at = record.indexOf("\n[0x", at + 1)) {
            String frame = frame(record, at);
            if (first.isEmpty() || Words.any(frame, ADDED)) {
                int next = record.indexOf("\n[0x", at + 1);
                first = named(frame, next < 0 ? "" : frame(record, next));
            }
            if (Words.any(frame, ADDED)) {
                return first;
            }
        }
        return first;
    }

    private static String frame(String record, int at) {
        int end = record.indexOf('\n', at + 1);
        int close = record.indexOf("] ", at);
        int to = end < 0 ? record.length() : end;
        return close < 0 || close > to ? "" : record.substring(close + 2, to).strip();
    }

    private static String named(String frame, String caller) {
        int place = frame.indexOf("() ");
        int function = caller.indexOf("() ");
        return place < 0 || function < 0 ? frame : caller.substring(0, function) + frame.substring(place);
    }

    /** Whether the innermost frames wait for a database. */
    static boolean waitsForDatabase(String record) {
        int at = record.indexOf("\n[0x");
        for (int i = 0; i < 3 && at >= 0; i++) {
            int end = record.indexOf('\n', at + 1);
            String frame = record.substring(at, end < 0 ? record.length() : end);
            if (Words.any(frame, DATABASE)) {
                return true;
            }
            at = end < 0 ? -1 : record.indexOf("\n[0x", end - 1);
        }
        return false;
    }
}
