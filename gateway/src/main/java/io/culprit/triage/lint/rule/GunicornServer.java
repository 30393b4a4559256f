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

/** What gunicorn does with workers that hang. */
public final class GunicornServer implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        for (Settings each : setup.gunicorn()) {
            Optional<Setting> timeout = each.get("timeout");
            timeout.filter(s -> s.value().equals("0"))
                    .ifPresent(s -> found.accept(Flaws.of(
                            "gunicorn.no-timeout",
                            Level.WARNING,
                            s,
                            "a worker that hangs is never ended",
                            "timeout = 0",
                            "Set timeout = 30, and below the web server's read timeout",
                            "timeout = 30")));
            Optional<Setting> kind = each.get("worker_class");
            boolean sync = kind.isEmpty() || kind.get().value().equals("sync");
            Optional<Setting> threads =
                    each.get("threads").filter(s -> Amount.bytes(s.value()).orElse(1) > 1);
            each.get("workers")
                    .filter(s -> s.value().equals("1") && sync && threads.isEmpty())
                    .ifPresent(s -> found.accept(Flaws.of(
                            "gunicorn.one-worker",
                            Level.WARNING,
                            s,
                            "one sync worker serves one request at a time: a slow one stops all others",
                            "workers = 1, worker_class sync",
                            "Set workers to 2 x processors + 1, or threads")));
        }
    }
}
