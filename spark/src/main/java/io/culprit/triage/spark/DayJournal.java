package io.culprit.triage.spark;

import io.culprit.config.record.JournalConfig;
import io.culprit.record.journal.JournalImport;
import io.culprit.record.journal.JournalImport.Minute;
import io.culprit.record.journal.store.Example;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** Puts tables of days into a journal, where the dashboard opens them. Doing it again replaces what was written before. */
final class DayJournal {
    private static final int BATCH = 2_000;

    private final SparkSession spark;
    private final String folder;

    /** @param folder what {@link DayTables} wrote */
    DayJournal(SparkSession spark, String folder) {
        this.spark = spark;
        this.folder = folder;
    }

    /**
     * Writes the days into the journal, each host as an instance; the driver holds one round at a time.
     *
     * @param from first day, {@code 2026-11-01}; empty for all
     * @param to last day, empty for all
     * @param url the journal's, with user and password where it needs them
     * @return counts written
     * @throws IOException when the journal cannot be opened or written
     */
    long write(String from, String to, String url) throws IOException {
        Dataset<Row> counts = days(DayTables.COUNTS, DayTables.COUNT_COLUMNS, from, to);
        Dataset<Row> examples = days(DayTables.EXAMPLES, DayTables.EXAMPLE_COLUMNS, from, to);
        JournalConfig config = new JournalConfig(url, "", "", Duration.ofDays(7), "lake");
        long written = 0;
        List<Row> instances = counts.groupBy("instance")
                .agg(
                        functions.min("minute").as("first"),
                        functions.max("minute").as("last"))
                .orderBy("instance")
                .collectAsList();
        for (Row each : instances) {
            String instance = each.getString(0);
            long first = each.getTimestamp(1).getTime();
            long last = each.getTimestamp(2).getTime() + 60_000;
            try (JournalImport journal = JournalImport.open(config, folder, instance, "spark", first, last)) {
                written += counts(counts.where(functions.col("instance").equalTo(instance)), instance, journal);
                examples(examples.where(functions.col("instance").equalTo(instance)), instance, journal);
            }
        }
        return written;
    }

    /** Columns are given: a table without rows has no file that would tell them. */
    private Dataset<Row> days(String table, StructType columns, String from, String to) {
        Dataset<Row> rows = spark.read().schema(columns).parquet(folder + "/" + table);
        Dataset<Row> late =
                from.isEmpty() ? rows : rows.where(functions.col("day").geq(from));
        return to.isEmpty() ? late : late.where(functions.col("day").leq(to));
    }

    /** A minute that lies in two windows is one row of the journal. */
    private static long counts(Dataset<Row> rows, String instance, JournalImport journal) throws IOException {
        Iterator<Row> sums = rows.groupBy("minute", "peer", "cause")
                .agg(functions.sum("requests").as("requests"))
                .toLocalIterator();
        List<Minute> batch = new ArrayList<>();
        long written = 0;
        while (sums.hasNext()) {
            Row row = sums.next();
            batch.add(new Minute(
                    row.getTimestamp(0).getTime() / 60_000,
                    instance,
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3)));
            written++;
            if (batch.size() == BATCH || !sums.hasNext()) {
                journal.write(batch, List.of());
                batch.clear();
            }
        }
        return written;
    }

    private static void examples(Dataset<Row> rows, String instance, JournalImport journal) throws IOException {
        Iterator<Row> all = rows.select("request_id", "time", "peer", "cause", "status", "json")
                .toLocalIterator();
        List<Example> batch = new ArrayList<>();
        while (all.hasNext()) {
            Row row = all.next();
            batch.add(new Example(
                    row.getString(0),
                    row.getTimestamp(1).getTime(),
                    "",
                    instance,
                    row.getString(2),
                    row.getString(3),
                    row.getInt(4),
                    row.getString(5)));
            if (batch.size() == BATCH || !all.hasNext()) {
                journal.write(List.of(), batch);
                batch.clear();
            }
        }
    }
}
