package io.culprit.bench.load.plan;

import io.culprit.sim.scenario.Mapping;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads a plan; finds all problems in one run, each with its place. */
public final class PlanReader {
    /** Requests of one run: more do not fit the memory the launcher gives. */
    private static final double MOST_REQUESTS = 1_000_000;

    private final Mapping root;
    private final Path directory;
    private final List<String> notes = new ArrayList<>();

    private PlanReader(Mapping root, Path directory) {
        this.root = root;
        this.directory = directory;
    }

    /**
     * @throws IOException with one line {@code file:line:column: problem} for each problem
     */
    public static Plan read(Path path) throws IOException {
        List<String> problems = new ArrayList<>();
        Mapping root = Mapping.read(path, problems);
        Path directory = Optional.ofNullable(path.toAbsolutePath().getParent()).orElse(Path.of("."));
        return new PlanReader(root, directory).plan(problems);
    }

    /**
     * The same from text, for flags.
     *
     * @param name what the text is called in messages
     */
    public static Plan parse(String text, String name) throws IOException {
        List<String> problems = new ArrayList<>();
        return new PlanReader(Mapping.parse(text, name, problems), Path.of(".")).plan(problems);
    }

    private Plan plan(List<String> problems) throws IOException {
        Optional<URI> url = url();
        SweepReader sweep = new SweepReader(root, notes);
        Settings settings = sweep.base();
        Optional<Mapping> upstream = root.mapping("upstream");
        LatencyDistribution latency =
                upstream.map(u -> new LatencyReader(u, directory).read()).orElseGet(LatencyReader::none);
        int workers = upstream.map(u -> u.integer("workers", 100, 1, 10_000)).orElse(100);
        upstream.ifPresent(Mapping::finish);
        if (url.isPresent()) {
            for (String key : List.of("upstream", "gateway", "sweep", "mode")) {
                if (root.has(key)) {
                    root.problem(key, "has no effect on a URL: only a gateway started for the test can be set");
                }
            }
        } else if (upstream.isEmpty()) {
            root.problem(
                    "upstream",
                    "\"upstream\" is missing, such as { workers: 10, latency: { p50: 80ms, p99: 3s } }; or \"target\", such as { url: http://127.0.0.1:8080/page }");
        }
        Optional<Mapping> thresholds = root.mapping("thresholds");
        double success = thresholds.map(t -> percent(t, "success")).orElse(0.0);
        Optional<Duration> p99 = thresholds.flatMap(
                t -> t.has("p99") ? Optional.of(t.duration("p99", Duration.ZERO)) : Optional.empty());
        thresholds.ifPresent(Mapping::finish);
        Plan plan = new Plan(
                root.text("question", "Which settings serve most requests?"),
                url,
                mix(url),
                root.mapping("arrival").map(PlanReader::arrivals).orElseGet(() -> missing("arrival")),
                root.duration("patience", Duration.ofSeconds(60)),
                workers,
                latency,
                settings,
                sweep.cells(settings),
                root.choice("mode", Plan.Mode.AUTO, Plan.Mode.class),
                success,
                p99,
                root.integer("seed", 1, 0, Integer.MAX_VALUE),
                List.copyOf(notes));
        root.finish();
        if (!problems.isEmpty()) {
            throw new IOException(String.join("\n", problems));
        }
        return plan;
    }

    private Arrivals missing(String key) {
        root.problem(key, "\"%s\" is missing, such as %s: { rate: 50, duration: 60s }".formatted(key, key));
        return new Arrivals(Arrivals.Shape.CONSTANT, 1, 1, Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO);
    }

