package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Program;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Happening;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The upstream was stopped on order and started again: running requests are reset, new ones refused until it is ready. Rests on
 * FPM's "Terminating", systemd's "Stopping" or an application server's like, and the next "ready" or "Started".
 */
final class Restart implements Chain {
    private static final Set<Cause> EFFECTS = Set.of(
            Cause.CONNECT_REFUSED,
            Cause.CONNECT_SOCKET_MISSING,
            Cause.HEAD_RESET,
            Cause.HEAD_CLOSED,
            Cause.BODY_RESET,
            Cause.BODY_TRUNCATED,
            Cause.PEERS_NONE_LIVE);

    /** Whole seconds in the logs, and a stop that takes a moment to be told. */
    private static final long SLACK = 1;

    /** A stop without a start is an outage of its own kind after this. */
    private static final long LONGEST = 600;

    @Override
    public Optional<Link> find(Evidence e) {
        List<Happening> stops = e.events(Condition.UPSTREAM_RESTART).stream()
                .filter(h -> h.isTimed()
                        && !h.pool().startsWith("nginx")
                        && !h.pool().equals("database"))
                .toList();
        if (stops.isEmpty()) {
            return Optional.empty();
        }
        List<Happening> ups = e.events(Condition.UPSTREAM_UP);
        long from = stops.get(0).second() - SLACK;
        List<long[]> windows = windows(stops, ups);
        boolean fpm =
                stops.get(0).program() == Program.PHP_FPM || stops.get(0).pool().contains("fpm");
        List<Failed> failures =
                e.failed(EFFECTS).stream().filter(f -> !(fpm && f.isHttp())).toList();
        long covered = 0;
        List<Diagnosis> effects = new ArrayList<>();
        StringBuilder parts = new StringBuilder();
        for (Failed each : failures) {
            long inside = inside(each, windows);
            if (inside > 0) {
                covered += inside;
                effects.add(each.diagnosis());
                parts.append(parts.length() == 0 ? "" : ", ")
                        .append(inside)
                        .append(" x ")
                        .append(each.diagnosis().id());
            }
        }
        if (covered == 0 || covered * 2 < Evidence.requests(failures)) {
            return Optional.empty();
        }
        long[] window = windows.get(0);
        String until = window[1] - window[0] >= LONGEST
                ? "and no line says that it came back"
                : "ready again at " + e.second(window[1] - SLACK);
        Link.Builder link = Link.Builder.of(effects)
                .root(Condition.UPSTREAM_RESTART)
                .requests(covered)
                .because(
                        "the upstream was stopped on order at %s, %s; in that time %s",
                        e.second(from + SLACK), until, parts)
                .proof(stops.get(0).exhibit());
        failures.stream()
                .filter(f -> effects.contains(f.diagnosis()))
                .forEach(f -> link.proof(
                        f.exhibits().subList(0, Math.min(1, f.exhibits().size()))));
        ups.stream()
                .filter(h -> h.isTimed() && h.second() >= stops.get(0).second())
                .findFirst()
                .ifPresent(h -> link.proof(h.exhibit()));
        return Optional.of(
                link.notProven("who ordered the restart: look at deployments and package upgrades at that time")
                        .notThis("The upstream did not crash: it was told to end")
                        .notThis("Longer timeouts change nothing: nobody listened")
                        .fix(Fix.of(
                                        "Reload instead of restarting, and let running requests end; a unix socket keeps its queue over a reload")
                                .change("deployment", "systemctl restart php-fpm", "systemctl reload php-fpm")
                                .change(
                                        "php-fpm.conf",
                                        "process_control_timeout = 0",
                                        "process_control_timeout = 60s   ; above the longest request"))
                        .build());
    }

    private static List<long[]> windows(List<Happening> stops, List<Happening> ups) {
        List<long[]> windows = new ArrayList<>();
        for (Happening stop : stops) {
            long end = ups.stream()
                    .filter(h -> h.isTimed() && h.micros() >= stop.micros())
                    .mapToLong(Happening::second)
                    .min()
                    .orElse(stop.second() + LONGEST);
            windows.add(new long[] {stop.second() - SLACK, Math.min(end, stop.second() + LONGEST) + SLACK});
        }
        return windows;
    }

    private static long inside(Failed failed, List<long[]> windows) {
        long sum = 0;
        for (Map.Entry<Long, Long> each : failed.bySecond().entrySet()) {
            for (long[] window : windows) {
                if (each.getKey() >= window[0] && each.getKey() <= window[1]) {
                    sum += each.getValue();
                    break;
                }
            }
        }
        return sum;
    }
}
