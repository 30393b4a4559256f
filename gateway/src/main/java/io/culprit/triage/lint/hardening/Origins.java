package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Flaw.Level;
import io.culprit.triage.lint.Flaws;
import io.culprit.triage.lint.Rule;
import io.culprit.triage.lint.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Checks of {@code Origin} and {@code Referer} that let others through. */
public final class Origins implements Rule {
    private static final Pattern ASKED = Pattern.compile("\\(?\\$\\{?http_(origin|referer)}?");
    private static final Pattern LOOSE_DOT = Pattern.compile(".*[\\w)](?<!\\\\)\\.[\\w(].*");
    private static final Pattern ANYTHING = Pattern.compile(".*(?<!\\\\)\\.[*+].*");

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx()
                .forEach(root -> root.walk(d -> {
                    if (d.name().equals("valid_referers") && d.args().contains("none")) {
                        found.accept(Flaws.of(
                                "referer.none",
                                Level.WARNING,
                                d,
                                "a page of somebody else's leaves the Referer out (Referrer-Policy: no-referrer) and is let through",
                                d.text(),
                                "Take none away",
                                d.text().replaceFirst(" none(?= |$)", "") + ";"));
                    } else if (d.name().equals("if")
                            && ASKED.matcher(d.arg(0)).matches()
                            && d.arg(1).contains("~")) {
                        expression(d, d.arg(2).replaceFirst("\\)$", ""), found);
                    } else if (d.name().equals("map") && ASKED.matcher(d.arg(0)).matches()) {
                        d.block().stream()
                                .filter(entry -> entry.name().startsWith("~"))
                                .forEach(entry -> expression(entry, entry.name().replaceFirst("^~\\*?", ""), found));
                    }
                }));
    }

    private static void expression(Directive at, String regex, Consumer<Flaw> found) {
        for (String each : alternatives(regex)) {
            Optional<String> hole = hole(each);
            if (hole.isPresent()) {
                found.accept(Flaws.of(
                        "origin.loose",
                        Level.WARNING,
                        at,
                        "the expression lets others through: " + hole.get(),
                        regex,
                        "Write ^https://example\\.com$ for an Origin, ^https://example\\.com/ for a Referer"));
                return;
            }
        }
    }

    /** What somebody else's name could slip through by. */
    private static Optional<String> hole(String regex) {
        if (!regex.startsWith("^")) {
            return Optional.of("it does not begin with ^, so that what is asked for may stand behind another name");
        }
        String rest = regex.replace("\\/", "/").replaceFirst("^\\^(\\(\\?:)?.*?://", "");
        int slash = rest.indexOf('/', rest.lastIndexOf("[^/") + 3 > 2 ? rest.lastIndexOf("[^/") + 3 : 0);
        String host = slash < 0 ? rest : rest.substring(0, slash);
        if (LOOSE_DOT.matcher(host).matches()) {
            return Optional.of("a dot without a backslash stands for any character");
        }
        if (ANYTHING.matcher(host).matches()) {
            return Optional.of(".* in the name runs over dots and slashes");
        }
        if (slash < 0 && !host.endsWith("$") && !host.endsWith("$)")) {
            return Optional.of("nothing ends the name, so that it may go on (example.com.evil.org)");
        }
        return Optional.empty();
    }

    /** What stands between the bars outside of all brackets, and where one bracket is all there is, within it. */
    private static List<String> alternatives(String regex) {
        List<String> found = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '(' || c == '[') {
                depth++;
            } else if (c == ')' || c == ']') {
                depth--;
            } else if (c == '|' && depth == 0) {
                found.add(regex.substring(from, i));
                from = i + 1;
            }
        }
        found.add(regex.substring(from));
        return found;
    }
}
