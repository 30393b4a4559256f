package io.culprit.triage.classify;

import io.culprit.triage.classify.text.Clock;
import io.culprit.triage.classify.text.FlatJson;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Peels off what container runtimes, syslog and terminals put before a line: docker's json-file, CRI, kubectl, compose, RFC
 * 3164 and 5424 syslog, journald's short forms, and the border of a terminal's table.
 */
final class Prefixes {
    /** A terminal's vertical line in UTF-8, where bytes were read as ISO 8859-1. */
    private static final String BORDER = "\u00e2\u0094\u0082";

    private Prefixes() {}

    /** The line without its outermost prefix, or null when it has none. */
    static @Nullable Line peel(Line line) {
        String text = line.text();
        if (text.isEmpty()) {
            return null;
        }
        int escape = text.indexOf("\u001b[");
        if (escape >= 0) {
            return line.inner(uncoloured(text), "", "", Stamp.NONE);
        }
        char c = text.charAt(0);
        if (c == '{') {
            return json(line);
        }
        if (c == '<') {
            return priority(line);
        }
        if (c == '[') {
            return pod(line);
        }
        if (c == ' ' || c == '\t' || c == '\u2502' || text.startsWith(BORDER)) {
            return border(line);
        }
        if (c >= '0' && c <= '9') {
            Line stamped = stamped(line);
            return stamped == null ? compose(line) : stamped;
        }
        Line old = rfc3164(line, text);
        if (old == null && text.startsWith("kernel: ")) {
            return line.inner(text.substring(8), "kernel", "", Stamp.NONE);
        }
        return old == null ? compose(line) : old;
    }

