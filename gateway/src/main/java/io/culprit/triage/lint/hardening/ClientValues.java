package io.culprit.triage.lint.hardening;

import io.culprit.triage.conf.Directive;
import io.culprit.triage.lint.Scope;
import io.culprit.triage.lint.Setup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client can put into nginx's variables, as seen from one block: {@code set}, {@code map}, captures and what nginx makes of
 * the request. Unknown variables are taken as the server's own. Owned by one thread.
 */
final class ClientValues {
    /** {@code $name}, <code>${name}</code> or {@code $1}. */
    static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");

    /** A number within the value of a {@code set}. */
    private static final Pattern NUMBERED = Pattern.compile("\\$(?:\\{(\\d)}|(\\d))");

    /** What stands for it: where it was set, and which number. */
    private static final Pattern TOLD = Pattern.compile("told_(\\d{1,6})_(\\d)");

    private static final int MOST = 16;

    /** Variables made of variables that are followed; nobody writes more by hand. */
    private static final int DEEPEST = 100;

    /** Characters beyond which a text is not made any longer. */
    private static final int LONGEST = 4_096;

    private final Setup setup;
    private final Scope scope;
    private final Directive at;
    private final List<ClientValues> settings = new ArrayList<>();

    /**
     * @param at the directive whose values are asked for; a rewrite's own captures hold for it
     */
    ClientValues(Setup setup, Scope scope, Directive at) {
        this.setup = setup;
        this.scope = scope;
        this.at = at;
    }

    /** The variable's name in a match of {@link #VARIABLE}. */
    static String name(Matcher variable) {
        return variable.group(1) == null ? variable.group(2) : variable.group(1);
    }

    /** Whether what the client sends can bring this character into the text by one of its variables. */
    boolean canHold(String text, char wanted) {
        return canHold(text, wanted, new HashSet<>());
    }

    private boolean canHold(String text, char wanted, Set<String> seen) {
        Matcher variables = VARIABLE.matcher(text);
        while (variables.find()) {
            String name = name(variables);
            if (seen.size() < DEEPEST && seen.add(name) && variable(name, wanted, seen)) {
                return true;
            }
        }
        return false;
    }

    private boolean variable(String name, char wanted, Set<String> seen) {
        if (name.matches("uri|document_uri|request_filename|fastcgi_script_name|fastcgi_path_info")) {
            return true; // decoded
        }
        if (name.matches("request_uri|args|query_string|(arg|http|cookie)_\\w+")) {
            return wanted > ' ' || wanted == ' ' && name.startsWith("http_"); // as it came: never a line break
        }
        if (name.equals("host")) {
            return Character.isLetterOrDigit(wanted) || wanted == '.' || wanted == '-';
        }
        return captured(name, wanted)
                || values(name).stream()
                        .anyMatch(
                                value -> VARIABLE.matcher(value).replaceAll("").indexOf(wanted) >= 0
                                        || canHold(value, wanted, seen));
    }

    /** Whether it is a capture that is empty or begins with a slash, so that what follows a host with it is a path. */
    boolean beginsPath(String name) {
        Matcher told = TOLD.matcher(name);
        if (told.matches() && Integer.parseInt(told.group(1)) < settings.size()) {
            return settings.get(Integer.parseInt(told.group(1))).beginsPath(told.group(2));
        }
        for (Expression each : expressions()) {
            Optional<String> group = Captured.group(each.regex, name);
            if (group.isPresent()) {
                return group.get().matches("(?s)(\\^?\\(\\?:|\\()*\\\\?/.*");
            }
        }
        return false;
    }

