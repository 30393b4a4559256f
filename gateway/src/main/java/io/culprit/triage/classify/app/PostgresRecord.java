package io.culprit.triage.classify.app;

import io.culprit.triage.classify.text.FlatJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One message of PostgreSQL.
 *
 * @param time as it is written, with its zone
 * @param severity LOG, WARNING, ERROR, FATAL or PANIC
 * @param message what it says, without detail and hint
 * @param statement the query that was running, possibly empty
 */
public record PostgresRecord(String time, String severity, String message, String statement) {
    private static final List<String> SEVERITIES = List.of("LOG", "WARNING", "ERROR", "FATAL", "PANIC");
    private static final List<String> MORE = List.of("DETAIL", "HINT", "QUERY", "CONTEXT", "STATEMENT", "LOCATION");

    /** What {@code log_line_prefix} may take before the severity. */
    private static final int LONGEST_PREFIX = 256;

    private static final Pattern LINE_NUMBER = Pattern.compile("\\[\\d{1,9}-\\d{1,9}]");

    private static final int CSV_SEVERITY = 11;
    private static final int CSV_MESSAGE = 13;
    private static final int CSV_STATEMENT = 19;

    /**
     * Reads a record of any of the three forms; null where it is none.
     *
     * @param anywhere whether one without a time at its beginning is taken: another prefix was before it
     */
    static @Nullable PostgresRecord of(String text, boolean anywhere) {
        if (text.startsWith("{\"timestamp\":\"") && text.contains("\"error_severity\":")) {
            return json(text);
        }
        if (isCsv(text)) {
            return csv(text);
        }
        return anywhere || dated(text) ? plain(text) : null;
    }

    private static boolean dated(String text) {
        return text.length() > 24
                && Character.isDigit(text.charAt(0))
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == ' ';
    }

    /** Whether a record of {@code csvlog} begins here: its time is followed by the user and the database, quoted or left out. */
    public static boolean isCsv(String text) {
        int comma = text.indexOf(',');
        return dated(text)
                && comma > 22
                && comma < 40
                && comma + 1 < text.length()
                && (text.charAt(comma + 1) == '"' || text.charAt(comma + 1) == ',');
    }

    /** Whether a record of {@code stderr} begins here. */
    public static boolean isPlain(String text) {
        return dated(text) && severity(text, SEVERITIES) > 0;
    }

    /** Whether a line goes on with a record that began so: the same prefix, with DETAIL, CONTEXT or the like. */
    public static boolean continues(String first, String text) {
        int at = dated(text) ? severity(text, MORE) : -1;
        int begun = at < 0 ? -1 : severity(first, SEVERITIES);
        return begun > 0 && counted(first.substring(0, begun)).equals(counted(text.substring(0, at)));
    }

    /** A prefix without the line's number that {@code %l} puts into it. */
    private static String counted(String prefix) {
        return LINE_NUMBER.matcher(prefix).replaceAll("[]");
    }

    /** Where one of these words stands as {@code  WORD:  }; -1 where none does. */
    private static int severity(String text, List<String> words) {
        int colon = text.indexOf(":  ");
        if (colon < 0 || colon > LONGEST_PREFIX || text.startsWith(" ", colon + 3)) {
            return -1;
        }
        int start = text.lastIndexOf(' ', colon) + 1;
        return start > 0 && words.contains(text.substring(start, colon)) ? start : -1;
    }

    private static @Nullable PostgresRecord plain(String text) {
        int at = severity(text, SEVERITIES);
        if (at < 0 || text.lastIndexOf('"', at) >= 0) {
            return null; // what is quoted is somebody else's
        }
        int colon = text.indexOf(":  ", at);
        StringBuilder message = new StringBuilder();
        StringBuilder statement = new StringBuilder();
        StringBuilder current = message;
        for (String line : text.substring(colon + 3).split("\n")) {
            int more = dated(line) ? severity(line, MORE) : -1;
            if (more > 0) {
                current = line.startsWith("STATEMENT", more) ? statement : new StringBuilder();
                line = line.substring(line.indexOf(":  ", more) + 3);
            }
            current.append(current.length() == 0 ? "" : "\n").append(line);
        }
        return new PostgresRecord(
                text.substring(0, at), text.substring(at, colon), message.toString(), statement.toString());
    }

    private static @Nullable PostgresRecord csv(String text) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                boolean doubled = quoted && i + 1 < text.length() && text.charAt(i + 1) == '"';
                if (doubled) {
                    field.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        boolean known = fields.size() > CSV_STATEMENT && SEVERITIES.contains(fields.get(CSV_SEVERITY));
        return known
                ? new PostgresRecord(
                        fields.get(0), fields.get(CSV_SEVERITY), fields.get(CSV_MESSAGE), fields.get(CSV_STATEMENT))
                : null;
    }

    private static @Nullable PostgresRecord json(String text) {
        Map<String, String> json = FlatJson.read(text);
        return json == null
                ? null
                : new PostgresRecord(
                        json.getOrDefault("timestamp", ""),
                        json.getOrDefault("error_severity", ""),
                        json.getOrDefault("message", ""),
                        json.getOrDefault("statement", ""));
    }
}