    private Optional<URI> url() {
        return root.mapping("target").flatMap(target -> {
            Optional<URI> url = target.text("url").flatMap(PlanReader::uri);
            if (url.isEmpty()
                    || !"http".equals(url.get().getScheme())
                    || url.get().getHost() == null) {
                target.problem("url", "\"target.url\" must be a http URL, such as http://127.0.0.1:8080/page");
                url = Optional.empty();
            }
            target.finish();
            return url;
        });
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** What is asked for; without a mix, the URL's own path. */
    private List<Plan.Ask> mix(Optional<URI> url) {
        List<Plan.Ask> mix = new ArrayList<>();
        for (Mapping each : root.list("mix")) {
            mix.add(new Plan.Ask(
                    each.integer("weight", 1, 1, 1000),
                    each.parsed("method", "GET", PlanReader::method),
                    each.parsed("path", "/", PlanReader::path),
                    headers(each),
                    (int) Math.min(16 << 20, each.size("body", 0))));
            each.finish();
        }
        String own = url.map(u -> (u.getRawPath() == null || u.getRawPath().isEmpty() ? "/" : u.getRawPath())
                        + (u.getRawQuery() == null ? "" : "?" + u.getRawQuery()))
                .orElse("/");
        return mix.isEmpty() ? List.of(new Plan.Ask(1, "GET", own, "", 0)) : List.copyOf(mix);
    }

    private static String method(String text) {
        if (!text.matches("[A-Z]{1,20}")) {
            throw new IllegalArgumentException("must be a method in capitals, such as POST");
        }
        return text;
    }

    private static String path(String text) {
        if (!text.startsWith("/") || text.chars().anyMatch(c -> c <= ' ' || c > 126)) {
            throw new IllegalArgumentException(
                    "must begin with a slash and have neither spaces nor letters beyond ASCII");
        }
        return text;
    }

    private static String headers(Mapping ask) {
        StringBuilder lines = new StringBuilder();
        ask.mapping("headers").ifPresent(headers -> {
            for (String name : headers.keys()) {
                String value = headers.text(name, "");
                boolean framing =
                        name.toLowerCase(Locale.ROOT).matches("host|content-length|transfer-encoding|connection");
                if (framing || !name.matches("[A-Za-z0-9-]+") || value.chars().anyMatch(c -> c < ' ' || c > 126)) {
                    headers.problem(name, "is no header that can be sent");
                }
                lines.append(name).append(": ").append(value).append("\r\n");
            }
            headers.finish();
        });
        return lines.toString();
    }

    private static Arrivals arrivals(Mapping section) {
        Arrivals.Shape shape = section.choice("shape", Arrivals.Shape.POISSON, Arrivals.Shape.class);
        double rate = section.parsed("rate", 10.0, PlanReader::rate);
        boolean rises = shape == Arrivals.Shape.RAMP || shape == Arrivals.Shape.SPIKE;
        if (rises && !section.has("peak")) {
            section.problem(
                    "shape",
                    "a %s needs a peak, such as peak: 200"
                            .formatted(shape.name().toLowerCase(Locale.ROOT)));
        }
        Duration duration = section.duration("duration", Duration.ofSeconds(60));
        Arrivals arrivals = new Arrivals(
                shape,
                rate,
                section.parsed("peak", rate, PlanReader::rate),
                duration,
                section.duration("at", Duration.ofSeconds(10)),
                section.duration("for", Duration.ofSeconds(10)));
        if (duration.isZero()) {
            section.problem("duration", "must be more than 0");
        }
        if (shape == Arrivals.Shape.SPIKE
                && arrivals.spikeAt().plus(arrivals.spikeFor()).compareTo(duration) > 0) {
            section.problem("duration", "the spike must end within the duration: at + for <= duration");
        }
        double most = Math.max(arrivals.rate(), arrivals.peak()) * duration.toMillis() / 1000.0;
        if (most > MOST_REQUESTS) {
            section.problem("rate", "makes %.0f requests, at most %.0f are possible".formatted(most, MOST_REQUESTS));
        }
        section.finish();
        return arrivals;
    }

    private static double rate(String text) {
        if (!text.matches("[0-9]{1,7}(\\.[0-9]{1,3})?") || Double.parseDouble(text) <= 0) {
            throw new IllegalArgumentException(
                    "must be requests a second, more than 0 and less than 10000000, such as 50 or 0.5");
        }
        return Double.parseDouble(text);
    }

    private static double percent(Mapping section, String key) {
        return section.parsed(key, 0.0, text -> {
            if (!text.matches("[0-9]{1,3}(\\.[0-9]+)?%") || Double.parseDouble(text.replace("%", "")) > 100) {
                throw new IllegalArgumentException("must be a percentage, such as 99.5%");
            }
            return Double.parseDouble(text.replace("%", "")) / 100;
        });
    }
}
