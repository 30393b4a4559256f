package io.culprit.record.journal;

import io.culprit.config.record.JournalConfig;
import io.culprit.record.count.Series;
import io.culprit.record.journal.store.CountRow;
import io.culprit.record.journal.store.Example;
import io.culprit.record.journal.store.JournalBatch;
import io.culprit.record.journal.store.JournalFile;
import io.culprit.record.journal.store.JournalStore;
import io.culprit.record.journal.store.JournalTrouble;
import io.culprit.record.journal.store.Run;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes what others counted into the journal, as a run of its own, so that the dashboard shows it beside what the gateway saw.
 * Doing it again from the same origin replaces what was written before. Any thread, one at a time.
 */
public final class JournalImport implements AutoCloseable {
    private static final int BATCH = 2_000;

    private final JournalConfig config;
    private final JournalStore store;
    private final Run run;

    private JournalImport(JournalConfig config, JournalStore store, Run run) {
        this.config = config;
        this.store = store;
        this.run = run;
    }

    /**
     * A count of one minute.
     *
     * @param minute minutes since the epoch
     * @param upstream name of the upstream, possibly empty
     * @param peer address, possibly empty
     * @param cause id, {@link Series#WELL} for requests that went well
     * @param total requests
     */
    public record Minute(long minute, String upstream, String peer, String cause, long total) implements Serializable {}

    /**
     * Writes counts and examples, nothing where there are no counts.
     *
     * @param origin where the counts come from, the same for the same logs
     * @param instance what the run is of, e.g. {@code logs}
     * @param version of this program
     * @throws IOException when the journal cannot be opened or written; an H2 file is open in one process at a time
     */
    public static void write(
            JournalConfig config,
            String origin,
            String instance,
            String version,
            List<Minute> minutes,
            List<Example> examples)
            throws IOException {
        if (minutes.isEmpty()) {
            return;
        }
        long from = minutes.stream().mapToLong(Minute::minute).min().orElse(0) * 60_000;
        long to = (minutes.stream().mapToLong(Minute::minute).max().orElse(0) + 1) * 60_000;
        try (JournalImport journal = open(config, origin, instance, version, from, to)) {
            for (int i = 0; i < minutes.size(); i += BATCH) {
                journal.write(minutes.subList(i, Math.min(minutes.size(), i + BATCH)), List.of());
            }
            journal.write(List.of(), examples);
        }
    }

    /**
     * Begins a run that is written in several rounds.
     *
     * @param origin where the counts come from, the same for the same logs
     * @param from epoch milliseconds of the first counts
     * @param to epoch milliseconds of the last
     * @throws IOException as above
     */
    public static JournalImport open(
            JournalConfig config, String origin, String instance, String version, long from, long to)
            throws IOException {
        byte[] name = (origin + '\n' + instance).getBytes(StandardCharsets.UTF_8);
        Run run = new Run(UUID.nameUUIDFromBytes(name).toString(), instance, version, from, to);
        try {
            JournalStore store = JournalFile.open(config);
            store.empty(run.id());
            store.begin(run, from);
            return new JournalImport(config, store, run);
        } catch (SQLException e) {
            throw JournalTrouble.of(config, "opened", e);
        }
    }

    /**
     * One round, in one transaction; the counts of a minute are set, not added to.
     *
     * @throws IOException when the journal cannot be written
     */
    public void write(List<Minute> minutes, List<Example> examples) throws IOException {
        List<CountRow> rows = new ArrayList<>();
        for (Minute each : minutes) {
            Series series = new Series("", each.upstream(), each.peer(), each.cause(), Series.Kind.FINAL);
            rows.add(new CountRow(each.minute(), series, each.total()));
        }
        try {
            store.write(run.id(), new JournalBatch(rows, examples, List.of()), run.seenMillis());
        } catch (SQLException e) {
            throw JournalTrouble.of(config, "written", e);
        }
    }

    /**
     * Ends the run.
     *
     * @throws IOException when that cannot be written
     */
    @Override
    public void close() throws IOException {
        try {
            store.end(run.id(), run.seenMillis());
        } catch (SQLException e) {
            throw JournalTrouble.of(config, "written", e);
        } finally {
            store.close();
        }
    }
}
