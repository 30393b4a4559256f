package io.culprit.bench.load.report;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.plan.Plan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which cell to choose and why: among those that meet the thresholds and serve nearly as many requests as the best, those
 * that waste least of the upstream's work; of these the one whose neighbours do as well, so that a day that differs a
 * little does not fall off an edge; and then the fastest. Stateless.
 */
public final class Advice {
    /** Shares of success that count as the same. */
    private static final double SAME = 0.005;

    private static final double SAME_WASTE = 0.01;

    /** Losing this much success is a loss. */
    private static final double LOSS = 0.01;

    private Advice() {}

    /**
     * @param reason why this one, one sentence
     * @param margins for each setting that varies, how far it could be moved, one sentence each
     */
    public record Choice(Cell cell, String reason, List<String> margins) {}

    /** Empty when no request succeeded in any cell: there is nothing to choose from. */
    public static Optional<Choice> best(Plan plan, List<Cell> cells) {
        List<Cell> alive = cells.stream().filter(c -> c.succeeded() > 0).toList();
        if (alive.isEmpty()) {
            return Optional.empty();
        }
        List<Cell> meeting =
                alive.stream().filter(c -> Thresholds.missed(plan, c).isEmpty()).toList();
        List<Cell> candidates = meeting.isEmpty() ? alive : meeting;
        double most = candidates.stream().mapToDouble(Cell::success).max().orElse(0);
        double least = candidates.stream()
                .filter(c -> c.success() >= most - SAME)
                .mapToDouble(Cell::waste)
                .min()
                .orElse(0);
        List<Cell> near = candidates.stream()
                .filter(c -> c.success() >= most - SAME && c.waste() <= least + SAME_WASTE)
                .toList();
        Comparator<Cell> order = Comparator.<Cell>comparingLong(c -> -safeNeighbours(c, cells))
                .thenComparing(c -> c.percentileMillis(99))
                .thenComparing(c -> c.settings.read())
                .thenComparing(c -> c.settings.maxConnections())
                .thenComparing(c -> c.settings.queueSize());
        Cell best = near.stream().min(order).orElseThrow();
        List<String> margins = new ArrayList<>();
        for (Dimension each : Dimension.values()) {
            margin(each, best, cells).ifPresent(margins::add);
        }
        String reason = String.format(
                Locale.ROOT,
                "%.2f %% of requests succeed (%s with 95 %% confidence; the most any cell reaches is %.2f %%), %.1f %% of the upstream's work is for nobody, p99 %.0f ms",
                best.success() * 100,
                Confidence.of(best.succeeded(), best.requests()).points(),
                alive.stream().mapToDouble(Cell::success).max().orElse(0) * 100,
                best.waste() * 100,
                best.percentileMillis(99));
        return Optional.of(new Choice(best, reason, margins));
    }

    private static long safeNeighbours(Cell cell, List<Cell> cells) {
        long safe = 0;
        for (Dimension each : Dimension.values()) {
            List<Cell> line = each.line(cell, cells);
            int at = line.indexOf(cell);
            for (int i : new int[] {at - 1, at + 1}) {
                safe += i >= 0 && i < line.size() && line.get(i).success() >= cell.success() - LOSS ? 1 : 0;
            }
        }
        return safe;
    }

    private static Optional<String> margin(Dimension dimension, Cell best, List<Cell> cells) {
        List<Cell> line = dimension.line(best, cells);
        if (line.size() < 2) {
            return Optional.empty();
        }
        int low = line.indexOf(best);
        int high = low;
        while (low > 0 && Confidence.equal(best, line.get(low - 1))) {
            low--;
        }
        while (high < line.size() - 1 && Confidence.equal(best, line.get(high + 1))) {
            high++;
        }
        StringBuilder out = new StringBuilder(dimension.id()).append(' ').append(dimension.text(best.settings));
        out.append(
                low == high
                        ? ": every other value differs"
                        : ": %s to %s are equal as far as %d requests can tell"
                                .formatted(
                                        dimension.text(line.get(low).settings),
                                        dimension.text(line.get(high).settings),
                                        best.requests()));
        for (int i : new int[] {low - 1, high + 1}) {
            if (i >= 0 && i < line.size()) {
                double loss = (best.success() - line.get(i).success()) * 100;
                out.append(String.format(
                        Locale.ROOT,
                        ", %s %s %.1f points (%s)",
                        dimension.text(line.get(i).settings),
                        loss < 0 ? "gains" : "loses",
                        Math.abs(loss),
                        Confidence.loss(best, line.get(i)).points()));
            }
        }
        return Optional.of(out.toString());
    }
}
