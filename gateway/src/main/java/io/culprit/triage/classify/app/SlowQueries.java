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

/** Queries that MySQL and MariaDB call slow themselves, from their slow log; a query is written when it ends. */
public final class SlowQueries implements LineReader {
    /** Who sets the limit at a few milliseconds logs queries for statistics: those hold nobody up. */
    private static final long LEAST_MICROS = 1_000_000;

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        return s.startsWith("# Time: ") || s.startsWith("# User@Host: ") ? mysql(line) : null;
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

    /** An event where the query took so long that it can have held somebody up. */
    static Finding finding(Line line, Stamp stamp, long micros, String query) {
        return micros < LEAST_MICROS
                ? Finding.noise(Program.DATABASE).at(stamp).host(line.host())
                : event(line, stamp, micros, query);
    }

    /** @param micros -1 where it is not known how long the query took */
    static Finding event(Line line, Stamp stamp, long micros, String query) {
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
