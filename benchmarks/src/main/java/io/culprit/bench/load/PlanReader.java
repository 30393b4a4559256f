package io.culprit.bench.load;

import io.culprit.sim.scenario.Mapping;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads a plan; finds all problems in one run, each with its place. */
final class PlanReader {
    private static final int MOST_CELLS = 10_000;
    private static final Settings DEFAULTS = new Settings(Duration.ofSeconds(60), 0, 0, Duration.ofSeconds(5), 1);

    private final Mapping root;
    private final Path directory;

    private PlanReader(Mapping root, Path directory) {
        this.root = root;
        this.directory = directory;
    }

    /**
     * @throws IOException with one line {@code file:line:column: problem} for each problem
     */
    static Plan read(Path path) throws IOException {
        List<String> problems = new ArrayList<>();
        Mapping root = Mapping.read(path, problems);
        Path directory = Optional.ofNullable(path.toAbsolutePath().getParent()).orElse(Path.of("."));
        return new PlanReader(root, directory).plan(problems);
    }

    /** The same from text, for flags. */
    static Plan parse(String text) throws IOException {
        List<String> problems = new ArrayList<>();
        return new PlanReader(Mapping.parse(text, "plan", problems), Path.of(".")).plan(problems);
    }

    private Plan plan(List<String> problems) throws IOException {
        Settings settings = root.mapping("gateway").map(PlanReader::settings).orElse(DEFAULTS);
        Optional<Mapping> upstream = root.mapping("upstream");
        LatencyDistribution latency = upstream.map(this::latency)
                .orElseGet(() -> LatencyDistribution.declared(Map.of(50.0, Duration.ofMillis(1))));
        int workers = upstream.map(u -> u.integer("workers", 100, 1, 10_000)).orElse(100);
        upstream.ifPresent(Mapping::finish);
        Optional<Mapping> thresholds = root.mapping("thresholds");
        double success = thresholds.map(t -> percent(t, "success", 0)).orElse(0.0);
        Optional<Duration> p99 = thresholds.flatMap(
                t -> t.has("p99") ? Optional.of(t.duration("p99", Duration.ZERO)) : Optional.empty());
        thresholds.ifPresent(Mapping::finish);
        Plan plan = new Plan(
                root.text("question", "Which settings serve most requests?"),
                url(),
                paths(),
                root.mapping("arrival").map(PlanReader::arrivals).orElseGet(() -> missing("arrival")),
                root.duration("patience", Duration.ofSeconds(60)),
                workers,
                latency,
                settings,
                root.mapping("sweep").map(s -> sweep(s, settings)).orElse(List.of(settings)),
                root.choice("mode", Plan.Mode.AUTO, Plan.Mode.class),
                success,
                p99,
                root.integer("seed", 1, 0, Integer.MAX_VALUE));
        if (plan.url().isPresent() && plan.cells().size() > 1) {
            root.problem("sweep", "settings can be swept where the gateway is started for the test, not at a URL");
        }
        root.finish();
        if (!problems.isEmpty()) {
            throw new IOException(String.join("\n", problems));
        }
        return plan;
    }

    private Arrivals missing(String key) {
        root.problem(key, "is missing, such as { rate: 50, duration: 60s }");
        return new Arrivals(Arrivals.Shape.CONSTANT, 1, 1, Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO);
    }

    private Optional<URI> url() {
        return root.mapping("target").flatMap(target -> {
            Optional<URI> url = target.text("url").map(URI::create);
            if (url.isEmpty()
                    || !"http".equals(url.get().getScheme())
                    || url.get().getHost() == null) {
                target.problem("url", "must be a http URL, such as http://127.0.0.1:8080");
            }
            target.finish();
            return url;
        });
    }

