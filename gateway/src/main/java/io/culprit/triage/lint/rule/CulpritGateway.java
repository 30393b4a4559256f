package io.culprit.triage.lint.rule;

import io.culprit.config.ConfigException;
import io.culprit.config.GatewayConfig;
import io.culprit.config.Problem;
import io.culprit.config.TimeoutBudget;
import io.culprit.config.read.ConfigLoader;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** This gateway's own configuration, as {@code culprit check} sees it. */
public final class CulpritGateway implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        for (Path file : setup.culprit()) {
            try {
                GatewayConfig config = ConfigLoader.load(file, System.getenv());
                config.warnings().forEach(p -> found.accept(flaw(file, p, Level.NOTE)));
                for (TimeoutBudget budget : TimeoutBudget.of(config)) {
                    budget.contradictions()
                            .forEach(c -> found.accept(new Flaw(
                                    "timeout.inverted",
                                    Level.WARNING,
                                    file,
                                    1,
                                    "route " + budget.route() + ": " + c,
                                    "the route's timers",
                                    "Have each timer below the one in front of it",
                                    Optional.empty())));
                }
            } catch (ConfigException e) {
                e.problems().forEach(p -> found.accept(flaw(file, p, Level.ERROR)));
            }
        }
    }

    private static Flaw flaw(Path file, Problem problem, Level level) {
        return new Flaw(
                "culprit.check",
                level,
                file,
                Math.max(1, problem.line()),
                problem.message(),
                "column " + problem.column(),
                "culprit check -c " + file,
                Optional.empty());
    }
}
