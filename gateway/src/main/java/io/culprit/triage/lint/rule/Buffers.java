package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Buffers that are smaller than the heads they are for, or that nginx does not start with. */
public final class Buffers implements Rule {
    private static final long LEAST = 4 << 10;

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx()
                .scopes(scope -> List.of("proxy", "fastcgi", "uwsgi", "scgi").forEach(kind -> {
                    Optional<Directive> head = scope.block().last(kind + "_buffer_size");
                    head.filter(d -> Amount.bytes(d.arg(0)).orElse(LEAST) < LEAST)
                            .ifPresent(d -> found.accept(Flaws.of(
                                    "buffer.small",
                                    Level.WARNING,
                                    d,
                                    "the head of a response has to fit into " + d.arg(0)
                                            + ": cookies make it larger, and the answer becomes a 502",
                                    d.text(),
                                    "Set at least 8k (head.too-big)",
                                    d.name() + " 16k;")));
                    busy(scope, kind, found);
                }));
    }

    private static void busy(Scope scope, String kind, Consumer<Flaw> found) {
        Optional<Directive> size = scope.find(kind + "_buffer_size");
        Optional<Directive> busy = scope.find(kind + "_busy_buffers_size");
        boolean here = scope.block().has(kind + "_buffer_size") || scope.block().has(kind + "_busy_buffers_size");
        if (here && size.isPresent() && busy.isPresent()) {
            long one = Amount.bytes(size.get().arg(0)).orElse(0);
            long most = Amount.bytes(busy.get().arg(0)).orElse(Long.MAX_VALUE);
            if (most < one) {
                found.accept(Flaws.of(
                        "buffer.busy",
                        Level.ERROR,
                        busy.get(),
                        "nginx does not start: " + busy.get().name() + " is smaller than "
                                + size.get().name(),
                        busy.get().text() + "; " + size.get().text(),
                        "Set it to at least " + size.get().arg(0)));
            }
        }
    }
}
