package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.failure.Diagnosis;
import io.culprit.triage.classify.Program;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Happening;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A worker died while it served a request: killed for memory, killed by somebody, crashed, or ended by FPM's own timer. Rests on
 * the worker's end within two seconds of the reset; on the kernel's line with the same process id for memory and crashes. Without
 * that line a kill keeps the weaker name.
 */
final class DeadWorker implements Chain {
    private static final Set<Cause> EFFECTS = Set.of(
            Cause.HEAD_RESET, Cause.HEAD_CLOSED, Cause.BODY_RESET, Cause.BODY_TRUNCATED, Cause.FASTCGI_TRUNCATED);

    /** The kernel's line may be stamped a second before, a core dump delays FPM's by more. */
    private static final long NEAR = 2;

    private final Condition condition;

    DeadWorker(Condition condition) {
        this.condition = condition;
    }

    @Override
    public Optional<Link> find(Evidence e) {
        List<Happening> deaths = deaths(e);
        boolean fpm = !deaths.isEmpty() && deaths.get(0).program() == Program.PHP_FPM;
        List<Failed> failures =
                e.failed(EFFECTS).stream().filter(f -> !(fpm && f.isHttp())).toList();
        if (failures.isEmpty() || deaths.isEmpty()) {
            return Optional.empty();
        }
        // A worker serves one request at a time.
        long dead = deaths.stream().map(Happening::worker).distinct().count();
        long covered = Math.min(dead, Evidence.near(failures, deaths, NEAR, NEAR));
        if (covered == 0 || covered * 2 < Evidence.requests(failures)) {
            return Optional.empty();
        }
        List<Failed> near = failures.stream()
                .filter(f -> Evidence.near(List.of(f), deaths, NEAR, NEAR) > 0)
                .toList();
        List<Diagnosis> effects = near.stream().map(Failed::diagnosis).toList();
        Link.Builder link = Link.Builder.of(effects).root(condition).requests(covered);
        link.proof(near.get(0)
                .exhibits()
                .subList(0, Math.min(1, near.get(0).exhibits().size())));
        deaths.stream().limit(1).forEach(h -> link.proof(h.exhibit()));
        kernelLine(e, deaths).ifPresent(h -> link.proof(h.exhibit()));
        explain(e, link, deaths, near.get(0));
        return Optional.of(link.build());
    }

    private List<Happening> deaths(Evidence e) {
        return switch (condition) {
            case WORKER_OOM_KILLED -> withKernel(e, e.events(Condition.WORKER_KILLED), Condition.WORKER_OOM_KILLED);
            case WORKER_KILLED ->
                without(
                        e.events(Condition.WORKER_KILLED),
                        withKernel(e, e.events(Condition.WORKER_KILLED), Condition.WORKER_OOM_KILLED));
            case WORKER_SEGFAULT ->
                filter(e.events(Condition.WORKER_SEGFAULT), h -> h.program() != Program.KERNEL || h.worker() > 0);
            case POOL_TERMINATE_TIMEOUT -> e.events(Condition.POOL_TERMINATE_TIMEOUT);
            default -> e.events(condition);
        };
    }

    private static List<Happening> withKernel(Evidence e, List<Happening> deaths, Condition told) {
        List<Happening> kernel = e.events(told);
        List<Happening> found =
                filter(deaths, d -> kernel.stream().anyMatch(k -> k.worker() > 0 && k.worker() == d.worker()));
        // Where FPM's own log is missing, the kernel's line with the name of a PHP process is all there is.
        return found.isEmpty() && deaths.isEmpty()
                ? filter(
                        kernel,
                        k -> k.script().startsWith("php")
                                || k.script().contains("gunicorn")
                                || k.script().contains("uwsgi")
                                || k.script().contains("node")
                                || k.script().contains("ruby")
                                || k.script().contains("java"))
                : found;
    }

    private static List<Happening> without(List<Happening> all, List<Happening> some) {
        List<Happening> rest = new ArrayList<>(all);
        rest.removeAll(some);
        return rest;
    }

    private static List<Happening> filter(List<Happening> all, Predicate<Happening> which) {
        return all.stream().filter(which).toList();
    }

    private Optional<Happening> kernelLine(Evidence e, List<Happening> deaths) {
        Condition told = condition == Condition.WORKER_OOM_KILLED ? condition : Condition.WORKER_SEGFAULT;
        boolean wanted = condition == Condition.WORKER_OOM_KILLED || condition == Condition.WORKER_SEGFAULT;
        int worker = deaths.get(0).worker();
        return e.events(told).stream()
                .filter(k -> wanted && k.program() == Program.KERNEL && k.worker() == worker && k != deaths.get(0))
                .findFirst();
    }

