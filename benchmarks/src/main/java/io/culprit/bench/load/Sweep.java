package io.culprit.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs every cell, in real or simulated time, and checks one kind of time against the other. */
final class Sweep {
    /** More cells than these are simulated unless the plan says otherwise. */
    static final int FEW = 6;

    /** Cells that are run in both kinds of time. */
    private static final int SAMPLE = 2;

    private final Plan plan;
    private final CellStore store;
    private final Progress progress;
    private final List<Plan.Request> requests;

    /** One cell in both kinds of time. */
    record Check(Cell real, Cell simulated) {
        /** Difference of the shares of success. */
        double difference() {
            return Math.abs(real.success() - simulated.success());
        }
    }

    /** Told how far it is. */
    interface Progress {
        void at(int cell, int cells, double share, String what);
    }

    Sweep(Plan plan, CellStore store, Progress progress) {
        this.plan = plan;
        this.store = store;
        this.progress = progress;
        this.requests = plan.requests();
    }

    boolean simulated() {
        return switch (plan.mode()) {
            case REAL -> false;
            case SIMULATED -> plan.url().isEmpty();
            case AUTO -> plan.url().isEmpty() && plan.cells().size() > FEW;
        };
    }

    int requestCount() {
        return requests.size();
    }

    List<Cell> run() throws IOException {
        List<Cell> cells = new ArrayList<>();
        for (Settings each : plan.cells()) {
            int number = cells.size();
            progress.at(number, plan.cells().size(), 0, each.label());
            Optional<Cell> known = store.load(each, simulated());
            if (known.isPresent()) {
                cells.add(known.get());
                continue;
            }
            Cell cell = simulated()
                    ? Simulation.run(plan, each, requests)
                    : RealRun.run(
                            plan,
                            each,
                            requests,
                            share -> progress.at(number, plan.cells().size(), share, each.label()));
            store.save(cell);
            cells.add(cell);
        }
        return cells;
    }

    /** Some of the simulated cells once more in real time: the first and the best. */
    List<Check> check(List<Cell> cells, Cell best) throws IOException {
        List<Check> checks = new ArrayList<>();
        if (!simulated() || plan.mode() == Plan.Mode.SIMULATED) {
            return checks;
        }
        for (Cell each : List.of(best, cells.get(0))) {
            if (checks.size() < SAMPLE && checks.stream().noneMatch(c -> c.simulated() == each)) {
                int number = checks.size();
                Optional<Cell> known = store.load(each.settings, false);
                Cell real = known.isPresent()
                        ? known.get()
                        : RealRun.run(
                                plan,
                                each.settings,
                                requests,
                                share -> progress.at(number, SAMPLE, share, "in real time: " + each.settings.label()));
                if (known.isEmpty()) {
                    store.save(real);
                }
                checks.add(new Check(real, each));
            }
        }
        return checks;
    }
}
