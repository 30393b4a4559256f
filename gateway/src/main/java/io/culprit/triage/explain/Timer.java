package io.culprit.triage.explain;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A timer that a program has unless somebody sets it.
 *
 * @param program whose
 * @param setting its name
 * @param value as its documentation has it
 * @param measures what
 * @param onExpiry what happens when it runs out
 * @param source where that is written
 */
public record Timer(String program, String setting, String value, String measures, String onExpiry, String source) {
    private static final Pattern SECONDS = Pattern.compile("^(\\d+(?:\\.\\d+)?) ?(s|ms|min|h)\\b");
    private static final List<Timer> ALL = Table.rows(Timer.class, "timers.tsv").stream()
            .map(row -> new Timer(row[0], row[1], row[2], row[3], row[4], row[5]))
            .toList();

    /** All timers known. */
    public static List<Timer> all() {
        return ALL;
    }

    /** The default in seconds, -1 where it is none or no plain number. */
    public double seconds() {
        Matcher matcher = SECONDS.matcher(value);
        if (!matcher.find()) {
            return -1;
        }
        double number = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> number / 1000;
            case "min" -> number * 60;
            case "h" -> number * 3600;
            default -> number;
        };
    }
}
