package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.Optional;
import java.util.function.Consumer;

/** Connections that a worker of nginx may have: each proxied request takes two, and a descriptor for each. */
public final class WorkerLimits implements Rule {
    private static final long FEW = 512;

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        for (Directive root : setup.nginx().roots()) {
            Optional<Directive> events = root.last("events");
            Optional<Directive> connections = events.flatMap(e -> e.last("worker_connections"));
            if (connections.isEmpty()) {
                continue;
            }
            Directive d = connections.get();
            long count = Amount.bytes(d.arg(0)).orElse(FEW);
            if (count < FEW) {
                found.accept(Flaws.of(
                        "worker.connections",
                        Level.WARNING,
                        d,
                        "a worker serves " + count / 2 + " proxied requests at a time at most: idle clients count too",
                        d.text(),
                        "Set worker_connections 4096 (gateway.worker-connections)",
                        "worker_connections 4096;"));
            }
            Optional<Directive> files = root.last("worker_rlimit_nofile");
            if (files.isPresent() && Amount.bytes(files.get().arg(0)).orElse(Long.MAX_VALUE) < count) {
                found.accept(Flaws.of(
                        "worker.files",
                        Level.ERROR,
                        files.get(),
                        "a worker may have " + count + " connections and open "
                                + files.get().arg(0) + " files",
                        files.get().text() + "; " + d.text(),
                        "Set worker_rlimit_nofile to twice worker_connections (gateway.fd-limit)",
                        "worker_rlimit_nofile " + count * 2 + ";"));
            }
        }
    }
}
