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

/** Lists of addresses that keep nobody out. */
public final class AccessLists implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.scopes(scope -> {
            open(scope, found);
            bypassed(scope, found);
        });
    }

    private static void open(Scope scope, Consumer<Flaw> found) {
        Directive block = scope.block();
        boolean any = scope.find("satisfy").filter(d -> d.arg(0).equals("any")).isPresent();
        Optional<Directive> allow = block.last("allow").filter(d -> !d.arg(0).equals("all"));
        if (allow.isPresent() && !block.has("deny") && !any) {
            found.accept(Flaws.of(
                    "access.open",
                    Level.WARNING,
                    allow.get(),
                    "allow without deny keeps nobody out; a deny from outside does not hold where a block has a list of its own",
                    allow.get().text(),
                    "Add: deny all;"));
        }
    }

    /** return is done before anybody is asked where he comes from. */
    private static void bypassed(Scope scope, Consumer<Flaw> found) {
        Optional<Directive> told =
                scope.block().last("return").filter(d -> d.arg(0).startsWith("2"));
        Optional<Directive> deny = scope.find("deny");
        boolean conditional = scope.block().name().equals("if");
        if (told.isPresent() && deny.isPresent() && !conditional) {
            found.accept(Flaws.of(
                    "access.bypassed",
                    Level.WARNING,
                    told.get(),
                    "return answers everybody: it comes before allow and deny",
                    told.get().text() + "; " + deny.get().text() + " ("
                            + deny.get().where() + ")",
                    "Serve a file, or proxy to a location that returns it"));
        }
    }
}
