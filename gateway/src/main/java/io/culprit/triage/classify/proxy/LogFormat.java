package io.culprit.triage.classify.proxy;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.classify.Line;
import io.culprit.triage.classify.LineReader;
import io.culprit.triage.classify.text.FlatJson;
import io.culprit.triage.classify.text.Stamp;
import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines in a format given as nginx's {@code log_format} has it, e.g. {@code $remote_addr [$time_local] "$request" $status}. Each
 * value ends where the text that follows it in the format begins. Immutable.
 */
public final class LogFormat implements LineReader {
    private final List<String> names = new ArrayList<>();
    private final List<String> separators = new ArrayList<>();
    private final String start;
    private final boolean json;

    /**
     * @param format nginx's text, its quotes and line breaks removed
     * @throws IllegalArgumentException when two variables follow each other without a text between them, or there is no $status
     */
    public LogFormat(String format) {
        String text = format.startsWith("escape=") ? format.substring(format.indexOf(' ') + 1) : format;
        json = format.startsWith("escape=json ");
        int at = text.indexOf('$');
        start = at < 0 ? text : text.substring(0, at);
        while (at >= 0) {
            int from = text.startsWith("{", at + 1) ? at + 2 : at + 1;
            int end = from;
            while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
                end++;
            }
            names.add(text.substring(from, end));
            int behind = from == at + 2 ? end + 1 : end;
            at = text.indexOf('$', behind);
            String separator = text.substring(Math.min(behind, text.length()), at < 0 ? text.length() : at);
            if (separator.isEmpty() && at >= 0) {
                throw new IllegalArgumentException(
                        "log format: nothing stands between $" + names.get(names.size() - 1) + " and what follows it");
            }
            separators.add(separator);
        }
        if (!names.contains("status")) {
            throw new IllegalArgumentException("log format: there is no $status in \"" + format + "\"");
        }
    }

    @Override
    public @Nullable Finding read(Line line) {
        String s = line.text();
        if (!s.startsWith(start)) {
            return null;
        }
        Access a = new Access();
        Stamp stamp = Stamp.NONE;
        int at = start.length();
        for (int i = 0; i < names.size(); i++) {
            String separator = separators.get(i);
            int end = i + 1 == names.size() && separator.isEmpty() ? s.length() : s.indexOf(separator, at);
            if (end < 0) {
                if (i + 1 < names.size()) {
                    return null;
                }
                end = s.length();
            }
            String value = s.substring(at, end);
            if (json && value.indexOf('\\') >= 0) {
                value = FlatJson.unescaped(value);
            }
            at = Math.min(s.length(), end + separator.length());
            Stamp time = put(a, names.get(i), value);
            if (time.exists()) {
                stamp = time;
            }
        }
        return a.status < 0 ? null : AccessJudge.judge(a).at(stamp).host(line.host());
    }

    private static Stamp put(Access a, String name, String value) {
        switch (name) {
            case "time_local" -> {
                return Times.common(value, 0);
            }
            case "time_iso8601" -> {
                return Times.iso(value, 0);
            }
            case "msec" -> {
                return Times.epoch(value);
            }
            case "status" -> a.status = (int) Words.number(value);
            case "body_bytes_sent", "bytes_sent" -> a.bytes = Words.number(value);
            case "request" -> a.requestLine = value;
            case "request_method" -> a.requestLine = (value + " " + a.requestLine).strip();
            case "request_uri", "uri" -> a.requestLine = (a.requestLine + " " + value).strip();
            case "remote_addr", "http_x_forwarded_for", "realip_remote_addr" -> {
                a.client = a.client.isEmpty() || a.client.equals("-") ? value : a.client;
            }
            default -> CommonLog.name(a, name, value);
        }
        return Stamp.NONE;
    }
}
