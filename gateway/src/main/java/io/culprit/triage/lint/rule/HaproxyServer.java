package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.List;
import java.util.function.Consumer;

/** Timers that HAProxy does not have unless somebody sets them. */
public final class HaproxyServer implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        for (Settings each : setup.haproxy()) {
            boolean serves = each.sections().stream().anyMatch(s -> s.matches("(frontend|listen)\\b.*"));
            for (String timer : List.of("timeout connect", "timeout client", "timeout server")) {
                if (serves && each.get(timer).isEmpty()) {
                    found.accept(Flaws.of(
                            "haproxy.no-timeout",
                            Level.ERROR,
                            each.file(),
                            "there is no " + timer + ": a peer that vanishes holds its connection for ever",
                            "no line \"" + timer + "\"",
                            "Set " + timer + " in defaults"));
                }
            }
            each.get("timeout http-request").ifPresent(s -> slow(s, found));
            if (serves && each.get("timeout http-request").isEmpty()) {
                found.accept(Flaws.of(
                        "haproxy.slow-heads",
                        Level.NOTE,
                        each.file(),
                        "a client may send its head as slowly as timeout client allows",
                        "no line \"timeout http-request\"",
                        "Set timeout http-request 10s in defaults"));
            }
        }
    }

    private static void slow(Setting s, Consumer<Flaw> found) {
        if (Amount.seconds(s.value(), 0.001).orElse(0) > 60) {
            found.accept(Flaws.of(
                    "haproxy.slow-heads",
                    Level.NOTE,
                    s,
                    "a client has " + s.value() + " for its head",
                    s.name() + " " + s.value(),
                    "Set it to 10s"));
        }
    }
}
