package io.culprit.triage.read;

import io.culprit.triage.classify.text.FlatJson;
import org.jspecify.annotations.Nullable;

/**
 * A line in what container runtimes and syslog put around each line a program writes, so that lines of one message can be found
 * together: docker's json-file, CRI, syslog's files, compose and kubectl. Immutable.
 *
 * @param source who wrote it, the time left out; lines of different sources do not belong together
 * @param inner the line as the program wrote it
 * @param escaped the same as JSON has it, where the line is JSON; null for others
 */
record Wrapping(String source, String inner, @Nullable String escaped) {
    private static final String DOCKER = "{\"log\":\"";
    private static final int DOCKER_BUFFER = 16_000;
    private static final String LINE_FEED = "\\n";

    /** What is around a line, null where nothing is. */
    static @Nullable Wrapping of(String text) {
        char c = text.isEmpty() ? 0 : text.charAt(0);
        if (text.length() < 12) {
            return c == '[' || c == '{' || c >= '0' && c <= '9' ? null : compose(text); // an empty line of a service
        }
        if (c == '{') {
            return docker(text);
        }
        if (c == '[') {
            int close = text.startsWith("[pod/") ? text.indexOf("] ") : -1;
            return close < 0 ? null : plain(text, 0, close + 2);
        }
        if (c >= '0' && c <= '9' && text.charAt(10) == 'T') {
            return timed(text);
        }
        boolean syslog = text.length() > 17
                && text.charAt(3) == ' '
                && text.charAt(6) == ' '
                && text.charAt(9) == ':'
                && text.charAt(12) == ':'
                && text.charAt(15) == ' ';
        if (syslog) {
            return tagged(text, 16);
        }
        return c < '0' || c > '9'
                ? compose(text)
                : null; // addresses begin access logs; who names a container so is not heard
    }

    private static Wrapping plain(String text, int from, int to) {
        return new Wrapping(text.substring(from, to), text.substring(to), null);
    }

    /** {@code {"log":"LINE\n","stream":"stderr","time":"..."}}. */
    private static @Nullable Wrapping docker(String text) {
        if (!text.startsWith(DOCKER)) {
            return null;
        }
        int end = stringEnd(text, DOCKER.length());
        if (end < 0) {
            return null;
        }
        String escaped = text.substring(DOCKER.length(), end);
        int stream = text.indexOf("\"stream\":\"", end);
        String source = "docker " + (stream < 0 ? "" : text.substring(stream, Math.min(text.length(), stream + 16)));
        boolean whole = escaped.endsWith(LINE_FEED);
        String line = FlatJson.unescaped(whole ? escaped.substring(0, escaped.length() - LINE_FEED.length()) : escaped);
        return new Wrapping(source, line, escaped);
    }

    private static int stringEnd(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == '"') {
                return i;
            }
        }
        return -1;
    }

    /** CRI: {@code TIME stderr F LINE}; rsyslog and journald: {@code TIME host tag[pid]: LINE}. */
    private static @Nullable Wrapping timed(String text) {
        int space = text.indexOf(' ');
        if (space < 0 || space > 40) {
            return null;
        }
        boolean cri = text.startsWith(" stdout F ", space) || text.startsWith(" stderr F ", space);
        return cri ? plain(text, space, space + 10) : tagged(text, space + 1);
    }

    /** {@code host tag[pid]: LINE}, or without the host. */
    private static @Nullable Wrapping tagged(String text, int from) {
        int colon = text.indexOf(": ", from);
        if (colon < 0) {
            return null;
        }
        int spaces = 0;
        for (int i = from; i < colon; i++) {
            spaces += text.charAt(i) == ' ' ? 1 : 0;
        }
        return spaces > 1 ? null : plain(text, from, colon + 2);
    }

    /** {@code name-1  | LINE}. */
    private static @Nullable Wrapping compose(String text) {
        int bar = text.indexOf(" | ");
        if (bar <= 0 || bar > 80) {
            return null;
        }
        for (int i = 0; i < bar; i++) {
            char c = text.charAt(i);
            boolean name = Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
            if (!name && (c != ' ' || text.charAt(bar - 1) != ' ' && i < bar - 1)) {
                return null;
            }
        }
        return plain(text, 0, bar + 3);
    }

    /** Whether docker has cut the line here, for it was longer than its buffer of 16 KiB. */
    boolean isCut() {
        return escaped != null && escaped.length() >= DOCKER_BUFFER && !escaped.endsWith(LINE_FEED);
    }

    /**
     * A JSON line with this one's text behind its own.
     *
     * @param sameLine whether it is the rest of a line that was cut
     */
    static String spliced(String whole, Wrapping more, boolean sameLine) {
        int end = stringEnd(whole, DOCKER.length());
        boolean ended = whole.startsWith(LINE_FEED, end - LINE_FEED.length());
        return whole.substring(0, end) + (ended || sameLine ? "" : LINE_FEED) + more.escaped() + whole.substring(end);
    }
}
