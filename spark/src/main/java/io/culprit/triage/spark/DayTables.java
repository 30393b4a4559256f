package io.culprit.triage.spark;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.culprit.failure.Diagnosis;
import io.culprit.record.journal.JournalImport.Minute;
import io.culprit.record.journal.store.Example;
import io.culprit.triage.chain.Link;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * What comes out, as tables in Parquet with a folder for each day (of UTC; that of verdicts is the logs' own): {@code counts} has
 * requests by minute, host, server and cause, {@code examples} the lines that prove them, {@code verdicts} what broke and why on
 * each host in each window, {@code links} what lies behind it.
 */
final class DayTables {
    static final String COUNTS = "counts";
    static final String EXAMPLES = "examples";

    static final StructType COUNT_COLUMNS = columns("instance", StringType, "minute", TimestampType)
            .add("peer", StringType)
            .add("cause", StringType)
            .add("requests", LongType);
    static final StructType EXAMPLE_COLUMNS = columns("instance", StringType, "time", TimestampType)
            .add("request_id", StringType)
            .add("peer", StringType)
            .add("cause", StringType)
            .add("status", IntegerType)
            .add("json", StringType);

    private final SparkSession spark;
    private final String folder;

    /** @param folder where the tables go; each is one folder in it */
    DayTables(SparkSession spark, String folder) {
        this.spark = spark;
        this.folder = folder;
    }

    /** Writes all tables. */
    void write(JavaRDD<Judgement> judgements) {
        write(COUNTS, judgements.flatMap(j -> counts(j).iterator()), COUNT_COLUMNS);
        write(EXAMPLES, judgements.flatMap(j -> examples(j).iterator()), EXAMPLE_COLUMNS);
        write(
                "verdicts",
                judgements.map(DayTables::verdict),
                columns("instance", StringType, "window", StringType)
                        .add("finding", BooleanType)
                        .add("verdict", StringType)
                        .add("blame", StringType)
                        .add("requests", LongType)
                        .add("requests_5xx", LongType)
                        .add("lines", LongType));
        write(
                "links",
                judgements.flatMap(j -> links(j).iterator()),
                columns("instance", StringType, "window", StringType)
                        .add("effects", createArrayType(StringType))
                        .add("roots", createArrayType(StringType))
                        .add("requests", LongType)
                        .add("blame", StringType)
                        .add("because", StringType)
                        .add("not_proven", StringType)
                        .add("fix", StringType));
    }

    private void write(String name, JavaRDD<Row> rows, StructType columns) {
        spark.createDataFrame(rows, columns)
                .coalesce(8)
                .write()
                .partitionBy("day")
                .parquet(folder + "/" + name);
    }

    private static StructType columns(String first, DataType firstType, String second, DataType secondType) {
        return new StructType().add("day", StringType).add(first, firstType).add(second, secondType);
    }

    private static List<Row> counts(Judgement j) {
        List<Row> rows = new ArrayList<>();
        for (Minute each : j.rows().minutes()) {
            Instant minute = Instant.ofEpochSecond(each.minute() * 60);
            rows.add(RowFactory.create(
                    day(minute), j.key().host(), Timestamp.from(minute), each.peer(), each.cause(), each.total()));
        }
        return rows;
    }

    private static List<Row> examples(Judgement j) {
        List<Row> rows = new ArrayList<>();
        for (Example each : j.rows().examples()) {
            Instant time = Instant.ofEpochMilli(each.epochMillis());
            rows.add(RowFactory.create(
                    day(time),
                    j.key().host(),
                    Timestamp.from(time),
                    each.requestId(),
                    each.peer(),
                    each.cause(),
                    each.status(),
                    each.json()));
        }
        return rows;
    }

    private static Row verdict(Judgement j) {
        return RowFactory.create(
                j.key().day(),
                j.key().host(),
                j.key().start(),
                j.finding(),
                j.sentence(),
                j.blame(),
                j.requests(),
                j.failed(),
                j.lines());
    }

    private static List<Row> links(Judgement j) {
        List<Row> rows = new ArrayList<>();
        for (Link each : j.links()) {
            rows.add(RowFactory.create(
                    j.key().day(),
                    j.key().host(),
                    j.key().start(),
                    ids(each.effects()),
                    ids(each.roots()),
                    each.requests(),
                    each.blame().id(),
                    each.because(),
                    each.notProven(),
                    each.fix().advice()));
        }
        return rows;
    }

    private static String[] ids(List<Diagnosis> diagnoses) {
        return diagnoses.stream().map(Diagnosis::id).toArray(String[]::new);
    }

    private static String day(Instant time) {
        return time.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }
}
