package io.culprit.triage.lint.rule;

import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Names that have to be looked up while requests run, and nobody to ask. */
public final class Names implements Rule {
    /** A variable where the host stands. */
    private static final Pattern VARIABLE = Pattern.compile("^(?:https?://)?[^/]*\\$.*");

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.passes((scope, pass) -> {
            String target = pass.arg(0);
            String host = target.replaceFirst("^https?://", "").replaceFirst("/.*", "");
            boolean variable = VARIABLE.matcher(target).matches() && host.contains("$") && !target.startsWith("unix:");
            if (variable && scope.find("resolver").isEmpty()) {
                found.accept(Flaws.of(
                        "resolver.missing",
                        Level.ERROR,
                        pass,
                        pass.name()
                                + " has a variable, so that its name is looked up at run time, and there is no resolver",
                        pass.text(),
                        "Add: resolver 127.0.0.53 valid=10s; (or the cluster's name server) (config.no-resolver)"));
            }
        });
    }
}
