package io.culprit.bench.load.plan;

import io.culprit.bench.rehearse.ServiceTimes;
import io.culprit.sim.scenario.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads {@code upstream.latency}: declared percentiles, or measured ones from a file. */
public final class LatencyReader {
    private enum Unit {
        NS(1),
        US(1_000),
        MS(1_000_000);

        private final long nanos;

        Unit(long nanos) {
            this.nanos = nanos;
        }
    }

    private final Mapping upstream;
    private final Path directory;

    /**
     * @param directory where relative paths begin
     */
    LatencyReader(Mapping upstream, Path directory) {
        this.upstream = upstream;
        this.directory = directory;
    }

    /** Where none is needed, or none can be had. */
    public static LatencyDistribution none() {
        return LatencyDistribution.declared(Map.of(50.0, Duration.ofMillis(1)));
    }

    LatencyDistribution read() {
        Optional<Mapping> section = upstream.mapping("latency");
        if (section.isEmpty()) {
            upstream.problem("latency", "latency is missing, such as latency: { p50: 80ms, p99: 3s, max: 12s }");
            return none();
        }
        Mapping latency = section.get();
        for (String key : List.of("nginx_log", "hlog", "scenario")) {
            if (latency.has(key)) {
                LatencyDistribution found = measured(latency, key);
                latency.finish();
                return found;
            }
        }
        return declared(latency);
    }

    private LatencyDistribution measured(Mapping latency, String key) {
        Path file = directory.resolve(latency.text(key, ""));
        try {
            return switch (key) {
                case "hlog" ->
                    LatencyDistribution.histogram(
                            file, latency.text("tag"), latency.choice("unit", Unit.US, Unit.class).nanos);
                case "nginx_log" -> NginxLogTimes.read(file, latency.text("field"));
                default -> scenario(file);
            };
        } catch (IOException e) {
            latency.problem(
                    key,
                    e instanceof java.nio.file.NoSuchFileException
                            ? file + ": no such file"
                            : Files.isDirectory(file)
                                    ? file + ": a folder, a file is wanted"
                                    : String.valueOf(e.getMessage()));
            return none();
        }
    }

    private static LatencyDistribution scenario(Path file) throws IOException {
        double[] micros =
                ServiceTimes.of(file).stream().mapToDouble(s -> s * 1e6).toArray();
        return LatencyDistribution.measured(micros, "pages of " + file.getFileName() + ", each asked alone");
    }

    private LatencyDistribution declared(Mapping latency) {
        Map<Double, Duration> percentiles = new TreeMap<>();
        for (String key : latency.keys()) {
            Optional<Double> percentile = percentile(key);
            if (percentile.isEmpty()) {
                latency.problem(
                        key, "is neither a percentile such as p99.9, nor min, max, nginx_log, hlog or scenario");
            } else {
                percentiles.put(percentile.get(), latency.duration(key, Duration.ofMillis(1)));
            }
        }
        try {
            return LatencyDistribution.declared(percentiles);
        } catch (IllegalArgumentException e) {
            upstream.problem("latency", String.valueOf(e.getMessage()));
            return none();
        }
    }

    private static Optional<Double> percentile(String key) {
        return switch (key.toLowerCase(Locale.ROOT)) {
            case "min" -> Optional.of(0.0);
            case "max" -> Optional.of(100.0);
            default ->
                key.matches("p[0-9]{1,2}(\\.[0-9]+)?")
                        ? Optional.of(Double.parseDouble(key.substring(1)))
                        : Optional.empty();
        };
    }
}
