package io.culprit.triage.classify.app;

import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import java.util.regex.Pattern;

/**
 * Which lines belong to a line of Spring Boot: an empty one, the exception below it with a message of any number of lines, frames, causes,
 * and what its failure analysis says of a start that failed. Belongs to one stream.
 */
public final class SpringRecord {
    private static final String ANALYSIS = "LoggingFailureAnalysisReporter";

    private static final Pattern EXCEPTION =
            Pattern.compile("[a-z][\\w$]*(?:\\.[\\w$]+)+(?:Exception|Error|Throwable)(?:: .*|$)");

    private boolean open;
    private boolean wrong;
    private boolean wordless;
    private boolean message;
    private boolean framed;
    private boolean analysis;
    private boolean action;
    private boolean done;

    /** Begins a record, of Spring Boot or not. */
    public void begin(String text) {
        open = isFirst(text);
        analysis = open && text.contains(ANALYSIS);
        String level = open ? level(text, Times.iso(text, 0).end()) : "";
        wordless = text.endsWith(" : ");
        wrong = level.equals("ERROR") || level.equals("WARN") || wordless;
        message = false;
        framed = false;
        action = false;
        done = false;
    }

    /** Whether the next line belongs to the record that was begun. */
    public boolean continues(String text) {
        if (!open || !wrong || isFirst(text)) {
            return false;
        }
        if (analysis) {
            return ofAnalysis(text);
        }
        if (text.startsWith("\t") || text.startsWith("    at ")) {
            message = false;
            framed = true;
            return true;
        }
        boolean cause = text.startsWith("Caused by: ") || text.startsWith("Suppressed: ");
        if (cause || text.isEmpty()) { // an empty line stands before an exception and behind it
            message |= cause || wordless && !framed; // what the line had to say stands below
            return true;
        }
        message |= !framed && EXCEPTION.matcher(text).matches();
        open = message;
        return open;
    }

    /** It ends with what to do: a title, an empty line, and one line. */
    private boolean ofAnalysis(String text) {
        open = text.isEmpty() || !done;
        done |= action && !text.isEmpty();
        action |= text.equals("Action:");
        return open;
    }

    /** {@code 2026-11-28T17:01:54.154Z ERROR 11986 --- [...}, with a space and no zone before Spring Boot 3. */
    static boolean isFirst(String text) {
        return message(text) >= 0;
    }

    /** Where what stands behind the dashes begins, -1 for lines of others. */
    static int message(String text) {
        char c = text.length() > 40 ? text.charAt(0) : 0;
        int dashes = c >= '0' && c <= '9' && text.charAt(4) == '-' ? text.indexOf(" --- [") : -1;
        if (dashes < 0 || dashes > 60) {
            return -1;
        }
        Stamp stamp = Times.iso(text, 0);
        return stamp.exists() && level(text, stamp.end()).length() > 0 ? dashes + 5 : -1;
    }

    /** The level behind the time, empty where none stands there. */
    static String level(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) == ' ') {
            i++;
        }
        for (String level : new String[] {"ERROR ", "WARN ", "INFO ", "DEBUG ", "TRACE ", "FATAL "}) {
            if (i > from && text.startsWith(level, i)) {
                return level.strip();
            }
        }
        return "";
    }
}
