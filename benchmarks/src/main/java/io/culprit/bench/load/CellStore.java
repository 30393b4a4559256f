package io.culprit.bench.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.culprit.bench.load.plan.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Results on disk, one folder for each plan: a sweep that was interrupted goes on where it was, one that was finished begins
 * anew. A cell is its figures as JSON and its histograms as a log of HdrHistogram's, values in microseconds.
 */
public final class CellStore {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String FINISHED = "finished";

    private final Path directory;

    /**
     * @param planKey differs where results of one plan are not those of another
     * @param resume whether cells of an interrupted run may be used
     */
    public CellStore(Path directory, String planKey, boolean resume) throws IOException {
        this.directory = Files.createDirectories(directory.resolve(planKey));
        if (!resume || Files.exists(this.directory.resolve(FINISHED))) {
            clear();
        }
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
    }

    /** All cells are there: the next run is a new one. */
    void finish() throws IOException {
        Files.writeString(directory.resolve(FINISHED), "");
    }

    public Path directory() {
        return directory;
    }

    private Path file(Settings settings, boolean simulated, String ending) {
        return directory.resolve((simulated ? "simulated_" : "real_") + settings.key() + ending);
    }

    public void save(Cell cell) throws IOException {
        Path log = file(cell.settings, cell.simulated, ".hlog");
        try (PrintStream out = new PrintStream(Files.newOutputStream(log), false, "UTF-8")) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputLogFormatVersion();
            writer.outputLegend();
            write(writer, "latency", cell.latency, cell.seconds);
            write(writer, "service", cell.service, cell.seconds);
            write(writer, "lateness", cell.lateness, cell.seconds);
            write(writer, "failures", cell.failures, cell.seconds);
            write(writer, "missed_by", cell.missedBy, cell.seconds);
        }
        Path json = file(cell.settings, cell.simulated, ".json");
        Path making = json.resolveSibling(json.getFileName() + ".tmp");
        try (JsonGenerator out = JSON.createGenerator(Files.newOutputStream(making))) {
            out.useDefaultPrettyPrinter();
            out.writeStartObject();
            out.writeNumberField("requests", cell.requests);
            out.writeNumberField("unsent", cell.unsent);
            out.writeBooleanField("sees_upstream", cell.seesUpstream);
            out.writeNumberField("attempts", cell.attempts);
            out.writeNumberField("admitted", cell.admitted);
            out.writeNumberField("useful_seconds", cell.work.usefulSeconds());
            out.writeNumberField("wasted_seconds", cell.work.wastedSeconds());
            if (!Double.isNaN(cell.work.usefulSquares())) {
                out.writeNumberField("useful_squares", cell.work.usefulSquares());
                out.writeNumberField("wasted_squares", cell.work.wastedSquares());
            }
            out.writeNumberField("seconds", cell.seconds);
            counts(out, "outcomes", cell.outcomes);
            out.writeObjectFieldStart("by_second");
            for (Map.Entry<Integer, Map<String, Long>> each : cell.bySecond.entrySet()) {
                counts(out, Integer.toString(each.getKey()), each.getValue());
            }
            out.writeEndObject();
            out.writeEndObject();
        }
        // Only a whole file counts as a finished cell.
        Files.move(making, json, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(HistogramLogWriter writer, String tag, Histogram histogram, double seconds) {
        Histogram tagged = histogram.copy();
        tagged.setTag(tag);
        writer.outputIntervalHistogram(0, seconds, tagged);
    }

    private static void counts(JsonGenerator out, String name, Map<String, Long> counts) throws IOException {
        out.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> each : counts.entrySet()) {
            out.writeNumberField(each.getKey(), each.getValue());
        }
        out.writeEndObject();
    }

