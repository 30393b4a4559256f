package io.culprit.bench.load.plan;

import io.culprit.sim.scenario.Mapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reads {@code gateway}, the settings that hold, and {@code sweep}, those that are tried out: every combination. */
final class SweepReader {
    private static final int MOST_CELLS = 10_000;
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Settings DEFAULTS = new Settings(Duration.ofSeconds(60), 0, 0, Duration.ofSeconds(5), 1);

    /** Who sweeps the time in a queue wants one. */
    private static final int QUEUE = 100;

    private final Optional<Mapping> gateway;
    private final Optional<Mapping> sweep;
    private final List<String> notes;

    /**
     * @param notes gets what was assumed
     */
    SweepReader(Mapping root, List<String> notes) {
        this.gateway = root.mapping("gateway");
        this.sweep = root.mapping("sweep");
        this.notes = notes;
    }

    /** The settings where nothing is swept. */
    Settings base() {
        Settings given = gateway.map(g -> new Settings(
                        g.parsed("read", DEFAULTS.read(), SweepReader::read),
                        g.parsed("max_connections", DEFAULTS.maxConnections(), SweepReader::connections),
                        g.parsed("queue.size", DEFAULTS.queueSize(), SweepReader::queueSize),
                        g.parsed("queue.timeout", DEFAULTS.queueTimeout(), SweepReader::queueTimeout),
                        g.parsed("tries", DEFAULTS.tries(), SweepReader::tries)))
                .orElse(DEFAULTS);
        gateway.ifPresent(Mapping::finish);
        boolean sized = gateway.filter(g -> g.has("queue.size")).isPresent()
                || sweep.filter(s -> s.has("queue.size")).isPresent();
        if (!sized && sweep.filter(s -> s.has("queue.timeout")).isPresent()) {
            notes.add("queue.size is %d, because queue.timeout is swept and the plan does not say it".formatted(QUEUE));
            return with(given).queue(QUEUE, given.queueTimeout());
        }
        return given;
    }

    /** All combinations; one cell where nothing is swept. */
    List<Settings> cells(Settings base) {
        if (sweep.isEmpty()) {
            return List.of(meaningful(base, base));
        }
        List<Settings> cells = List.of(base);
        cells = cross("read", cells, SweepReader::read, (s, v) -> with(s).read(v));
        cells = cross("max_connections", cells, SweepReader::connections, (s, v) -> with(s).connections(v));
        cells = cross("queue.size", cells, SweepReader::queueSize, (s, v) -> with(s).queue(v, s.queueTimeout()));
        cells = cross("queue.timeout", cells, SweepReader::queueTimeout, (s, v) -> with(s).queue(s.queueSize(), v));
        cells = cross("tries", cells, SweepReader::tries, (s, v) -> with(s).tries(v));
        sweep.get().finish();
        List<Settings> all =
                cells.stream().map(each -> meaningful(each, base)).distinct().toList();
        if (all.size() < cells.size()) {
            notes.add(
                    "%d combinations make %d cells: without a limit nobody queues, and without a queue its timeout means nothing"
                            .formatted(cells.size(), all.size()));
        }
        return all;
    }

    /** Without a limit nobody queues, and without a queue it has no timeout: such cells are one and the same. */
    private static Settings meaningful(Settings s, Settings base) {
        boolean queues =
                s.maxConnections() > 0 && s.queueSize() > 0 && !s.queueTimeout().isZero();
        return queues
                ? s
                : with(s).queue(0, base.queueTimeout().isZero() ? DEFAULTS.queueTimeout() : base.queueTimeout());
    }

    private <T> List<Settings> cross(
            String key, List<Settings> cells, Function<String, T> parser, BiFunction<Settings, T, Settings> with) {
        Mapping section = sweep.orElseThrow();
        if (!section.has(key)) {
            return cells;
        }
        section.name(key);
        List<Settings> all = new ArrayList<>();
        String[] values = section.flow(key).replaceAll("[\\[\\]\"']", "").split(",");
        if ((long) values.length * cells.size() > MOST_CELLS) {
            section.problem(key, "\"sweep.%s\" makes more than %d cells".formatted(key, MOST_CELLS));
            return cells;
        }
        for (String text : values) {
            try {
                T value = parser.apply(text.trim());
                cells.forEach(each -> all.add(with.apply(each, value)));
            } catch (IllegalArgumentException e) {
                section.problem(key, "%s: \"%s\" %s".formatted(key, text.trim(), e.getMessage()));
            }
        }
        return all.isEmpty() ? cells : all;
    }

    private static Duration read(String text) {
        Duration read = duration(text);
        if (read.isZero()) {
            throw new IllegalArgumentException("must be more than 0");
        }
        return read;
    }

    private static Duration queueTimeout(String text) {
        return duration(text);
    }

    private static Duration duration(String text) {
        if (!text.matches("0|[0-9]{1,9}(ms|s|m|h)")) {
            throw new IllegalArgumentException("must be a duration, such as 500ms, 5s or 0");
        }
        long number = Long.parseLong(text.replaceAll("[a-z]", ""));
        Duration value = switch (text.replaceAll("[0-9]", "")) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("must be at most 1h");
        }
        return value;
    }

    private static Integer connections(String text) {
        return whole(text, 0, 100_000);
    }

    private static Integer queueSize(String text) {
        return whole(text, 0, 1_000_000);
    }

    private static Integer tries(String text) {
        return whole(text, 1, 10);
    }

    private static Integer whole(String text, int least, int most) {
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException("must be a whole number from %d to %d".formatted(least, most));
        }
        return Integer.parseInt(text);
    }

    private static Changed with(Settings settings) {
        return new Changed(settings);
    }

    /** Settings with one of them changed. */
    private record Changed(Settings s) {
        Settings read(Duration read) {
            return new Settings(read, s.maxConnections(), s.queueSize(), s.queueTimeout(), s.tries());
        }

        Settings connections(int most) {
            return new Settings(s.read(), most, s.queueSize(), s.queueTimeout(), s.tries());
        }

        Settings queue(int size, Duration timeout) {
            return new Settings(s.read(), s.maxConnections(), size, timeout, s.tries());
        }

        Settings tries(int tries) {
            return new Settings(s.read(), s.maxConnections(), s.queueSize(), s.queueTimeout(), tries);
        }
    }
}