    private List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (Mapping each : root.list("mix")) {
            int weight = each.integer("weight", 1, 1, 1000);
            String path = each.text("path", "/");
            if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c > 126)) {
                each.problem("path", "must begin with a slash and have neither spaces nor letters beyond ASCII");
            }
            for (int i = 0; i < weight; i++) {
                paths.add(path);
            }
            each.finish();
        }
        return paths.isEmpty() ? List.of("/") : paths;
    }

    private static Arrivals arrivals(Mapping section) {
        Arrivals.Shape shape = section.choice("shape", Arrivals.Shape.POISSON, Arrivals.Shape.class);
        double rate = section.integer("rate", 10, 1, 1_000_000);
        Arrivals arrivals = new Arrivals(
                shape,
                rate,
                section.integer("peak", (int) rate, 1, 1_000_000),
                section.duration("duration", Duration.ofSeconds(60)),
                section.duration("at", Duration.ofSeconds(10)),
                section.duration("for", Duration.ofSeconds(10)));
        section.finish();
        return arrivals;
    }

    private static Settings settings(Mapping section) {
        Settings read = new Settings(
                section.duration("read", DEFAULTS.read()),
                section.integer("max_connections", DEFAULTS.maxConnections(), 0, 100_000),
                section.integer("queue.size", DEFAULTS.queueSize(), 0, 1_000_000),
                section.duration("queue.timeout", DEFAULTS.queueTimeout()),
                section.integer("tries", DEFAULTS.tries(), 1, 10));
        section.finish();
        return read;
    }

    private LatencyDistribution latency(Mapping upstream) {
        Optional<Mapping> section = upstream.mapping("latency");
        if (section.isEmpty()) {
            upstream.problem("latency", "is missing, such as { p50: 80ms, p99: 3s, max: 12s }");
            return LatencyDistribution.declared(Map.of(50.0, Duration.ofMillis(1)));
        }
        Mapping latency = section.get();
        for (String key : List.of("nginx_log", "hlog")) {
            if (latency.has(key)) {
                Path file = directory.resolve(latency.text(key, ""));
                latency.finish();
                try {
                    return key.equals("hlog")
                            ? LatencyDistribution.histogram(file)
                            : LatencyDistribution.nginxLog(file);
                } catch (IOException e) {
                    latency.problem(
                            key,
                            e instanceof java.nio.file.NoSuchFileException ? file + ": no such file" : e.getMessage());
                    return LatencyDistribution.declared(Map.of(50.0, Duration.ofMillis(1)));
                }
            }
        }
        Map<Double, Duration> percentiles = new TreeMap<>();
        for (String key : latency.keys()) {
            Optional<Double> percentile = percentile(key);
            if (percentile.isEmpty()) {
                latency.problem(key, "is neither a percentile such as p99.9, nor min, max, nginx_log or hlog");
            } else {
                percentiles.put(percentile.get(), latency.duration(key, Duration.ofMillis(1)));
            }
        }
        try {
            return LatencyDistribution.declared(percentiles);
        } catch (IllegalArgumentException e) {
            upstream.problem("latency", e.getMessage());
            return LatencyDistribution.declared(Map.of(50.0, Duration.ofMillis(1)));
        }
    }

    private static Optional<Double> percentile(String key) {
        if (key.equals("min")) {
            return Optional.of(0.0);
        }
        if (key.equals("max")) {
            return Optional.of(100.0);
        }
        return key.matches("p[0-9]{1,2}(\\.[0-9]+)?")
                ? Optional.of(Double.parseDouble(key.substring(1)))
                : Optional.empty();
    }

    private static double percent(Mapping section, String key, double fallback) {
        return section.parsed(key, fallback, text -> {
            if (!text.matches("[0-9]{1,3}(\\.[0-9]+)?%") || Double.parseDouble(text.replace("%", "")) > 100) {
                throw new IllegalArgumentException("must be a percentage, such as 99.5%");
            }
            return Double.parseDouble(text.replace("%", "")) / 100;
        });
    }

    private List<Settings> sweep(Mapping section, Settings base) {
        List<Settings> cells = List.of(base);
        cells = cross(
                section,
                "read",
                cells,
                PlanReader::duration,
                (s, v) -> new Settings(v, s.maxConnections(), s.queueSize(), s.queueTimeout(), s.tries()));
        cells = cross(
                section,
                "max_connections",
                cells,
                PlanReader::whole,
                (s, v) -> new Settings(s.read(), v, s.queueSize(), s.queueTimeout(), s.tries()));
        cells = cross(
                section,
                "queue.size",
                cells,
                PlanReader::whole,
                (s, v) -> new Settings(s.read(), s.maxConnections(), v, s.queueTimeout(), s.tries()));
        cells = cross(
                section,
                "queue.timeout",
                cells,
                PlanReader::duration,
                (s, v) -> new Settings(s.read(), s.maxConnections(), s.queueSize(), v, s.tries()));
        cells = cross(
                section,
                "tries",
                cells,
                PlanReader::whole,
                (s, v) -> new Settings(s.read(), s.maxConnections(), s.queueSize(), s.queueTimeout(), v));
        section.finish();
        // Without a limit nobody queues, and without a queue it has no timeout: such cells are one and the same.
        return cells.stream().map(each -> meaningful(each, base)).distinct().toList();
    }

    private static Settings meaningful(Settings s, Settings base) {
        int queue = s.maxConnections() == 0 ? 0 : s.queueSize();
        return new Settings(
                s.read(), s.maxConnections(), queue, queue == 0 ? base.queueTimeout() : s.queueTimeout(), s.tries());
    }

    private interface With<T> {
        Settings value(Settings settings, T value);
    }

    private static <T> List<Settings> cross(
            Mapping section, String key, List<Settings> cells, Function<String, T> parser, With<T> with) {
        if (!section.has(key)) {
            return cells;
        }
        section.keys();
        List<Settings> all = new ArrayList<>();
        for (String text : section.flow(key).replaceAll("[\\[\\]\"']", "").split(",")) {
            try {
                T value = parser.apply(text.trim());
                cells.forEach(each -> all.add(with.value(each, value)));
            } catch (IllegalArgumentException e) {
                section.problem(key, "has \"%s\": %s".formatted(text.trim(), e.getMessage()));
            }
        }
        if (all.size() > MOST_CELLS) {
            section.problem(key, "makes more than " + MOST_CELLS + " cells");
            return cells;
        }
        return all.isEmpty() ? cells : all;
    }

    private static Duration duration(String text) {
        if (!text.matches("0|[0-9]+(us|ms|s|m|h)")) {
            throw new IllegalArgumentException("a duration was expected, such as 500ms, 5s or 0");
        }
        long number = Long.parseLong(text.replaceAll("[a-z]", ""));
        return switch (text.replaceAll("[0-9]", "")) {
            case "us" -> Duration.ofNanos(number * 1000);
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }

    private static Integer whole(String text) {
        if (!text.matches("[0-9]{1,7}")) {
            throw new IllegalArgumentException("a whole number was expected");
        }
        return Integer.parseInt(text);
    }
}
