package io.culprit.triage.classify.app;

import io.culprit.failure.Condition;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/**
 * Queries that a database itself calls slow: the slow log of MySQL and MariaDB, and what PostgreSQL writes with {@code
 * log_min_duration_statement}. Both are written when the query ends.
 */
public final class SlowQueries implements LineReader {
    /** Who sets the limit at a few milliseconds logs queries for statistics: those hold nobody up. */
    private static final long LEAST_MICROS = 1_000_000;

    private static final String POSTGRESQL = " LOG:  duration: ";

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        if (line.first() == '#') {
            return s.startsWith("# Time: ") || s.startsWith("# User@Host: ") ? mysql(line) : null;
        }
        int at = s.indexOf(POSTGRESQL);
        return at < 0 ? null : postgresql(line, s, at + POSTGRESQL.length());
    }

    /** {@code # Time: T}, {@code # User@Host: ...}, {@code # Query_time: S ...}, {@code SET timestamp=E;}, the query. */
    private static Finding mysql(Line line) {
        String s = line.text();
        String seconds = Words.between(s, "# Query_time: ", " ");
        String began = Words.between(s, "SET timestamp=", ";");
        Stamp ended = s.startsWith("# Time: ") ? Times.iso(s, 8) : Stamp.NONE;
        int query = began.isEmpty() ? -1 : s.indexOf('\n', s.indexOf("SET timestamp="));
        return finding(
                line,
                ended.exists() ? ended : Times.epoch(began),
                Words.micros(seconds),
                query < 0 ? "" : s.substring(query + 1));
    }

    /** {@code TIME [PID] LOG:  duration: 30123.456 ms  statement: QUERY}. */
    private static Finding postgresql(Line line, String s, int from) {
        int end = s.indexOf(" ms", from);
        Stamp stamp = Times.iso(s, 0);
        int query = s.indexOf(": ", Math.max(end, from));
        return finding(
                line,
                stamp.exists() ? stamp : line.stamp(),
                end < 0 ? -1 : Words.scaled(s.substring(from, end), 1_000),
                query < 0 ? "" : s.substring(query + 2));
    }

    private static Finding finding(Line line, Stamp stamp, long micros, String query) {
        if (micros < LEAST_MICROS) {
            return Finding.noise(Program.DATABASE).at(stamp).host(line.host());
        }
        String shown = query.replaceAll("\\s+", " ").strip();
        return Finding.event(Program.DATABASE)
                .is(Condition.DB_SLOW)
                .pool(Databases.POOL)
                .duration(micros)
                .script(shown.length() > 120 ? shown.substring(0, 120) + "..." : shown)
                .at(stamp)
                .host(line.host());
    }
}
