package io.culprit.triage.spark;

import io.culprit.triage.classify.LogClassifier;
import io.culprit.triage.classify.proxy.LogFormat;
import io.culprit.triage.read.FileClock;
import io.culprit.triage.read.Filter;
import io.culprit.triage.read.LineNumbers;
import io.culprit.triage.read.LogFile;
import io.culprit.triage.read.LogPart;
import io.culprit.triage.read.PartReader;
import io.culprit.triage.read.Reading;
import io.culprit.triage.tally.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.CollectionAccumulator;
import scala.Tuple2;

/**
 * The job: parts of files become tallies by host and window, those of one key become one. A task may run twice, and tallies come
 * together in any order: the result is the same. A file that cannot be read to its end fails its task, for Spark to try again.
 */
final class LakeReading {
    /** A cluster that grows by need has hardly any executor at the beginning, which is when this is decided. */
    private static final int MOST_TASKS_FOR_KEYS = 1_000;

    private final JavaSparkContext spark;
    private final Lake lake;
    private final Settings settings;
    private final Map<String, FileClock> clocks;
    private final LineNumbers numbers;
    private final List<String> problems = new ArrayList<>();
    private final JavaPairRDD<Key, Tally> tallies;

    /**
     * How lines are read.
     *
     * @param formats access logs' formats besides the known ones, as nginx's log_format has them
     * @param zone zone of times without one, empty for what the logs themselves tell
     * @param filter which findings count
     * @param window microseconds of a window, 0 for one of all times
     */
    record Settings(List<String> formats, String zone, Filter filter, long window) implements java.io.Serializable {
        LogClassifier classifier() {
            return new LogClassifier(formats.stream().map(LogFormat::new).toList());
        }

        Optional<ZoneId> knownZone() {
            return zone.isEmpty() ? Optional.empty() : Optional.of(ZoneId.of(zone));
        }
    }

    /** What a task tells besides its tallies. */
    private record Told(LogPart part, long lines) implements java.io.Serializable {}

    /**
     * What turns times and places of a tally into those of its logs.
     *
     * @param clocks each host's
     * @param numbers of all lines
     */
    record Places(Map<String, FileClock> clocks, LineNumbers numbers) implements java.io.Serializable {}

    /** Reads everything; blocks until it is done. */
    LakeReading(JavaSparkContext spark, Lake lake, Settings settings) {
        this.spark = spark;
        this.lake = lake;
        this.settings = settings;
        clocks = clocks();
        List<LogPart> parts = LogPart.of(lake.files(), Long.MAX_VALUE, Reading.UNIT);
        numbers = new LineNumbers(lake.files(), parts);
        tallies = read(Slice.of(lake, parts));
    }

    /** Each host's own zone, by a look at its files. */
    private Map<String, FileClock> clocks() {
        Map<String, List<LogFile>> byHost = new HashMap<>();
        for (int i = 0; i < lake.files().size(); i++) {
            byHost.computeIfAbsent(lake.hosts().get(i), host -> new ArrayList<>())
                    .add(lake.files().get(i));
        }
        List<Tuple2<String, List<LogFile>>> pairs = new ArrayList<>();
        byHost.forEach((host, files) -> pairs.add(new Tuple2<>(host, files)));
        Settings how = settings;
        return new HashMap<>(spark.parallelizePairs(pairs, Math.max(1, Math.min(pairs.size(), 10_000)))
                .mapValues(files -> FileClock.of(files, how.classifier(), how.knownZone()))
                .collectAsMap());
    }

    private JavaPairRDD<Key, Tally> read(List<Slice> slices) {
        // Without names: the driver keeps a copy of what a named one has for each task.
        CollectionAccumulator<Told> told = new CollectionAccumulator<>();
        CollectionAccumulator<String> trouble = new CollectionAccumulator<>();
        spark.sc().register(told);
        spark.sc().register(trouble);
        Broadcast<List<LogFile>> files = spark.broadcast(lake.files());
        Broadcast<Map<String, FileClock>> known = spark.broadcast(clocks);
        Settings how = settings;
        int keys = Math.max(spark.defaultParallelism(), Math.min(MOST_TASKS_FOR_KEYS, slices.size() / 4));
        JavaPairRDD<Key, Tally> all = spark.parallelize(slices, Math.max(1, slices.size()))
                .mapPartitionsToPair(part -> read(part, how, files.value(), known.value(), told, trouble))
                .reduceByKey(new HashPartitioner(Math.max(1, keys)), (a, b) -> {
                    a.merge(b);
                    return a;
                })
                .persist(StorageLevel.MEMORY_AND_DISK());
        all.count();
        told.value().forEach(each -> numbers.read(each.part, each.lines));
        problems.addAll(lake.problems());
        problems.addAll(new TreeSet<>(trouble.value()));
        return all;
    }

    private static Iterator<Tuple2<Key, Tally>> read(
            Iterator<Slice> slices,
            Settings how,
            List<LogFile> files,
            Map<String, FileClock> clocks,
            CollectionAccumulator<Told> told,
            CollectionAccumulator<String> trouble) {
        List<Tuple2<Key, Tally>> results = new ArrayList<>();
        LogClassifier classifier = how.classifier();
        slices.forEachRemaining(slice -> {
            PartReader reader = new PartReader(
                    classifier,
                    how.filter(),
                    Objects.requireNonNull(clocks.get(slice.host())),
                    how.window(),
                    trouble::add);
            for (LogPart part : slice.parts()) {
                try {
                    told.add(new Told(part, reader.readOrFail(files.get(part.file()), part)));
                } catch (IOException e) {
                    throw new UncheckedIOException(files.get(part.file()).name() + ": " + e.getMessage(), e);
                }
            }
            reader.finish().forEach((window, tally) -> results.add(new Tuple2<>(new Key(slice.host(), window), tally)));
        });
        return results.iterator();
    }

    /** The tallies by host and window, kept where they were made. */
    JavaPairRDD<Key, Tally> tallies() {
        return tallies;
    }

    /** All of them as one. */
    Tally whole() {
        return tallies.values().treeAggregate(new Tally(), LakeReading::merged, LakeReading::merged);
    }

    private static Tally merged(Tally into, Tally other) {
        into.merge(other);
        return into;
    }

    /** What turns times and places of a tally into those of its logs. */
    Places places() {
        return new Places(clocks, numbers);
    }

    List<String> problems() {
        return problems;
    }
}
