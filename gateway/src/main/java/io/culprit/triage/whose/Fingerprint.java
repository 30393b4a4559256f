package io.culprit.triage.whose;

import com.google.re2j.Pattern;
import io.culprit.triage.explain.Table;
import io.culprit.triage.probe.Answer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that only one kind of server writes, or that whoever passes an answer on leaves in it.
 *
 * @param id stable
 * @param writer the server; {@code passed:} before it where it only passed the answer on
 * @param where a header's name, {@code body} or {@code status}
 * @param pattern found there, in linear time
 * @param proof whether it proves the writer, or is a sign only
 * @param says what it proves, and what not
 * @param also what else has to hold
 */
record Fingerprint(
        String id, String writer, String where, Pattern pattern, boolean proof, String says, List<Condition> also) {
    private static final int BODY = 64 * 1024;
    private static final List<Fingerprint> ALL = read();

    /** A further condition; no pattern means that there is no such header. */
    record Condition(String where, @Nullable Pattern pattern) {}

    /** All, in the order they are to be tried. */
    static List<Fingerprint> all() {
        return ALL;
    }

    boolean isPassing() {
        return writer.startsWith("passed:");
    }

    /** The text that matches, null where the answer has none. */
    @Nullable
    String found(Answer answer) {
        String found = found(answer, where, pattern);
        for (Condition each : also) {
            boolean holds = each.pattern == null
                    ? !answer.headers().containsKey(each.where)
                    : found(answer, each.where, each.pattern) != null;
            if (!holds) {
                return null;
            }
        }
        return found;
    }

    private static @Nullable String found(Answer answer, String where, Pattern pattern) {
        if (where.equals("body")) {
            String body = answer.text();
            return in(body.length() > BODY ? body.substring(0, BODY) : body, pattern);
        }
        if (where.equals("status")) {
            return in((answer.status() + " " + answer.reason()).strip(), pattern);
        }
        for (String value : answer.headers().getOrDefault(where, List.of())) {
            if (in(value, pattern) != null) {
                return value;
            }
        }
        return null;
    }

    private static @Nullable String in(String text, Pattern pattern) {
        var matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group() : null;
    }

    private static List<Fingerprint> read() {
        List<Fingerprint> all = new ArrayList<>();
        for (String[] row : Table.rows(Fingerprint.class, "fingerprints.tsv")) {
            List<Condition> also = new ArrayList<>();
            if (row.length > 7 && !row[7].isEmpty()) {
                for (String each : row[7].split(";(?=[a-z-]+:)")) {
                    int colon = each.indexOf(':');
                    String rest = each.substring(colon + 1);
                    also.add(new Condition(
                            each.substring(0, colon), rest.equals("absent") ? null : Pattern.compile(rest)));
                }
            }
            all.add(new Fingerprint(
                    row[0], row[1], row[2], Pattern.compile(row[3]), row[4].equals("proof"), row[5], also));
        }
        return List.copyOf(all);
    }
}
