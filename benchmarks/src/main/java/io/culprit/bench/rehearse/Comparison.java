package io.culprit.bench.rehearse;

import java.util.List;

/** Plays side by side, so that variants of one scenario can be compared at a glance. Stateless. */
final class Comparison {
    private Comparison() {}

    static String table(List<Outcome> outcomes) {
        int width =
                outcomes.stream().mapToInt(o -> o.play().name().length()).max().orElse(0);
        String row = "%-" + width + "s  %5s  %5s  %7s  %9s  %7s  %s%n";
        var text = new StringBuilder(System.lineSeparator())
                .append(row.formatted("play", "good", "bad", "workers", "memory", "max hit", "verdict"));
        for (Outcome each : outcomes) {
            long all = each.answers().values().stream().mapToLong(n -> n).sum();
            boolean played = each.skipped().isEmpty();
            text.append(row.formatted(
                    each.play().name(),
                    played ? good(each) : "-",
                    played ? all - good(each) : "-",
                    played ? mostWorkers(each) : "-",
                    played ? (mostMemory(each) >> 20) + " MiB" : "-",
                    played ? each.figures().getOrDefault("max_children_reached", 0L) + " x" : "-",
                    played
                            ? (each.differences().isEmpty() ? "as expected" : "NOT as expected")
                            : "skipped: " + each.skipped()));
        }
        return text.toString().stripTrailing();
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