    /** Without the colours of a terminal (ECMA-48 section 8.3.117). */
    private static String uncoloured(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '\u001b') {
                plain.append(text.charAt(i));
                continue;
            }
            int end = i + 1;
            while (end < text.length() && "[0123456789;?".indexOf(text.charAt(end)) >= 0) {
                end++;
            }
            i = end; // the letter that ends the sequence goes too
        }
        return plain.toString();
    }

    /** docker's json-file and {@code journalctl -o json}. */
    private static @Nullable Line json(Line line) {
        boolean journal = line.text().indexOf("\"__REALTIME_TIMESTAMP\"") > 0;
        if (!journal && line.text().indexOf("\"stream\"") < 0) {
            return null;
        }
        Map<String, String> json = FlatJson.read(line.text());
        if (json == null) {
            return null;
        }
        if (journal && json.containsKey("MESSAGE")) {
            String tag = json.getOrDefault("SYSLOG_IDENTIFIER", json.getOrDefault("_COMM", ""));
            return line.inner(
                    json.get("MESSAGE"),
                    tag,
                    json.getOrDefault("_HOSTNAME", ""),
                    Times.epoch(json.getOrDefault("__REALTIME_TIMESTAMP", "")));
        }
        if (!json.containsKey("log")) {
            return null;
        }
        String log = json.get("log");
        String rest = log.endsWith("\n") ? log.substring(0, log.length() - 1) : log;
        return line.inner(rest, "", "", Times.iso(json.getOrDefault("time", ""), 0));
    }

    /** {@code <134>} and what follows it. */
    private static @Nullable Line priority(Line line) {
        String text = line.text();
        int close = text.indexOf('>');
        if (close < 2 || close > 4 || !digits(text, 1, close)) {
            return null;
        }
        String rest = text.substring(close + 1);
        if (rest.startsWith("1 ")) {
            return rfc5424(line, rest);
        }
        Line old = rfc3164(line, rest);
        return old == null ? line.inner(rest, "", "", Stamp.NONE) : old;
    }

    /** {@code 1 TIME HOST APP PID MSGID SD REST}. */
    private static @Nullable Line rfc5424(Line line, String rest) {
        String[] parts = rest.split(" ", 7);
        if (parts.length < 7) {
            return null;
        }
        String message = parts[6];
        if (message.startsWith("- ")) {
            message = message.substring(2);
        } else if (message.startsWith("[")) {
            int close = message.indexOf("] ");
            message = close < 0 ? message : message.substring(close + 2);
        }
        if (message.startsWith("\u00ef\u00bb\u00bf") || message.startsWith("\ufeff")) {
            message = message.substring(message.charAt(0) == '\ufeff' ? 1 : 3);
        }
        return line.inner(message, dash(parts[3]), dash(parts[2]), Times.iso(parts[1], 0));
    }

    private static String dash(String value) {
        return value.equals("-") ? "" : value;
    }

    /** {@code Nov 26 22:52:00 host tag[pid]: REST}; over the network HAProxy leaves the host out. */
    private static @Nullable Line rfc3164(Line line, String text) {
        Stamp stamp = Times.syslog(text, 0);
        if (!stamp.exists() || stamp.end() >= text.length() || text.charAt(stamp.end()) != ' ') {
            return null;
        }
        return tagged(line, text, stamp.end() + 1, stamp);
    }

    /** {@code host tag[pid]: REST} or {@code tag[pid]: REST} at the place given; null where it is neither. */
    private static @Nullable Line tagged(Line line, String text, int at, Stamp stamp) {
        int space = text.indexOf(' ', at);
        if (space <= at || !words(text, at, space)) {
            return null;
        }
        if (text.charAt(space - 1) == ':') {
            String tag = tag(text, at, space - 1);
            boolean level = !isTag(text, at, space)
                    || tag.equals(tag.toUpperCase(java.util.Locale.ROOT)) && text.charAt(space - 2) != ']';
            return level ? null : line.inner(text.substring(space + 1), tag, "", stamp);
        }
        int end = text.indexOf(' ', space + 1);
        if (end < 0) {
            end = text.length();
        }
        if (end - 1 <= space
                || text.charAt(end - 1) != ':'
                || !words(text, space + 1, end)
                || !isTag(text, space + 1, end)) {
            return null;
        }
        String rest = end >= text.length() ? "" : text.substring(end + 1);
        return line.inner(rest, tag(text, space + 1, end - 1), text.substring(at, space), stamp);
    }

    /** Whether a host or a tag may look so: no quotes, braces or signs of other formats. */
    private static boolean words(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!name(c) && "[]:/@".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** {@code name:} or {@code name[pid]:}; Heroku writes the process as {@code web.1}. */
    private static boolean isTag(String text, int from, int to) {
        int bracket = text.indexOf('[', from);
        if (bracket < 0 || bracket >= to) {
            return true;
        }
        if (bracket == from || to - 2 <= bracket || text.charAt(to - 2) != ']') {
            return false;
        }
        String pid = text.substring(bracket + 1, to - 2);
        return pid.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '.');
    }

    private static String tag(String text, int from, int to) {
        int bracket = text.indexOf('[', from);
        return text.substring(from, bracket >= 0 && bracket < to ? bracket : to);
    }

    /** An ISO time before a line: CRI, kubectl, rsyslog's and journald's forms. */
    private static @Nullable Line stamped(Line line) {
        String text = line.text();
        Stamp stamp = Times.iso(text, 0);
        if (!stamp.exists() || stamp.end() >= text.length() || text.charAt(stamp.end()) != ' ') {
            return null;
        }
        int at = stamp.end() + 1;
        if (text.startsWith("stdout ", at) || text.startsWith("stderr ", at)) {
            int flag = at + 7;
            boolean cri =
                    flag + 1 < text.length() && text.charAt(flag + 1) == ' ' && "FP".indexOf(text.charAt(flag)) >= 0;
            return cri ? line.inner(text.substring(flag + 2), "", "", stamp) : null;
        }
        Line tagged = text.charAt(10) == 'T' ? tagged(line, text, at, stamp) : null;
        return tagged == null && stamp.clock() == Clock.ZONED ? line.inner(text.substring(at), "", "", stamp) : tagged;
    }

    /** {@code [pod/NAME/CONTAINER] REST}. */
    private static @Nullable Line pod(Line line) {
        String text = line.text();
        int close = text.startsWith("[pod/") ? text.indexOf("] ") : -1;
        return close < 0 ? null : line.inner(text.substring(close + 2), "", text.substring(5, close), Stamp.NONE);
    }

    /** {@code name-1  | REST}. */
    private static @Nullable Line compose(Line line) {
        String text = line.text();
        int i = 0;
        while (i < text.length() && i < 80 && name(text.charAt(i))) {
            i++;
        }
        int nameEnd = i;
        while (i < text.length() && text.charAt(i) == ' ') {
            i++;
        }
        if (nameEnd == 0
                || i == nameEnd
                || i + 1 >= text.length()
                || text.charAt(i) != '|'
                || text.charAt(i + 1) != ' ') {
            return null;
        }
        return line.inner(text.substring(i + 2), "", text.substring(0, nameEnd), Stamp.NONE);
    }

    private static boolean name(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.';
    }

    /** What a terminal's table or a copy of it leaves at both ends. */
    private static @Nullable Line border(Line line) {
        String text = line.text();
        int from = text.startsWith(BORDER) ? BORDER.length() : 0;
        while (from < text.length() && " \t\u2502".indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        int to = text.length();
        while (to > from && " \t\u2502$>".indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return from == 0 ? null : line.inner(text.substring(from, to), "", "", Stamp.NONE);
    }

    private static boolean digits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return from < to;
    }
}
