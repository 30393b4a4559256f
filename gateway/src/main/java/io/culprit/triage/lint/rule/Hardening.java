package io.culprit.triage.lint.rule;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Mistakes of nginx's configuration that let requests out of where they belong. */
public final class Hardening implements Rule {
    private static final Pattern DECODED = Pattern.compile(".*\\$(?:uri|document_uri)\\b.*");

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.scopes(scope -> {
            alias(scope, found);
            splitting(scope, found);
            headers(scope, found);
        });
    }

    /** {@code location /i { alias /srv/images/; }} serves {@code /i../secret}. */
    private static void alias(Scope scope, Consumer<Flaw> found) {
        Directive location = scope.block();
        Optional<Directive> alias = location.last("alias");
        boolean prefix = location.name().equals("location") && location.args().size() == 1
                || location.arg(0).equals("^~");
        String path = location.args().isEmpty()
                ? ""
                : location.args().get(location.args().size() - 1);
        if (alias.isPresent()
                && prefix
                && !path.endsWith("/")
                && alias.get().arg(0).endsWith("/")) {
            found.accept(Flaws.of(
                    "alias.traversal",
                    Level.ERROR,
                    location,
                    "GET " + path + "../x reads from the folder above "
                            + alias.get().arg(0),
                    location.text() + "; " + alias.get().text(),
                    "End the location with a slash too",
                    "location " + (location.arg(0).equals("^~") ? "^~ " : "") + path + "/ {"));
        }
    }

    /** A decoded path in a header or a redirect may bring a line break with it. */
    private static void splitting(Scope scope, Consumer<Flaw> found) {
        for (Directive each : scope.block().block()) {
            boolean redirect = each.name().equals("return") && each.arg(0).startsWith("3")
                    || each.name().equals("rewrite") && each.arg(1).matches("https?://.*")
                    || each.name().equals("add_header")
                    || each.name().equals("proxy_set_header");
            boolean decoded = each.args().stream()
                    .skip(1)
                    .anyMatch(a -> DECODED.matcher(a).matches());
            if (redirect && decoded) {
                found.accept(Flaws.of(
                        "header.splitting",
                        Level.WARNING,
                        each,
                        "$uri is decoded: %0d%0a in a path becomes a line break in the header",
                        each.text(),
                        "Use $request_uri",
                        each.name() + " "
                                + String.join(" ", each.args()).replaceAll("\\$(document_)?uri\\b", "\\$request_uri")
                                + ";"));
            }
        }
    }

    /** add_header in a block takes back all those from outside. */
    private static void headers(Scope scope, Consumer<Flaw> found) {
        List<Directive> own = scope.block().all("add_header").toList();
        if (own.isEmpty() || scope.outer() == null) {
            return;
        }
        Optional<Directive> outer = scope.outer().find("add_header");
        boolean security = outer.filter(
                        d -> d.arg(0)
                                .matches(
                                        "(?i)strict-transport-security|content-security-policy|x-frame-options|x-content-type-options"))
                .isPresent();
        boolean again = outer.isPresent()
                && own.stream()
                        .anyMatch(d -> d.arg(0).equalsIgnoreCase(outer.get().arg(0)));
        if (security && !again) {
            found.accept(Flaws.of(
                    "header.lost",
                    Level.WARNING,
                    own.get(0),
                    outer.get().arg(0) + " is not sent here: add_header in a block takes back those from outside",
                    outer.get().text() + " (" + outer.get().where() + ")",
                    "Repeat it here"));
        }
    }
}
