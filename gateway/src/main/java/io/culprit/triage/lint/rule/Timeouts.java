package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Amount;
import io.culprit.triage.lint.Edge;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import io.culprit.triage.lint.TimerChain;
import io.culprit.triage.lint.TimerChain.Timer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Timers in the wrong order: who is outside gives up first, and the work behind goes on for nobody. */
public final class Timeouts implements Rule {
    /** Whoever waits longer than this for an answer hides that something is slow. */
    private static final double HIDES = 300;

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        for (TimerChain chain : TimerChain.of(setup)) {
            List<Timer> timers = chain.timers();
            for (int i = 0; i + 1 < timers.size(); i++) {
                for (int j = i + 1; j < timers.size(); j++) {
                    pair(setup, chain, timers.get(i), timers.get(j), found);
                }
            }
            timers.stream()
                    .filter(t -> t.set() && t.seconds() > HIDES && !t.owner().startsWith("php"))
                    .forEach(t -> hides(t, found));
        }
    }

    private static void pair(Setup setup, TimerChain chain, Timer outer, Timer inner, Consumer<Flaw> found) {
        boolean edge = outer.owner().equals(setup.edge().id()) && setup.edge() != Edge.NONE;
        double limit = edge ? setup.edge().leastRead() : outer.seconds();
        boolean inverted = limit > 0 && inner.seconds() > limit && inner.set();
        // PHP's own limit does not count waiting, so that it is no promise to whoever is in front.
        boolean script = inner.owner().equals("php");
        Path file = inner.file();
        if (!inverted || file == null || script && inner.seconds() <= limit) {
            return;
        }
        String sentence =
                "%s gives up after %s, while %s lets it run for %s: the client has its 504 and the work goes on for nobody"
                        .formatted(
                                outer.owner(),
                                Amount.shown(limit),
                                inner.owner() + " " + inner.setting(),
                                Amount.shown(inner.seconds()));
        String value = "%.0f".formatted(Math.max(1, limit - 5));
        String fix = "Set " + inner.setting() + " of " + inner.owner() + " below " + Amount.shown(limit)
                + ", or raise the ones in front of it if it is meant to take that long";
        Optional<Flaw.Edit> edit =
                Optional.ofNullable(instead(inner, value)).map(text -> new Flaw.Edit(file, inner.line(), text));
        found.accept(new Flaw(
                "timeout.inverted",
                script ? Level.NOTE : Level.WARNING,
                file,
                inner.line(),
                sentence,
                chain.text(),
                fix,
                edit));
    }

    private static @Nullable String instead(Timer timer, String seconds) {
        return switch (timer.owner()) {
            case "nginx" -> timer.setting() + " " + seconds + "s;";
            case "php-fpm" -> timer.setting() + " = " + seconds + "s";
            case "gunicorn", "php" -> timer.setting() + " = " + seconds;
            default -> null;
        };
    }

    private static void hides(Timer timer, Consumer<Flaw> found) {
        Path file = timer.file();
        if (file == null) {
            return;
        }
        found.accept(new Flaw(
                "timeout.hides-slowness",
                Level.WARNING,
                file,
                timer.line(),
                timer.owner() + " waits " + Amount.shown(timer.seconds())
                        + " for an answer: that hides slowness, and each slow request holds a"
                        + " connection for that long",
                timer.text(),
                "Find what is slow and take it out of requests; keep the long timeout for the one path that needs it",
                Optional.empty()));
    }
}
