package io.culprit.bench.load.report;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.plan.Settings;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The settings that a sweep varies, each with its order. */
enum Dimension {
    READ("read", s -> s.read().toNanos(), s -> Settings.exact(s.read())),
    MAX_CONNECTIONS(
            "max_connections",
            s -> s.maxConnections() == 0 ? Long.MAX_VALUE : s.maxConnections(),
            s -> s.maxConnections() == 0 ? "unlimited" : Integer.toString(s.maxConnections())),
    QUEUE_SIZE("queue.size", Settings::queueSize, s -> Integer.toString(s.queueSize())),
    QUEUE_TIMEOUT(
            "queue.timeout",
            s -> s.queueSize() == 0 ? 0 : s.queueTimeout().toNanos(),
            s -> s.queueSize() == 0 ? "0" : Settings.exact(s.queueTimeout())),
    TRIES("tries", Settings::tries, s -> Integer.toString(s.tries()));

    private final String id;
    private final ToLongFunction<Settings> order;
    private final Function<Settings, String> text;

    Dimension(String id, ToLongFunction<Settings> order, Function<Settings, String> text) {
        this.id = id;
        this.order = order;
        this.text = text;
    }

    /** Its key in a plan. */
    String id() {
        return id;
    }

    String text(Settings settings) {
        return text.apply(settings);
    }

    /** The cells that differ from this one in nothing else, in order, itself among them. */
    List<Cell> line(Cell cell, List<Cell> cells) {
        return cells.stream()
                .filter(c -> alike(c.settings, cell.settings))
                .sorted(Comparator.comparingLong(c -> order.applyAsLong(c.settings)))
                .toList();
    }

    private boolean alike(Settings one, Settings other) {
        for (Dimension each : values()) {
            if (each != this && each.order.applyAsLong(one) != each.order.applyAsLong(other)) {
                return false;
            }
        }
        return true;
    }
}
