package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.NginxTree;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code if} in a location is a location of its own: where it holds, the request goes on in it. Only what nginx 1.22 was seen to do
 * is told.
 */
public final class Conditions implements Rule {
    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx().scopes(scope -> {
            Directive location = scope.block();
            if (location.name().equals("location")) {
                headers(location, found);
                files(location, found);
                passes(location, found);
            }
        });
    }

    private static void headers(Directive location, Consumer<Flaw> found) {
        List<Directive> adding =
                location.all("if").filter(d -> d.has("add_header")).toList();
        if (adding.size() > 1) {
            Directive last = adding.get(adding.size() - 1);
            found.accept(Flaws.of(
                    "if.headers",
                    Level.WARNING,
                    last,
                    "where both conditions hold only this one's headers are sent",
                    adding.get(0).where() + " and " + last.where() + " both have add_header",
                    "Put the value into a variable by map, and one add_header outside of if"));
        }
    }

    private static void files(Directive location, Consumer<Flaw> found) {
        if (location.has("try_files")) {
            location.all("if")
                    .filter(d -> !ends(d))
                    .findFirst()
                    .ifPresent(d -> found.accept(Flaws.of(
                            "if.try-files",
                            Level.ERROR,
                            d,
                            "where the condition holds try_files is not looked at: 404",
                            d.text() + " beside "
                                    + location.last("try_files").orElseThrow().text(),
                            "Set the variable by map, or in an if of the server")));
        }
    }

    /** Two of them, and the first one's upstream is not known in the second (500, "no upstream configuration"). */
    private static void passes(Directive location, Consumer<Flaw> found) {
        List<Directive> conditions = location.all("if").filter(d -> !ends(d)).toList();
        boolean outside = location.block().stream().anyMatch(NginxTree::isPass);
        for (int i = 0; i + 1 < conditions.size(); i++) {
            Directive later = conditions.get(i + 1);
            boolean passes = conditions.get(i).block().stream().anyMatch(NginxTree::isPass);
            if (passes && !outside && later.block().stream().noneMatch(NginxTree::isPass)) {
                found.accept(Flaws.of(
                        "if.upstream",
                        Level.ERROR,
                        later,
                        "where this condition holds too the request has no upstream: 500",
                        conditions.get(i).where() + " has it, " + later.where() + " has not",
                        "Choose the upstream by map, and pass to it outside of if"));
                return;
            }
        }
    }

    /** Whether a request that comes in goes out of the location at once. */
    private static boolean ends(Directive condition) {
        // A rewrite has the location looked up anew, but for break.
        return condition.has("return")
                || condition.all("rewrite").anyMatch(d -> !d.arg(2).equals("break"));
    }
}
