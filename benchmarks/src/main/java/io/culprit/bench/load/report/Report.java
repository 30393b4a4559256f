package io.culprit.bench.load.report;

import io.culprit.bench.load.Cell;
import io.culprit.bench.load.Sweep;
import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.Settings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All that a load test found.
 *
 * @param versions what ran it
 * @param sent requests that were planned
 * @param reused cells that come from an interrupted run
 * @param choice what is recommended; empty where nothing succeeded
 * @param checks cells in real and in simulated time
 * @param spread what chance does to the recommended cell
 * @param failed thresholds that were missed, one sentence each
 */
public record Report(
        Plan plan,
        Instant at,
        String versions,
        long sent,
        int reused,
        List<Cell> cells,
        Optional<Advice.Choice> choice,
        List<Sweep.Check> checks,
        Optional<Sweep.Spread> spread,
        List<String> failed) {
    /** What latency tables show. */
    static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.9, 99.99};

    /** A difference that matters. */
    private static final double POINT = 0.01;

    /** Times by which requests that were cut off may have missed their answer, in seconds. */
    static final double[] LATER = {0.1, 0.25, 0.5, 1, 2, 5, 10, 30};

    static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** The cell whose details are shown: the recommended one, or the first. */
    Cell shown() {
        return choice.map(Advice.Choice::cell).orElse(cells.get(0));
    }

    /** One sentence that answers the question. */
    String answer() {
        Cell cell = shown();
        if (choice.isEmpty()) {
            return "Nothing can be recommended: no request succeeded.";
        }
        if (cells.size() > 1) {
            return "Set " + cell.settings.label() + ": " + choice.get().reason() + ".";
        }
        return text(
                "%.2f %% of %d requests succeeded, half of them within %s ms, 99 %% within %s ms.",
                cell.success() * 100,
                cell.requests(),
                millis(cell.percentileMillis(50)),
                cell.knows(99) ? millis(cell.percentileMillis(99)) : "(too few to say)");
    }

    static String millis(double millis) {
        return millis < 10 ? text("%.2f", millis) : text("%.0f", millis);
    }

    /** A percentile of those that succeeded, or why there is none. */
    static String percentile(Cell cell, org.HdrHistogram.Histogram of, double percentile) {
        if (of.getTotalCount() == 0) {
            return "none";
        }
        return cell.knows(percentile) || percentile <= 50
                ? millis(of.getValueAtPercentile(percentile) / 1000.0)
                : "too few";
    }

    static String name(double percentile) {
        return "p"
                + (percentile == Math.rint(percentile)
                        ? Long.toString((long) percentile)
                        : Double.toString(percentile));
    }

    /** How it was done, by name. */
    Map<String, String> setUp() {
        Cell cell = shown();
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("when", at + ", " + versions);
        if (plan.url().isPresent()) {
            rows.put("target", plan.url().get() + "");
        } else if (plan.workers() > 0) { // results that were merged do not say what they were of
            rows.put(
                    "upstream",
                    text(
                            "%d workers; latency %s (p50 %s ms, p99 %s ms, longest %s ms)",
                            plan.workers(),
                            plan.latency().source(),
                            millis(plan.latency().quantile(0.5) / 1e6),
                            millis(plan.latency().quantile(0.99) / 1e6),
                            millis(plan.latency().quantile(1) / 1e6)));
        }
        rows.put(
                "arrivals",
                plan.arrivals().label() + ", open loop"
                        + (plan.patience().isZero()
                                ? ""
                                : "; a client leaves after " + Settings.exact(plan.patience())));
        double planned = plan.arrivals().duration().toNanos() / 1e9;
        rows.put(
                "offered",
                text(
                        "%.1f requests/s; answered well %.1f/s%s",
                        sent / planned,
                        cell.succeeded() / Math.max(planned, cell.seconds()),
                        cells.size() > 1 ? " with the recommended settings" : ""));
        rows.put("time", cells.get(0).simulated ? "simulated" : "real");
        if (reused > 0) {
            rows.put("reused", reused + " of " + cells.size() + " cells come from a run that was interrupted");
        }
        spread.ifPresent(s -> rows.put(
                "chance",
                text(
                        "with %d other seeds success is %.2f to %.2f %%, p99 %.0f to %.0f ms",
                        s.seeds(), s.leastSuccess() * 100, s.mostSuccess() * 100, s.leastP99(), s.mostP99())));
        return rows;
    }

    /** What makes results doubtful, one sentence each. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        long saturated = cells.stream().filter(Cell::saturated).count();
        if (saturated > 0) {
            warnings.add(text(
                    "the generator was too slow in %d of %d cells: one request in a hundred left more than %.0f ms late, the figures say more about it than about the target",
                    saturated,
                    cells.size(),
                    cells.stream()
                                    .mapToLong(c -> c.lateness.getValueAtPercentile(99))
                                    .max()
                                    .orElse(0)
                            / 1000.0));
        }
        long unsent = cells.stream().mapToLong(c -> c.unsent()).sum();
        if (unsent > 0) {
            warnings.add(
                    unsent
                            + " requests could not be sent for want of files or ports; they are not counted. Raise the limit (ulimit -n) or lower the rate");
        }
        if (cells.size() > 1 && Confidence.resolution(shown()) > POINT) {
            warnings.add(text(
                    "%d requests for each cell are too few: they tell differences from %.1f points on; %d would tell one point",
                    shown().requests(), Confidence.resolution(shown()) * 100, Confidence.enough(shown(), POINT)));
        }
        if (checks.stream().anyMatch(c -> !c.agrees())) {
            warnings.add("simulated and real time differ by more than 5 points: believe the cells in real time");
        }
        warnings.addAll(plan.notes());
        return warnings;
    }

    /** A cell's success with what chance leaves of it. */
    static String success(Cell cell) {
        return text(
                "%.2f %% (%s)",
                cell.success() * 100,
                Confidence.of(cell.succeeded(), cell.requests()).points());
    }

    /** A cell's wasted work with what chance leaves of it. */
    static String waste(Cell cell) {
        return text(
                "%.1f %% (%s)", cell.waste() * 100, Confidence.of(cell.work()).points());
    }

    /** The share that would have been answered so much later, with what chance leaves of it. */
    static String cutOff(Cell cell, double moreSeconds) {
        return text(
                "%.2f %% (%s)",
                cell.cutOffWithin(moreSeconds) * 100,
                Confidence.of(cell.cutOffs(moreSeconds), cell.requests()).points());
    }

    /** What a cell loses against the recommended one; that it is equal where the difference may be chance. */
    String against(Cell cell) {
        if (choice.isEmpty() || cell == shown()) {
            return "";
        }
        return Confidence.equal(shown(), cell)
                ? "equal"
                : text(
                        "%+.1f points (%s)",
                        (cell.success() - shown().success()) * 100,
                        Confidence.loss(cell, shown()).points());
    }

    /** Whether anything is known of the upstream's work. */
    boolean seesUpstream() {
        return cells.get(0).seesUpstream();
    }

    /** As Markdown, which reads well in a terminal. */
    public String markdown() {
        return new ReportMarkdown(this).page();
    }
}
