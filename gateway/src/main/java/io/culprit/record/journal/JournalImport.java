package io.culprit.record.journal;

import io.culprit.config.JournalConfig;
import io.culprit.record.count.Series;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes what others counted into the journal, as a run of its own, so that the dashboard shows it beside what the gateway saw.
 * Doing it twice counts twice. Any thread, one at a time.
 */
public final class JournalImport {
    private static final int BATCH = 2_000;

    private JournalImport() {}

    /**
     * A count of one minute.
     *
     * @param minute minutes since the epoch
     * @param upstream name of the upstream, possibly empty
     * @param peer address, possibly empty
     * @param cause id, {@link Series#WELL} for requests that went well
     * @param total requests
     */
    public record Minute(long minute, String upstream, String peer, String cause, long total) {}

    /**
     * Writes counts and examples.
     *
     * @param instance what the run is of, e.g. {@code logs}
     * @param version of this program
     * @param from epoch milliseconds of the first of them
     * @param to epoch milliseconds of the last
     * @throws IOException when the journal cannot be opened or written; an H2 file is open in one process at a time
     */
    public static void write(
            JournalConfig config,
            String instance,
            String version,
            long from,
            long to,
            List<Minute> minutes,
            List<Example> examples)
            throws IOException {
        Run run = new Run(UUID.randomUUID().toString(), instance, version, from, to);
        try (JournalStore store = JournalFile.open(config)) {
            store.begin(run, from);
            List<CountRow> rows = new ArrayList<>();
            for (Minute each : minutes) {
                Series series = new Series("", each.upstream(), each.peer(), each.cause(), Series.Kind.FINAL);
                rows.add(new CountRow(each.minute(), series, each.total()));
                if (rows.size() == BATCH) {
                    store.write(run.id(), new JournalBatch(List.copyOf(rows), List.of(), List.of()), to);
                    rows.clear();
                }
            }
            store.write(run.id(), new JournalBatch(rows, examples, List.of()), to);
            store.end(run.id(), to);
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
