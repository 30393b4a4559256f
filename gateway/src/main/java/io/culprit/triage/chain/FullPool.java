package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Happening;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All workers of a pool busy: then its accept queue fills up, requests wait until a timer ends them, or are refused at once. Rests
 * on FPM's "reached max_children" or uWSGI's full listen queue near the failures, and on what the slow log says holds the workers.
 * FPM looks once a second, so its line may come after the first failure, and there is one for each saturation only.
 */
final class FullPool implements Chain {
    private static final Set<Cause> EFFECTS =
            Set.of(Cause.CONNECT_BACKLOG_FULL, Cause.HEAD_TIMEOUT, Cause.CONNECT_TIMEOUT, Cause.CONNECT_KERNEL_TIMEOUT);
    private static final long NEAR = 5;

    @Override
    public Optional<Link> find(Evidence e) {
        List<Failed> failures = e.failed(EFFECTS);
        List<Happening> full = e.events(Condition.POOL_MAX_CHILDREN);
        boolean refused = failures.stream().anyMatch(f -> f.diagnosis() == Cause.CONNECT_BACKLOG_FULL);
        if (failures.isEmpty() || full.isEmpty() && !refused) {
            return Optional.empty();
        }
        long covered = 0;
        for (Evidence.Episode episode : Evidence.episodes(failures)) {
            boolean near = full.stream()
                    .anyMatch(h -> h.isTimed()
                            && h.second() >= episode.from() - NEAR - 60
                            && h.second() <= episode.to() + NEAR);
            covered += near || full.isEmpty() ? episode.requests() : 0;
        }
        if (covered == 0) {
            return Optional.empty();
        }
        List<Diagnosis> effects = failures.stream().map(Failed::diagnosis).toList();
        Holder holder = Holder.find(e, failures);
        Link.Builder link =
                Link.Builder.of(effects).root(Condition.POOL_MAX_CHILDREN).requests(covered);
        long setting = full.isEmpty() ? -1 : full.get(0).setting();
        workers(e, link, full, setting, holder);
        failures.forEach(f ->
                link.proof(f.exhibits().subList(0, Math.min(1, f.exhibits().size()))));
        full.stream().limit(1).forEach(h -> link.proof(h.exhibit()));
        holder.describe(e, link);
        long from = failures.stream().mapToLong(Failed::first).min().orElse(0) / 1_000_000L;
        long to = failures.stream().mapToLong(Failed::last).max().orElse(0) / 1_000_000L;
        long answered = e.answered(from, to);
        if (answered > 0) {
            link.notThis(
                    "The upstream is not down: %s were answered in the same time", Evidence.count(answered, "request"));
        }
        return Optional.of(
                link.notThis("Longer timeouts only make the queue longer").build());
    }

    private static void workers(Evidence e, Link.Builder link, List<Happening> full, long setting, Holder holder) {
        if (full.isEmpty()) {
            link.because("the accept queue of the upstream was full: all its workers were busy");
        } else {
            String when =
                    full.get(0).isTimed() ? " (told at " + e.time(full.get(0).micros()) + ")" : "";
            link.because(
                    "all %sworkers%s were busy%s",
                    setting > 0 ? setting + " " : "",
                    full.get(0).pool().isEmpty()
                            ? ""
                            : " of pool " + full.get(0).pool(),
                    when);
        }
        if (holder.isFound()) {
            return;
        }
        String now = setting > 0 ? Long.toString(setting) : "N";
        link.notProven("what held the workers: switch on the slow log (request_slowlog_timeout) to see it")
                .fix(Fix.of("Find what holds the workers; raise their number only as far as memory allows")
                        .change(
                                "pool.d/"
                                        + (full.isEmpty() || full.get(0).pool().isEmpty()
                                                ? "www"
                                                : full.get(0).pool()) + ".conf",
                                "pm.max_children = " + now,
                                "pm.max_children = " + more(setting)
                                        + "   ; memory of one worker (PSS) times this must fit\n"
                                        + "listen.backlog = 511\n"
                                        + "request_slowlog_timeout = 3s\n"
                                        + "slowlog = /var/log/php-fpm.slow.log"));
    }

    private static String more(long setting) {
        return setting > 0 ? Long.toString(setting * 2) : "2N";
    }
}