    /** A cell that was finished before; what can be derived from its figures is to be {@link Cell#settle}d. */
    Optional<Cell> load(Settings settings, boolean simulated) throws IOException {
        Path json = file(settings, simulated, ".json");
        Path log = file(settings, simulated, ".hlog");
        if (!Files.exists(json) || !Files.exists(log)) {
            return Optional.empty(); // half of a cell is none
        }
        Cell cell = new Cell(settings, simulated);
        read(json, log, cell);
        return Optional.of(cell);
    }

    /**
     * The figures of a histogram log and the file beside it, whatever they were settled with.
     *
     * @throws IOException naming the file that is missing or cannot be read
     */
    static Cell read(Path log) throws IOException {
        String name = log.getFileName().toString();
        Path json = log.resolveSibling(name.replaceFirst("\\.hlog$", "") + ".json");
        for (Path each : List.of(log, json)) {
            if (!Files.isReadable(each)) {
                throw new IOException(each + ": no such file, or it cannot be read; a result is an .hlog and a .json");
            }
        }
        Cell cell = new Cell(Settings.ANY, name.startsWith("simulated_"));
        try {
            read(json, log, cell);
        } catch (RuntimeException e) {
            throw new IOException(log + ": not a log of histograms as loadtest writes it: " + e.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IOException(json + ": " + e.getMessage(), e);
        }
        if (cell.requests == 0) {
            throw new IOException(json + ": there is no request in it");
        }
        if (cell.latency.getTotalCount() != cell.succeeded()) {
            throw new IOException(
                    "%s has %d requests that succeeded, %s beside it %d: they are not of one run, or one is cut off"
                            .formatted(log, cell.latency.getTotalCount(), json.getFileName(), cell.succeeded()));
        }
        return cell;
    }

    private static void read(Path json, Path log, Cell cell) throws IOException {
        double useful = 0;
        double wasted = 0;
        double usefulSquares = Double.NaN; // a result of before they were kept has none: its interval is not known
        double wastedSquares = Double.NaN;
        try (JsonParser in = JSON.createParser(Files.newInputStream(json))) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "requests" -> cell.requests = in.getLongValue();
                    case "unsent" -> cell.unsent = in.getLongValue();
                    case "sees_upstream" -> cell.seesUpstream = in.getBooleanValue();
                    case "attempts" -> cell.attempts = in.getLongValue();
                    case "admitted" -> cell.admitted = in.getLongValue();
                    case "useful_seconds" -> useful = in.getDoubleValue();
                    case "wasted_seconds" -> wasted = in.getDoubleValue();
                    case "useful_squares" -> usefulSquares = in.getDoubleValue();
                    case "wasted_squares" -> wastedSquares = in.getDoubleValue();
                    case "seconds" -> cell.seconds = in.getDoubleValue();
                    case "outcomes" -> cell.outcomes.putAll(counts(in));
                    case "by_second" -> {
                        while (in.nextToken() == JsonToken.FIELD_NAME) {
                            int second = Integer.parseInt(in.currentName());
                            in.nextToken();
                            cell.bySecond.put(second, counts(in));
                        }
                    }
                    default -> in.skipChildren();
                }
            }
        }
        cell.work = new UpstreamWork(useful, wasted, usefulSquares, wastedSquares);
        try (HistogramLogReader histograms = new HistogramLogReader(log.toFile())) {
            while (histograms.hasNext()) {
                if (histograms.nextIntervalHistogram() instanceof Histogram each) {
                    histogram(cell, String.valueOf(each.getTag())).ifPresent(h -> h.add(each));
                }
            }
        }
    }

    private static Optional<Histogram> histogram(Cell cell, String tag) {
        return switch (tag) {
            case "latency" -> Optional.of(cell.latency);
            case "service" -> Optional.of(cell.service);
            case "lateness" -> Optional.of(cell.lateness);
            case "failures" -> Optional.of(cell.failures);
            case "missed_by" -> Optional.of(cell.missedBy);
            default -> Optional.empty();
        };
    }

    private static Map<String, Long> counts(JsonParser in) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            counts.put(name, in.getLongValue());
        }
        return counts;
    }
}
