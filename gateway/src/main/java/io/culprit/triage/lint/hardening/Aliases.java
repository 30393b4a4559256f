package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code location /i { alias /srv/images/; }} serves {@code /i../secret}, without the last slash {@code /i-old/x} what lies beside. */
public final class Aliases implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.scopes(scope -> alias(scope, found));
    }

    private static void alias(Scope scope, Consumer<Flaw> found) {
        Directive location = scope.block();
        Optional<Directive> alias = location.last("alias");
        if (scope.find("internal").isPresent()) {
            return; // no client's path gets here as it was sent
        }
        boolean prefix = location.name().equals("location") && location.args().size() == 1
                || location.arg(0).equals("^~");
        String path = location.args().isEmpty()
                ? ""
                : location.args().get(location.args().size() - 1);
        if (alias.isPresent()
                && prefix
                && !path.endsWith("/")
                && !alias.get().arg(0).endsWith("/")
                && !alias.get().arg(0).contains("$")) {
            String folder = alias.get().arg(0);
            found.accept(Flaws.of(
                    "alias.sibling",
                    Level.NOTE,
                    location,
                    "GET " + path + "-old/x reads " + folder + "-old/x, where there is such a folder",
                    location.text() + "; " + alias.get().text(),
                    "End both with a slash"));
        }
        if (alias.isPresent()
                && prefix
                && !path.endsWith("/")
                && alias.get().arg(0).endsWith("/")) {
            String message = "GET " + path + "../x reads from the folder above "
                    + alias.get().arg(0);
            String proof = location.text() + "; " + alias.get().text();
            String fix = "End the location with a slash too";
            boolean taken = scope.outer() != null
                    && scope.outer()
                            .block()
                            .all("location")
                            .anyMatch(other -> other.args().contains(path + "/"));
            found.accept(
                    taken
                            ? Flaws.of("alias.traversal", Level.ERROR, location, message, proof, fix)
                            : Flaws.of(
                                    "alias.traversal",
                                    Level.ERROR,
                                    location,
                                    message,
                                    proof,
                                    fix,
                                    "location " + (location.arg(0).equals("^~") ? "^~ " : "") + path + "/ {"));
        }
    }
}
