package io.culprit.bench.rehearse;

import java.util.List;

/** Plays side by side, so that variants of one scenario can be compared at a glance. Stateless. */
final class Comparison {
    private Comparison() {}

    static String table(List<Outcome> outcomes) {
        var text = new StringBuilder("%n%-46s %6s %6s %8s %9s %10s  %s%n"
                .formatted("play", "good", "bad", "workers", "memory", "reached", "verdict"));
        for (Outcome each : outcomes) {
            text.append(row(each));
        }
        return text.toString().stripTrailing();
    }

    private static String row(Outcome outcome) {
        if (!outcome.skipped().isEmpty()) {
            return "%-46s %s%n".formatted(outcome.play().name(), "skipped: " + outcome.skipped());
        }
        return "%-46s %6d %6d %8d %5d MiB %10d  %s%n"
                .formatted(
                        outcome.play().name(),
                        good(outcome),
                        outcome.answers().values().stream().mapToLong(n -> n).sum() - good(outcome),
                        mostWorkers(outcome),
                        mostMemory(outcome) >> 20,
                        outcome.figures().getOrDefault("max_children_reached", 0L),
                        outcome.differences().isEmpty() ? "as expected" : "NOT as expected");
    }

    static long good(Outcome outcome) {
        return outcome.answers().entrySet().stream()
                .filter(e -> e.getKey().matches("[23][0-9][0-9]"))
                .mapToLong(e -> e.getValue())
                .sum();
    }

    static int mostWorkers(Outcome outcome) {
        return outcome.seconds().stream()
                .mapToInt(s -> Math.max(0, s.active()) + s.idle())
                .max()
                .orElse(0);
    }

    static long mostMemory(Outcome outcome) {
        return outcome.seconds().stream().mapToLong(Second::memoryBytes).max().orElse(0);
    }
}
