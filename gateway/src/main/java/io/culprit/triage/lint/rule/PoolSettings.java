package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.Optional;
import java.util.function.Consumer;

/** Values of an FPM pool that contradict each other, or leave the one who looks for a fault in the dark. */
public final class PoolSettings implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        for (Settings pool : setup.pools()) {
            for (String section : pool.sections()) {
                pool.get(section, "pm").ifPresent(pm -> pool(pool, section, pm, found));
            }
        }
    }

    private static void pool(Settings pool, String section, Setting pm, Consumer<Flaw> found) {
        Optional<Setting> requests =
                pool.get(section, "pm.max_requests").filter(s -> s.value().equals("0"));
        requests.ifPresent(s -> found.accept(Flaws.of(
                "fpm.max-requests-0",
                Level.WARNING,
                s,
                "workers are never made anew: what a script or an extension leaks grows until the kernel ends them",
                "pm.max_requests = 0",
                "Set pm.max_requests = 1000, which costs a fork each thousand requests",
                "pm.max_requests = 1000")));
        relation(pool, section, pm, found);
        advice(
                pool,
                section,
                "pm.status_path",
                pm,
                "fpm.no-status",
                "nobody can see how many workers are busy",
                "pm.status_path = /fpm-status",
                found);
        advice(
                pool,
                section,
                "request_slowlog_timeout",
                pm,
                "fpm.no-slowlog",
                "nobody can see which function is slow",
                "request_slowlog_timeout = 5s and slowlog",
                found);
        advice(
                pool,
                section,
                "request_terminate_timeout",
                pm,
                "fpm.no-terminate-timeout",
                "a script that hangs holds its worker for ever",
                "request_terminate_timeout, a little below the web server's read timeout",
                found);
    }

    private static void relation(Settings pool, String section, Setting pm, Consumer<Flaw> found) {
        long most = number(pool, section, "pm.max_children");
        long start = number(pool, section, "pm.start_servers");
        long least = number(pool, section, "pm.min_spare_servers");
        long spare = number(pool, section, "pm.max_spare_servers");
        if (!pm.value().equals("dynamic") || most < 0) {
            return;
        }
        boolean wrong = start > most
                || least > spare && spare >= 0
                || spare > most
                || start >= 0 && least >= 0 && start < least
                || start > spare && spare >= 0;
        if (wrong) {
            found.accept(Flaws.of(
                    "fpm.numbers",
                    Level.ERROR,
                    pm,
                    "PHP-FPM does not start with these numbers: min_spare <= start <= max_spare <= max_children is wanted",
                    "max_children %d, start %d, min_spare %d, max_spare %d".formatted(most, start, least, spare),
                    "Set them in that order"));
        }
    }

    private static long number(Settings pool, String section, String name) {
        return pool.get(section, name)
                .map(s -> Amount.bytes(s.value()).orElse(-1))
                .orElse(-1L);
    }

    private static void advice(
            Settings pool,
            String section,
            String name,
            Setting pm,
            String id,
            String why,
            String what,
            Consumer<Flaw> found) {
        Optional<Setting> set = pool.get(section, name);
        if (set.isEmpty() || set.get().value().equals("0")) {
            found.accept(Flaws.of(
                    id,
                    Level.NOTE,
                    pm,
                    "pool " + section + " has no " + name + ": " + why,
                    "pm = " + pm.value(),
                    "Set " + what));
        }
    }
}
