package io.culprit.triage.classify.app;

import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.Program;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's log in its three forms: {@code log_destination = stderr, csvlog, jsonlog}. Queries that it calls slow itself ({@code
 * log_min_duration_statement}), that wait for a lock ({@code log_lock_waits}) or that it ended because they took too long are told with
 * the query. Lines as PostgreSQL 15 writes them.
 */
public final class PostgreSql implements LineReader {
    private final boolean anywhere;

    /**
     * @param anywhere whether a record is known by its severity alone, as where syslog has taken its time away
     */
    public PostgreSql(boolean anywhere) {
        this.anywhere = anywhere;
    }

    @Override
    public @Nullable Finding read(Line line) {
        PostgresRecord record = PostgresRecord.of(line.text(), anywhere);
        if (record == null) {
            return null;
        }
        Stamp stamp = Times.iso(record.time(), 0);
        Stamp at = stamp.exists() ? stamp : line.stamp();
        String message = record.message();
        if (message.startsWith("duration: ")) {
            int query = message.indexOf(": ", message.indexOf(" ms"));
            return SlowQueries.finding(
                    line, at, millis(message, "duration: "), query < 0 ? "" : message.substring(query + 2));
        }
        boolean waits = message.startsWith("process ") && message.contains(" on ");
        if (waits && (message.contains(" still waiting for ") || message.contains(" acquired "))) {
            return SlowQueries.finding(line, at, millis(message, " after "), lock(message) + record.statement());
        }
        if (message.startsWith("canceling statement due to lock timeout")
                || message.startsWith("canceling statement due to statement timeout")) {
            return SlowQueries.event(line, at, -1, record.statement());
        }
        Diagnosis what = Databases.diagnosis(record.severity() + ":  " + message);
        return what == null
                ? Finding.noise(Program.DATABASE).at(at).host(line.host())
                : Finding.event(Program.DATABASE)
                        .is(what)
                        .pool(Databases.POOL)
                        .at(at)
                        .host(line.host());
    }

    /** Microseconds of {@code 2501.260 ms} behind a word, -1 without. */
    private static long millis(String message, String behind) {
        String number = Words.between(message, behind, " ms");
        return number.isEmpty() ? -1 : Words.scaled(number, 1_000);
    }

    private static String lock(String message) {
        boolean waiting = message.contains(" still waiting for ");
        String lock = Words.between(message, waiting ? " still waiting for " : " acquired ", " on ");
        return "waiting for a " + lock + ": ";
    }
}
