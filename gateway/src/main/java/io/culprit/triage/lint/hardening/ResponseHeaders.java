package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Headers that are not sent, sent twice, or sent in a form that breaks the head. */
public final class ResponseHeaders implements Rule {
    private static final Pattern SECURITY = Pattern.compile(
            "(?i)strict-transport-security|content-security-policy|x-frame-options|x-content-type-options");

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx().scopes(scope -> {
            lost(scope, found);
            scope.block().all("add_header").forEach(each -> header(each, found));
            scope.block()
                    .all("more_set_headers")
                    .forEach(each -> each.args().stream()
                            .filter(value -> value.indexOf(':') > 0 && value.contains("\n"))
                            .findFirst()
                            .ifPresent(value -> multiline(each, value.substring(0, value.indexOf(':')), found)));
            scope.block()
                    .all("server_tokens")
                    .filter(d -> d.arg(0).matches("on|build"))
                    .forEach(d -> found.accept(Flaws.of(
                            "version.shown",
                            Level.NOTE,
                            d,
                            "every answer tells which version of nginx to look up",
                            d.text(),
                            "Switch it off",
                            "server_tokens off;")));
        });
    }

    private static void header(Directive each, Consumer<Flaw> found) {
        if (each.arg(1).contains("\n")) {
            multiline(each, each.arg(0), found);
        }
        if (each.arg(0).equalsIgnoreCase("Content-Type")) {
            found.accept(Flaws.of(
                    "header.twice",
                    Level.WARNING,
                    each,
                    "the response gets a second Content-Type beside its own",
                    each.text(),
                    "Use default_type, or types, or charset",
                    "default_type " + each.arg(1).replaceFirst(";.*", "") + ";"));
        }
    }

    private static void multiline(Directive each, String name, Consumer<Flaw> found) {
        found.accept(Flaws.of(
                "header.multiline",
                Level.WARNING,
                each,
                "the line break is sent as it stands: clients and proxies refuse the response, or lose the rest of its head",
                each.name() + " " + name + " in several lines",
                "Write the value in one line"));
    }

    /** add_header in a block takes back all those from outside. */
    private static void lost(Scope scope, Consumer<Flaw> found) {
        List<Directive> own = scope.block().all("add_header").toList();
        if (own.isEmpty() || scope.outer() == null) {
            return;
        }
        List<Directive> lost = outer(scope.outer()).stream()
                .filter(d -> own.stream().noneMatch(o -> o.arg(0).equalsIgnoreCase(d.arg(0))))
                .sorted(Comparator.comparing(d -> !SECURITY.matcher(d.arg(0)).matches()))
                .toList();
        if (!lost.isEmpty()) {
            Directive first = lost.get(0);
            String names = lost.stream().map(d -> d.arg(0)).distinct().collect(Collectors.joining(", "));
            found.accept(Flaws.of(
                    "header.lost",
                    SECURITY.matcher(first.arg(0)).matches() ? Level.WARNING : Level.NOTE,
                    own.get(0),
                    names + (lost.size() > 1 ? " are" : " is")
                            + " not sent here: add_header in a block takes back those from outside",
                    first.text() + " (" + first.where() + ")",
                    lost.size() > 1 ? "Repeat them here" : "Repeat it here"));
        }
    }

    /** Those of the nearest block around that has some. */
    private static List<Directive> outer(@Nullable Scope around) {
        for (Scope each = around; each != null; each = each.outer()) {
            List<Directive> found = each.block().all("add_header").toList();
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }
}
