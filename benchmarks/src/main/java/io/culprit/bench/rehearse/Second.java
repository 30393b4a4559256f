package io.culprit.bench.rehearse;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One second of a play.
 *
 * @param number from 0
 * @param happened actions of the timeline in it
 * @param sent requests sent in it
 * @param answers answers that came in it, counted by label
 * @param active workers with a request at its end, -1 when FPM was gone
 * @param idle workers without one
 * @param memoryBytes what the workers weighed at its end
 */
record Second(
        int number,
        List<String> happened,
        int sent,
        Map<String, Integer> answers,
        int active,
        int idle,
        long memoryBytes) {

    String line() {
        var parts = new StringBuilder("%4d s".formatted(number));
        parts.append(active < 0 ? "  no FPM          " : "  %3d busy %3d idle".formatted(active, idle));
        parts.append("  %4d MiB".formatted(memoryBytes >> 20));
        parts.append(sent > 0 ? "  sent %-4d".formatted(sent) : "           ");
        new TreeMap<>(answers)
                .forEach(
                        (label, n) -> parts.append("  ").append(n).append(" x ").append(label));
        happened.forEach(each -> parts.append("  [").append(each).append(']'));
        return parts.toString().stripTrailing();
    }
}
