package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** A decoded path that is written into a head brings its line breaks with it: {@code /a%0aX:%20y}. */
public final class Splitting implements Rule {
    private static final Pattern DECODED = Pattern.compile(".*\\$\\{?(?:uri|document_uri)\\b.*");

    private static final Pattern WITH_QUERY = Pattern.compile(
            "\\$(?:\\{(?:document_)?uri}|(?:document_)?uri\\b)(?:\\$\\{?is_args}?\\$\\{?(?:args|query_string)}?|\\?\\$\\{?(?:args|query_string)}?)?");

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx().scopes(scope -> scope.block().block().forEach(each -> directive(setup, scope, each, found)));
    }

    private static void directive(Setup setup, Scope scope, Directive each, Consumer<Flaw> found) {
        int written = switch (each.name()) {
            case "return" -> each.arg(0).startsWith("3") ? 1 : -1;
            case "rewrite" -> each.arg(1).matches("https?://.*") ? 1 : -1;
            case "add_header", "proxy_set_header" -> 1;
            case "proxy_pass" -> 0;
            default -> -1;
        };
        if (written < 0) {
            return;
        }
        String text = each.arg(written);
        // nginx escapes what a rewrite has captured
        boolean decoded = DECODED.matcher(text).matches();
        boolean splits =
                each.name().equals("rewrite") ? decoded : new ClientValues(setup, scope, each).canHold(text, '\n');
        if (splits) {
            String id = "header.splitting";
            String what = (decoded ? "$uri is decoded" : "a capture of the decoded path can hold a line break")
                    + ": %0a in a path ends the line of the head it is written into";
            if (decoded && each.name().equals("rewrite")) {
                found.accept(Flaws.of(
                        id,
                        Level.WARNING,
                        each,
                        what,
                        each.text(),
                        "Write return 301 with $request_uri, which has the query too"));
            } else if (decoded) {
                found.accept(Flaws.of(
                        id,
                        Level.WARNING,
                        each,
                        what,
                        each.text(),
                        "Use $request_uri, which has the query too",
                        WITH_QUERY.matcher(each.text()).replaceAll("\\$request_uri") + ";"));
            } else {
                found.accept(Flaws.of(
                        id,
                        Level.WARNING,
                        each,
                        what,
                        each.text(),
                        "Capture what may stand there only, e.g. ([^/\\s]+)"));
            }
        }
    }
}
