package io.culprit.bench.load;

import io.culprit.bench.load.plan.Plan;
import io.culprit.bench.load.plan.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/** Runs every cell, in real or simulated time, and checks one kind of time against the other. */
public final class Sweep {
    /** More cells than these are simulated unless the plan says otherwise. */
    static final int FEW = 6;

    /** Seeds that tell how much of a simulated result is chance. */
    private static final int SEEDS = 5;

    private final Plan plan;
    private final CellStore store;
    private final Progress progress;
    private final List<Plan.Request> requests;
    private int reused;

    /** One cell in both kinds of time. */
    public record Check(Cell real, Cell simulated) {
        /** The two agree to within this many percentage points of success, and twice as many of waste. */
        static final double TOLERANCE = 0.05;

        /** Whether the simulation can be believed. */
        public boolean agrees() {
            return Math.abs(real.success() - simulated.success()) <= TOLERANCE
                    && Math.abs(real.waste() - simulated.waste()) <= 2 * TOLERANCE;
        }

        /** Success, waste and p99, each real and simulated, as both reports show them. */
        public List<String> figures() {
            return List.of(
                    percent("%.2f", real.success()),
                    percent("%.2f", simulated.success()),
                    percent("%.1f", real.waste()),
                    percent("%.1f", simulated.waste()),
                    String.format(Locale.ROOT, "%.0f", real.percentileMillis(99)),
                    String.format(Locale.ROOT, "%.0f", simulated.percentileMillis(99)));
        }

        private static String percent(String format, double share) {
            return String.format(Locale.ROOT, format + " %%", share * 100);
        }
    }

    /**
     * What chance does to one cell.
     *
     * @param seeds how often it was run with other chances
     */
    public record Spread(int seeds, double leastSuccess, double mostSuccess, double leastP99, double mostP99) {}

    /** Told how far it is: share of this step, 0 to 1, of so many steps. */
    interface Progress {
        void at(int step, int steps, double share, String what);
    }

    Sweep(Plan plan, CellStore store, Progress progress) {
        this.plan = plan;
        this.store = store;
        this.progress = progress;
        this.requests = plan.requests();
    }

    boolean simulated() {
        return plan.url().isEmpty()
                && switch (plan.mode()) {
                    case REAL -> false;
                    case SIMULATED -> true;
                    case AUTO -> plan.cells().size() > FEW;
                };
    }

    int requestCount() {
        return requests.size();
    }

    /** Cells that an interrupted run had finished. */
    int reused() {
        return reused;
    }

    List<Cell> run() throws IOException {
        Map<Settings, Cell> cells = new LinkedHashMap<>();
        List<Settings> left = new ArrayList<>();
        for (Settings each : plan.cells()) {
            Optional<Cell> known = store.load(each, simulated());
            known.ifPresent(cell -> cell.settle(plan.arrivals()));
            cells.put(each, known.orElse(null)); // keeps the plan's order
            if (known.isEmpty()) {
                left.add(each);
            }
        }
        reused = cells.size() - left.size();
        for (Settings each : left) {
            int step = left.indexOf(each);
            progress.at(step, left.size(), 0, each.label());
            DoubleConsumer share = s -> progress.at(step, left.size(), s, each.label());
            Cell cell = simulated() ? Simulation.run(plan, each, requests) : RealRun.run(plan, each, requests, share);
            store.save(cell);
            cells.put(each, cell);
        }
        return List.copyOf(cells.values());
    }

    /**
     * Some of the simulated cells once more in real time: the best, the worst and the one in the middle, by success.
     * None where the plan asks for simulated time only.
     */
    List<Check> check(List<Cell> cells, Cell best) throws IOException {
        List<Check> checks = new ArrayList<>();
        if (!simulated() || plan.mode() == Plan.Mode.SIMULATED) {
            return checks;
        }
        List<Cell> order = new ArrayList<>(cells);
        order.sort(java.util.Comparator.comparingDouble(Cell::success));
        List<Cell> sample = new ArrayList<>(List.of(best));
        for (Cell each : List.of(order.get(0), order.get(order.size() / 2))) {
            if (!sample.contains(each)) {
                sample.add(each);
            }
        }
        for (Cell each : sample) {
            int step = checks.size();
            Optional<Cell> known = store.load(each.settings, false);
            known.ifPresent(cell -> cell.settle(plan.arrivals()));
            if (known.isEmpty()) {
                Cell real = RealRun.run(
                        plan,
                        each.settings,
                        requests,
                        s -> progress.at(step, sample.size(), s, "in real time: " + each.settings.label()));
                store.save(real);
                known = Optional.of(real);
            }
            checks.add(new Check(known.get(), each));
        }
        return checks;
    }

    /** How the chosen cell does by other chances; empty in real time, where that would take as long again. */
    Optional<Spread> spread(Cell best) {
        if (!simulated()) {
            return Optional.empty();
        }
        List<Cell> others = new ArrayList<>();
        for (int i = 1; i <= SEEDS; i++) {
            others.add(Simulation.run(plan, best.settings, plan.requests(plan.seed() + i)));
        }
        var success = others.stream().mapToDouble(Cell::success).summaryStatistics();
        var p99 = others.stream().mapToDouble(c -> c.percentileMillis(99)).summaryStatistics();
        return Optional.of(new Spread(SEEDS, success.getMin(), success.getMax(), p99.getMin(), p99.getMax()));
    }
}
