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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of {@code Origin} and {@code Referer} that let others through. */
public final class Origins implements Rule {
    private static final Pattern ASKED = Pattern.compile("\\(?\\$\\{?http_(origin|referer)}?");
    private static final Pattern LOOSE_DOT = Pattern.compile(".*[\\w)](?<!\\\\)\\.[\\w(].*");
    /** {@code ^(one|other)$}: the group is all there is. */
    private static final Pattern ONE_GROUP = Pattern.compile("(\\^?)\\((?:\\?:)?(.*)\\)(\\$?)");

    /** What may be of any length, or be missing, and then the name: a group that ends with its dot is none of it. */
    private static final Pattern BEFORE = Pattern.compile("(?<!\\\\\\.\\))[*+?]\\w");

    private static final Pattern ALLOWS = Pattern.compile("(?i)access-control-allow-.*");

    private static final Pattern ANYTHING = Pattern.compile(".*(?<!\\\\)\\.[*+].*");

    @Override
    public void check(Setup setup, Consumer<Flaw> found) {
        setup.nginx()
                .roots()
                .forEach(root -> root.walk(d -> {
                    if (d.name().equals("valid_referers") && d.args().contains("none")) {
                        found.accept(Flaws.of(
                                "referer.none",
                                Level.NOTE,
                                d,
                                "a page of somebody else's leaves the Referer out (Referrer-Policy: no-referrer) and is let through",
                                d.text(),
                                "Take none away",
                                d.text().replaceFirst(" none(?= |$)", "") + ";"));
                    } else if (d.name().equals("if") && ASKED.matcher(d.arg(0)).matches() && letsThrough(d)) {
                        expression(d, Captured.ofCondition(d), d.arg(0).contains("origin"), found);
                    } else if (d.name().equals("map") && d.arg(0).matches("\\$\\{?http_origin}?")) {
                        d.block().stream()
                                .filter(entry -> entry.name().startsWith("~")
                                        && entry.arg(0).contains("$http_origin"))
                                .forEach(entry -> expression(entry, Captured.ofEntry(entry), true, found));
                    }
                    reflected(d, found);
                }));
    }

    /** Whether the condition says who may come: a block list or a statistic of origins lets nobody through by being loose. */
    private static boolean letsThrough(Directive condition) {
        boolean refuses = condition.all("return").anyMatch(d -> d.arg(0).startsWith("4"));
        return condition.arg(1).startsWith("!~")
                || condition.arg(1).startsWith("~")
                        && condition.arg(0).contains("origin")
                        && !refuses
                        && (condition
                                        .all("add_header")
                                        .anyMatch(d -> ALLOWS.matcher(d.arg(0)).matches())
                                || condition.all("set").anyMatch(d -> d.arg(1).contains("$http_origin"))
                                || condition
                                        .all("return")
                                        .anyMatch(d -> d.arg(0).startsWith("2")));
    }

    /** Whoever asks is named as one who may, with his visitors' cookies. */
    private static void reflected(Directive block, Consumer<Flaw> found) {
        boolean credentials =
                block.all("add_header").anyMatch(d -> d.arg(0).equalsIgnoreCase("Access-Control-Allow-Credentials"));
        if (credentials && !block.name().equals("if")) {
            block.all("add_header")
                    .filter(d -> d.arg(0).equalsIgnoreCase("Access-Control-Allow-Origin")
                            && d.arg(1).matches("\\$\\{?http_origin}?"))
                    .forEach(d -> found.accept(Flaws.of(
                            "origin.reflected",
                            Level.WARNING,
                            d,
                            "every site may read what its visitors can read here, with their cookies",
                            d.text() + "; Access-Control-Allow-Credentials",
                            "Choose the origins by a map, and send the header for those alone")));
        }
    }

    private static void expression(Directive at, String written, boolean origin, Consumer<Flaw> found) {
        String regex = written.replaceFirst("^\\(\\?i\\)", "")
                .replaceFirst("^\\\\A", "^")
                .replaceFirst("\\\\[zZ]$", "\\$");
        for (String each : alternatives(regex)) {
            Optional<String> hole = hole(each, origin);
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
    private static Optional<String> hole(String regex, boolean origin) {
        if (!regex.startsWith("^")) {
            return Optional.of("it does not begin with ^, so that what is asked for may stand behind another name");
        }
        String rest = regex.replace("\\/", "/").replaceFirst("^\\^(\\(\\?:)?.*?://", "");
        int slash = rest.indexOf('/', rest.lastIndexOf("[^/") + 3 > 2 ? rest.lastIndexOf("[^/") + 3 : 0);
        String host = slash < 0 ? rest : rest.substring(0, slash);
        if (LOOSE_DOT.matcher(host).matches()) {
            return Optional.of("a dot without a backslash stands for any character");
        }
        if (slash < 0 && !host.endsWith("$") && !host.endsWith("$)")) {
            return Optional.of("nothing ends the name, so that it may go on (example.com.evil.org)");
        }
        if (BEFORE.matcher(host).find()) {
            return Optional.of("anything may stand right before the name (evilexample.com)");
        }
        if (!origin && ANYTHING.matcher(host).matches()) {
            return Optional.of(".* in the name runs over dots and slashes");
        }
        return Optional.empty();
    }

    /** What stands between the bars outside of all brackets, and where one bracket is all there is, within it. */
    private static List<String> alternatives(String whole) {
        Matcher group = ONE_GROUP.matcher(whole);
        boolean within = group.matches() && balanced(group.group(2));
        List<String> found = new ArrayList<>();
        for (String each : split(within ? group.group(2) : whole)) {
            found.add(within ? group.group(1) + each + group.group(3) : each);
        }
        return found;
    }

    private static boolean balanced(String regex) {
        int depth = 0;
        for (int i = 0; i < regex.length() && depth >= 0; i++) {
            char c = regex.charAt(i);
            i += c == '\\' ? 1 : 0;
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return depth == 0;
    }

    private static List<String> split(String regex) {
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
