package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Lists of addresses that keep nobody out. */
public final class AccessLists implements Rule {
    /** Where nginx takes lists of addresses. */
    private static final Set<String> PLACES = Set.of("http", "server", "location", "limit_except");

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx().scopes(scope -> {
            if (PLACES.contains(scope.block().name())) {
                open(scope, found);
                bypassed(scope, found);
                unreached(scope, found);
            }
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

    /** The list that holds here is the nearest one: what has an allow or a deny of its own does without those from outside. */
    private static Optional<Directive> inForce(Scope scope) {
        for (Scope each = scope; each != null; each = each.outer()) {
            if (each.block().has("allow") || each.block().has("deny")) {
                return each.block().last("deny");
            }
        }
        return Optional.empty();
    }

    /** What asks for more than an address. */
    private static Optional<Directive> asked(Scope scope) {
        return scope.find("auth_basic")
                .or(() -> scope.find("auth_request"))
                .filter(d -> !d.arg(0).equals("off"));
    }

    /** The first rule that fits is taken: behind one for all nothing is ever looked at. */
    private static void unreached(Scope scope, Consumer<Flaw> found) {
        Optional<Directive> all = Optional.empty();
        for (Directive each : scope.block().block()) {
            boolean rule = each.name().equals("allow") || each.name().equals("deny");
            if (rule && all.isPresent()) {
                found.accept(Flaws.of(
                        "access.unreached",
                        Level.WARNING,
                        each,
                        "nobody gets to this rule: " + all.get().text() + " before it is for everybody",
                        all.get().where() + ": " + all.get().text(),
                        "Put the rule for all last"));
                return;
            }
            all = rule && each.arg(0).equals("all") ? Optional.of(each) : all;
        }
    }

    /** return is done before anybody is asked where he comes from, also within an if. */
    private static void bypassed(Scope scope, Consumer<Flaw> found) {
        Optional<Directive> deny = inForce(scope).or(() -> asked(scope));
        if (deny.isEmpty()) {
            return;
        }
        Stream<Directive> conditional = scope.block()
                .all("if")
                .flatMap(condition -> condition.all("return"))
                .filter(AccessLists::shows);
        Stream.concat(scope.block().last("return").stream().filter(d -> d.arg(0).startsWith("2")), conditional)
                .forEach(told -> found.accept(Flaws.of(
                        "access.bypassed",
                        Level.WARNING,
                        told,
                        "return answers everybody: it comes before allow, deny and passwords",
                        told.text() + "; " + deny.get().text() + " ("
                                + deny.get().where() + ")",
                        "Serve a file, or proxy to a location that returns it")));
    }

    /** Whether there is anything in it: what answers a preflight before a password is asked for is meant to. */
    private static boolean shows(Directive told) {
        return told.arg(0).startsWith("2")
                && !told.arg(0).equals("204")
                && !told.arg(1).isEmpty();
    }
}
