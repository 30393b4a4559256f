package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.function.Consumer;

/** Requests that change something and are repeated all the same. */
public final class Retries implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx()
                .scopes(scope -> scope.block().block().stream()
                        .filter(d ->
                                d.name().endsWith("_next_upstream") && d.args().contains("non_idempotent"))
                        .forEach(d -> nginx(d, found)));
        for (Settings each : setup.haproxy()) {
            for (Setting s : each.all()) {
                boolean all = s.name().equals("retry-on") && s.value().contains("all-retryable-errors");
                boolean kept = each.all().stream().anyMatch(o -> o.value().contains("disable-l7-retry"));
                if (all && !kept) {
                    found.accept(Flaws.of(
                            "retry.post",
                            Level.WARNING,
                            s,
                            "HAProxy repeats any request, POST too, when an answer is broken: an order may run twice",
                            "retry-on " + s.value(),
                            "Add: http-request disable-l7-retry if METH_POST"));
                }
            }
        }
    }

    private static void nginx(Directive d, Consumer<Flaw> found) {
        String without = d.args().stream()
                .filter(a -> !a.equals("non_idempotent"))
                .reduce("", (a, b) -> a + " " + b)
                .strip();
        found.accept(Flaws.of(
                "retry.post",
                Level.WARNING,
                d,
                "nginx repeats POST at another server after a failure: an order may run twice",
                d.text(),
                "Take non_idempotent out",
                d.name() + " " + without + ";"));
    }
}
