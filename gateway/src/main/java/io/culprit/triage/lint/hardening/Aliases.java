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
        setup.nginx().scopes(scope -> alias(scope, found));
    }

    private static void alias(Scope scope, Consumer<Flaw> found) {
        Directive location = scope.block();
        Optional<Directive> alias = location.last("alias");
        boolean prefix = location.name().equals("location") && location.args().size() == 1
                || location.arg(0).equals("^~");
        if (alias.isEmpty() || !prefix || scope.find("internal").isPresent()) {
            return; // to an internal one no client's path gets as it was sent
        }
        String path = location.lastArg();
        String folder = alias.get().arg(0);
        String proof = location.text() + "; " + alias.get().text();
        if (path.endsWith("/")) {
            return;
        }
        if (folder.endsWith("/")) {
            found.accept(traversal(scope, path, folder, proof));
        } else if (!folder.contains("$")) {
            found.accept(Flaws.of(
                    "alias.sibling",
                    Level.NOTE,
                    location,
                    "GET " + path + "-old/x reads " + folder + "-old/x, where there is such a folder",
                    proof,
                    "End both with a slash"));
        }
    }

    /** With the line to write, unless a location of that name is there. */
    private static Flaw traversal(Scope scope, String path, String folder, String proof) {
        Directive location = scope.block();
        String message = "GET " + path + "../x reads from the folder above " + folder;
        String fix = "End the location with a slash too";
        boolean taken = scope.outer() != null
                && scope.outer()
                        .block()
                        .all("location")
                        .anyMatch(other -> other.args().contains(path + "/"));
        if (taken) {
            return Flaws.of("alias.traversal", Level.ERROR, location, message, proof, fix);
        }
        String instead = "location " + (location.arg(0).equals("^~") ? "^~ " : "") + path + "/ {";
        return Flaws.of("alias.traversal", Level.ERROR, location, message, proof, fix, instead);
    }
}