    private void explain(Evidence e, Link.Builder link, List<Happening> deaths, Failed failed) {
        String times =
                Evidence.count(deaths.stream().map(Happening::worker).distinct().count(), "worker");
        String path = failed.paths().first();
        boolean one = !path.isEmpty() && failed.paths().of(path) * 10 >= failed.requests() * 8;
        String where = one ? ", always at " + path : "";
        switch (condition) {
            case WORKER_OOM_KILLED -> memory(e, link, times, where, deaths);
            case WORKER_KILLED ->
                link.because("%s ended by SIGKILL in those seconds%s", were(times), where)
                        .notProven(
                                "who sent the signal: no kernel line names these processes, so that memory is a suspicion only")
                        .fix(
                                Fix.of(
                                        "Look at the kernel's log for \"Killed process\" at that time (journalctl -k), then for scripts that kill"));
            case WORKER_SEGFAULT ->
                link.because(
                                "%s crashed in those seconds%s%s",
                                were(times).replace(" were", "").replace(" was", ""), where, library(e))
                        .notProven("which function crashed: that takes a core dump (rlimit_core = unlimited, gdb bt)")
                        .notThis(
                                e.tally().programs().containsKey(Program.KERNEL)
                                        ? "Memory did not run out: the kernel's log has no \"Killed process\" of these workers"
                                        : "A longer timeout changes nothing")
                        .notThis("A restart does not help: it comes back with the next such request")
                        .fix(Fix.of(
                                        "Update or switch off the library that is named; without one, opcache's JIT and the extension changed last")
                                .change("php.ini", "", "opcache.jit_buffer_size = 0   ; to see whether it is the JIT"));
            case POOL_TERMINATE_TIMEOUT -> terminated(link, deaths);
            default ->
                link.because("%s silent for too long and ended by the server itself%s", were(times), where)
                        .notProven("what blocked the worker: a database, another service or the processor")
                        .notThis("\"Perhaps out of memory?\" is a guess that is written for any kill")
                        .fix(Fix.of(
                                "Find what blocks (py-spy dump, a slow query log); long work belongs into a queue"));
        }
    }

    private static String were(String times) {
        return times + (times.startsWith("1 ") ? " was" : " were");
    }

    private static void memory(Evidence e, Link.Builder link, String times, String where, List<Happening> deaths) {
        int worker = deaths.get(0).worker();
        boolean cgroup = e.events(Condition.WORKER_OOM_KILLED).stream()
                .anyMatch(k -> k.worker() == worker && k.pool().equals("cgroup"));
        link.because(
                        "the kernel ended %s for memory in those seconds, by the limit of %s%s",
                        times, cgroup ? "the service or container, not of the machine" : "the whole machine", where)
                .notProven("which line of code took the memory: memory_limit below this limit would make PHP name it")
                .notThis("Nobody ran kill -9: the kernel's line has the same process id")
                .notThis("More workers make it worse")
                .fix(Fix.of("Let the work need less at a time; then keep workers times memory_limit below the limit")
                        .change(
                                "pool.d/www.conf",
                                "",
                                "php_admin_value[memory_limit] = 128M   ; times pm.max_children below the limit"));
    }

    private static String library(Evidence e) {
        return e.events(Condition.WORKER_SEGFAULT).stream()
                .filter(h -> h.program() == Program.KERNEL && !h.script().isEmpty())
                .map(h -> ", in " + h.script())
                .findFirst()
                .orElse("");
    }

    private static void terminated(Link.Builder link, List<Happening> deaths) {
        Happening first = deaths.get(0);
        String what = first.target().isEmpty() ? first.script() : first.target();
        link.because(
                        "FPM ended the script in that very second by request_terminate_timeout, after %.1f s: %s",
                        first.duration() / 1e6, what)
                .notProven("why the script takes so long: the slow log would name the function")
                .notThis("The worker did not crash: FPM itself ended it")
                .notThis("A longer fastcgi_read_timeout changes nothing: it had not run out")
                .fix(Fix.of(
                                "Move the work out of the request; or raise the limit above what it needs, and below fastcgi_read_timeout")
                        .change(
                                "pool.d/www.conf",
                                "request_terminate_timeout = %ds".formatted(Math.max(1, first.duration() / 1_000_000)),
                                "request_terminate_timeout = 55s   ; fastcgi_read_timeout is 60s"));
    }
}
