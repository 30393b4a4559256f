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

/** More workers than there is memory for, by what each may take. */
public final class PoolMemory implements Rule {
    private static final long PHP_DEFAULT = 128L << 20;

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        if (setup.memory() <= 0) {
            return;
        }
        for (Settings pool : setup.pools()) {
            for (Setting children : pool.all()) {
                if (children.name().equals("pm.max_children")) {
                    check(setup, pool, children, found);
                }
            }
        }
    }

    private static void check(Setup setup, Settings pool, Setting children, Consumer<Flaw> found) {
        Optional<Setting> limit = pool.get(children.section(), "php_admin_value[memory_limit]")
                .or(() -> pool.get(children.section(), "php_value[memory_limit]"))
                .or(() -> setup.php().stream()
                        .flatMap(s -> s.get("memory_limit").stream())
                        .findFirst());
        boolean none = limit.filter(s -> s.value().equals("-1")).isPresent();
        long each = limit.map(s -> Amount.bytes(s.value()).orElse(PHP_DEFAULT)).orElse(PHP_DEFAULT);
        long count = Amount.bytes(children.value()).orElse(0);
        if (none) {
            found.accept(
                    Flaws.of(
                            "fpm.memory-unlimited",
                            Level.WARNING,
                            limit.get(),
                            "memory_limit is -1: one script may take all memory, and the kernel decides who dies",
                            limit.get().name() + " = -1",
                            "Set a limit: then PHP names the line that reached it (php.memory-limit instead of worker.oom-killed)"));
        } else if (count * each > setup.memory()) {
            found.accept(Flaws.of(
                    "fpm.memory",
                    Level.WARNING,
                    children,
                    "%d workers of up to %s each are %s, and the machine has %s: the kernel will end some under load"
                            .formatted(
                                    count,
                                    Amount.shown(each),
                                    Amount.shown(count * each),
                                    Amount.shown(setup.memory())),
                    "pm.max_children = " + count + ", memory_limit = "
                            + limit.map(s -> s.value() + " (" + s.where() + ")").orElse("128M (default)"),
                    "At most %d workers, or a lower memory_limit; culprit doctor measures what they really take"
                            .formatted(Math.max(1, setup.memory() * 8 / 10 / each)),
                    "pm.max_children = " + Math.max(1, setup.memory() * 8 / 10 / each)));
        }
    }
}
