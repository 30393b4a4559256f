package io.culprit.bench.rehearse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often something is expected: {@code 5}, {@code 3..7} or {@code 1..}. */
record Range(long least, long most) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(?:(\\.\\.)([0-9]{1,9})?)?");

    static Range parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\": a count was expected, such as 5, 3..7 or 1..");
        }
        long least = Long.parseLong(matcher.group(1));
        long most = matcher.group(2) == null
                ? least
                : matcher.group(3) == null ? Long.MAX_VALUE : Long.parseLong(matcher.group(3));
        if (most < least) {
            throw new IllegalArgumentException("\"" + text + "\": the second number is the smaller one");
        }
        return new Range(least, most);
    }

    boolean holds(long count) {
        return count >= least && count <= most;
    }

    @Override
    public String toString() {
        return most == least ? Long.toString(least) : least + ".." + (most == Long.MAX_VALUE ? "" : most);
    }
}