    /** The text with variables replaced that are set to something, in each way it can come out. */
    List<String> expanded(String text) {
        List<String> done = new ArrayList<>();
        List<String> open = new ArrayList<>(List.of(text));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty() && done.size() + open.size() < MOST) {
            String each = open.remove(open.size() - 1);
            Matcher variables = VARIABLE.matcher(each);
            boolean replaced = false;
            while (!replaced && each.length() < LONGEST && variables.find()) {
                List<String> values = values(name(variables));
                if (!values.isEmpty() && seen.add(each)) {
                    String before = each.substring(0, variables.start());
                    String behind = each.substring(variables.end());
                    values.forEach(value -> open.add(before + value + behind));
                    replaced = true;
                }
            }
            if (!replaced) {
                done.add(each);
            }
        }
        done.addAll(open);
        return done;
    }

    /** All that {@code set} and {@code map} give a variable. */
    private List<String> values(String name) {
        String dollar = "$" + name;
        List<String> values = new ArrayList<>();
        for (Scope each = scope; each != null; each = each.outer()) {
            Scope around = each;
            around.block().all("set").forEach(set -> value(dollar, set, around, values));
            around.block()
                    .all("if")
                    .forEach(condition -> condition
                            .all("set")
                            .forEach(set -> value(dollar, set, new Scope(condition, around), values)));
            if (!values.isEmpty()) {
                break; // what stands nearer is set later
            }
        }
        setup.nginx()
                .maps(dollar)
                .forEach(map -> map.block().stream()
                        .filter(entry -> !entry.args().isEmpty())
                        .forEach(entry -> values.add(entry.arg(0))));
        return values;
    }

    /** A number in it is of the expression that matched where the {@code set} stands, not where the variable is used. */
    private void value(String dollar, Directive set, Scope around, List<String> values) {
        if (!set.arg(0).equals(dollar)) {
            return;
        }
        int place = settings.size();
        String told = NUMBERED.matcher(set.arg(1)).replaceAll("\\${told_" + place + "_$1$2}");
        if (!told.equals(set.arg(1))) {
            settings.add(new ClientValues(setup, around, set));
        }
        values.add(told);
    }

    /** Whether a capture around here brings it. */
    private boolean captured(String name, char wanted) {
        Matcher told = TOLD.matcher(name);
        if (told.matches() && Integer.parseInt(told.group(1)) < settings.size()) {
            // set escapes what a number stands for wherever the path was escaped (nginx 1.22), so that no line break
            // passes
            return wanted > ' ' && settings.get(Integer.parseInt(told.group(1))).captured(told.group(2), wanted);
        }
        boolean numbered = Character.isDigit(name.charAt(0));
        boolean own = numbered && at.name().equals("rewrite");
        for (Expression each : own ? List.<Expression>of() : conditions(numbered)) {
            Optional<String> group = Captured.group(each.regex, name);
            if (group.isPresent() && (each.decoded || wanted > ' ') && Captured.canHold(group.get(), wanted)) {
                return true;
            }
        }
        for (Expression each : expressions()) {
            Optional<String> group = Captured.group(each.regex, name);
            if (group.isPresent()) {
                return (each.decoded || wanted > ' ') && Captured.canHold(group.get(), wanted);
            }
            if (numbered) {
                return false; // numbers are of the last expression that matched
            }
        }
        return false;
    }

    /**
     * A regular expression that has matched when a request is here.
     *
     * @param decoded whether it matched the decoded path
     */
    private record Expression(String regex, boolean decoded) {}

    /** Of each {@code if} that may have matched on the way here: its numbers stay until the next one matches, its names for good. */
    private List<Expression> conditions(boolean numbered) {
        List<Expression> found = new ArrayList<>();
        boolean inTurn = at.name().matches("set|return|rewrite");
        for (Scope each = scope; each != null; each = each.outer()) {
            Directive block = each.block();
            if (numbered && isExpression(block)) {
                break;
            }
            for (Directive condition : block.block()) {
                if (condition == at && inTurn) {
                    break;
                }
                if (isExpression(condition) && !condition.has("return")) {
                    found.add(of(condition));
                }
            }
            if (numbered && block.name().equals("location") && block.arg(0).startsWith("~")) {
                break; // its expression matched later than what stands around it
            }
        }
        return found;
    }

    private static boolean isExpression(Directive block) {
        return block.name().equals("if") && block.arg(1).contains("~");
    }

    private static Expression of(Directive condition) {
        boolean decoded = condition.arg(0).matches("\\(?\\$\\{?(document_)?uri}?");
        return new Expression(Captured.ofCondition(condition), decoded);
    }

    /** Nearest first. */
    private List<Expression> expressions() {
        List<Expression> found = new ArrayList<>();
        if (at.name().equals("rewrite")) {
            found.add(new Expression(at.arg(0), true));
        }
        for (Scope each = scope; each != null; each = each.outer()) {
            Directive block = each.block();
            if (block.name().equals("location") && block.arg(0).startsWith("~")) {
                found.add(new Expression(block.arg(1), true));
            } else if (isExpression(block)) {
                found.add(of(block));
            } else if (block.name().equals("server")) {
                block.all("server_name")
                        .flatMap(names -> names.args().stream())
                        .filter(server -> server.startsWith("~"))
                        .forEach(server -> found.add(new Expression(server.substring(1), false)));
            }
        }
        for (Directive map : setup.nginx().maps()) {
            boolean decoded = map.arg(0).matches("\\$\\{?(document_)?uri}?");
            map.block().stream()
                    .filter(entry -> entry.name().startsWith("~"))
                    .forEach(entry -> found.add(new Expression(Captured.ofEntry(entry), decoded)));
        }
        return found;
    }
}
