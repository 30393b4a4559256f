package io.culprit.triage.doctor;

import io.culprit.failure.Condition;
import io.culprit.triage.conf.Amount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pool's workers really take, and how many of them the machine has room for. PSS counts a page that several processes share
 * by its share; RSS counts it for each of them, opcache's memory too, and so makes a pool look larger than it is.
 */
final class WorkerMemory {
    /** Left for what grows meanwhile. */
    private static final double ROOM = 0.8;

    private WorkerMemory() {}

    static List<Step> look(Processes processes, List<FpmPool> pools) {
        Map<String, List<long[]>> measured = new LinkedHashMap<>();
        Map<String, ControlGroup> groups = new LinkedHashMap<>();
        int hidden = 0;
        for (Processes.Running each : processes.workers()) {
            Optional<String> rollup = Shell.file("/proc/" + each.pid() + "/smaps_rollup");
            if (rollup.isEmpty() || Shell.number(rollup.get(), "Pss:") < 0) {
                hidden++;
                continue;
            }
            groups.computeIfAbsent(each.pool(), p -> ControlGroup.of(Integer.toString(each.pid())));
            measured.computeIfAbsent(each.pool(), p -> new ArrayList<>()).add(new long[] {
                Shell.number(rollup.get(), "Pss:") << 10, Shell.number(rollup.get(), "Rss:") << 10
            });
        }
        List<Step> steps = new ArrayList<>();
        measured.forEach(
                (pool, sizes) -> steps.add(pool(pool, sizes, pools, groups.getOrDefault(pool, ControlGroup.NONE))));
        if (hidden > 0 && measured.isEmpty()) {
            steps.add(Step.unseen(
                    "memory of workers",
                    "other users' processes may not be measured: root would (/proc/PID/smaps_rollup)"));
        }
        return steps;
    }

    private static Step pool(String name, List<long[]> sizes, List<FpmPool> pools, ControlGroup group) {
        long pss = sizes.stream().mapToLong(s -> s[0]).sum();
        long rss = sizes.stream().mapToLong(s -> s[1]).sum();
        long largest = sizes.stream().mapToLong(s -> s[0]).max().orElse(1);
        long each = Math.max(1, pss / sizes.size());
        Optional<FpmPool> pool =
                pools.stream().filter(p -> p.name().equals(name)).findFirst();
        Optional<String> info = Shell.file("/proc/meminfo");
        long total = info.map(t -> Shell.number(t, "MemTotal:") << 10).orElse(0L);
        long available = info.map(t -> Shell.number(t, "MemAvailable:") << 10).orElse(0L);
        boolean grouped = group.limit() < total;
        long limit = grouped ? group.limit() : total;
        // What runs outside of the group does not count against its limit.
        long others = Math.max(0, (grouped ? Math.max(0, group.used()) : total - available) - pss);
        long fits = Math.max(1, (long) ((limit - others) * ROOM / largest));
        int children = pool.map(FpmPool::children).orElse(-1);
        String text =
                "%d workers take %s (PSS), %s each, the largest %s; there is room for %d of these, pm.max_children is %s"
                        .formatted(
                                sizes.size(),
                                Amount.shown(pss),
                                Amount.shown(each),
                                Amount.shown(largest),
                                fits,
                                children < 0 ? "unknown" : children);
        List<String> details = new ArrayList<>();
        details.add("room: (%s of %s - %s that others use) x %.1f / %s"
                .formatted(
                        grouped ? "limit of its control group" : "memory",
                        Amount.shown(limit),
                        Amount.shown(others),
                        ROOM,
                        Amount.shown(largest)));
        details.add("RSS would say %s: it counts memory that workers share (opcache, the program) once for each"
                .formatted(Amount.shown(rss)));
        details.add("workers that have just started take less than busy ones: look again under load");
        details.add(mode(pool, sizes.size(), fits));
        Step step = children > fits
                ? Step.warning(
                        "memory of pool " + name,
                        text,
                        Condition.WORKER_OOM_KILLED,
                        "set pm.max_children = " + fits + " in "
                                + pool.map(p -> p.file().toString()).orElse("its pool file"))
                : Step.fine("memory of pool " + name, text);
        return step.details(details);
    }

    private static String mode(Optional<FpmPool> pool, int running, long fits) {
        String mode = pool.map(FpmPool::mode).orElse("");
        return switch (mode) {
            case "ondemand" ->
                "pm = ondemand starts a worker for each burst: good for many small pools, slow at the first request; static or dynamic for a busy site";
            case "static" ->
                "pm = static keeps all %d workers: right where this pool is alone on the machine".formatted(running);
            case "dynamic" ->
                "pm = dynamic is right for mixed load; with the machine to itself, pm = static and max_children = %d saves the forks"
                        .formatted(fits);
            default -> "its pm is unknown";
        };
    }
}
