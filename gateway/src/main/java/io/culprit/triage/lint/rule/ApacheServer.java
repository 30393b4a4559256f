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

/** What Apache does with idle connections and with failed backends. */
public final class ApacheServer implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        for (Settings each : setup.apache()) {
            Optional<Setting> idle = each.get("KeepAliveTimeout");
            if (setup.edge().idle() >= 0 && idle.isPresent()) {
                double seconds = Amount.seconds(idle.get().value(), 1).orElse(5);
                if (seconds <= setup.edge().idle()) {
                    found.accept(Flaws.of(
                            "keepalive.order",
                            Level.WARNING,
                            idle.get(),
                            "Apache lets go of idle connections after " + Amount.shown(seconds) + ", before "
                                    + setup.edge().id() + " does ("
                                    + Amount.shown(setup.edge().idle()) + "): random 502s at the edge",
                            "KeepAliveTimeout " + idle.get().value(),
                            "Set KeepAliveTimeout above "
                                    + Amount.shown(setup.edge().idle()),
                            "KeepAliveTimeout %.0f".formatted(setup.edge().idle() + 15)));
                }
            }
            for (Setting s : each.all()) {
                boolean proxy = s.name().equals("ProxyPass") || s.name().equals("BalancerMember");
                if (proxy && s.value().matches(".*\\bretry=0\\b.*")) {
                    found.accept(Flaws.of(
                            "apache.retry-0",
                            Level.NOTE,
                            s,
                            "a backend that is down is asked again by every request, each with its own connect timeout",
                            s.value(),
                            "Leave retry at 60, or set it to a few seconds"));
                }
            }
        }
    }
}
