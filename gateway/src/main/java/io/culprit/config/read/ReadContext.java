package io.culprit.config.read;

import io.culprit.config.Problem;
import io.culprit.config.Problem.Weight;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * What all sections of one file share while it is read.
 *
 * @param file as the user gave it
 * @param environment for {@code ${VAR}}
 * @param problems found so far, in all files
 */
record ReadContext(String file, Map<String, String> environment, List<Problem> problems) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

    void problem(Node at, String message) {
        problem(at, message, Weight.ERROR);
    }

    void problem(Node at, String message, Weight weight) {
        var mark = at.getStartMark();
        problems.add(new Problem(
                file,
                mark.map(m -> m.getLine() + 1).orElse(0),
                mark.map(m -> m.getColumn() + 1).orElse(0),
                message,
                weight));
    }

    /** The text with {@code ${VAR}} and {@code ${VAR:-default}} filled in. */
    String substitute(ScalarNode scalar) {
        String raw = scalar.getValue();
        if (raw.indexOf("${") < 0) {
            return raw;
        }
        Matcher matcher = VARIABLE.matcher(raw);
        var out = new StringBuilder();
        while (matcher.find()) {
            String value = environment.get(matcher.group(1));
            if (value == null && matcher.group(2) == null) {
                problem(
                        scalar,
                        "environment variable %s is not set; ${%s:-default} would allow that"
                                .formatted(matcher.group(1), matcher.group(1)));
            }
            String filled = value != null ? value : matcher.group(2) != null ? matcher.group(2) : "";
            matcher.appendReplacement(out, Matcher.quoteReplacement(filled));
        }
        return matcher.appendTail(out).toString();
    }
}
