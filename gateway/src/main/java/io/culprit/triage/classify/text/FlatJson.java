package io.culprit.triage.classify.text;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object as a map from dotted names to texts, e.g. {@code request.uri}; members of arrays are numbered. Whoever
 * logs JSON logs it flat, and a dependency for it is not wanted here.
 */
public final class FlatJson {
    private static final int DEEPEST = 16;
    private static final int MOST = 512;

    private final String text;
    private final Map<String, String> members = new LinkedHashMap<>();
    private int at;

    private FlatJson(String text) {
        this.text = text;
    }

    /** The members, or null where this is no JSON object (RFC 8259), or one out of bounds. */
    public static @Nullable Map<String, String> read(String text) {
        FlatJson json = new FlatJson(text);
        json.space();
        if (!json.value("", 0)) {
            return null;
        }
        json.space();
        return json.at == text.length() ? json.members : null;
    }

    /** A text as it stands between quotes in JSON, without its escapes; as it is where they are none. */
    public static String unescaped(String text) {
        String value = new FlatJson('"' + text + '"').string();
        return value == null ? text : value;
    }

    private boolean value(String name, int depth) {
        if (at >= text.length() || depth > DEEPEST || members.size() > MOST) {
            return false;
        }
        char c = text.charAt(at);
        if (c == '{' || c == '[') {
            return members(name, depth, c == '{');
        }
        if (depth == 0) {
            return false;
        }
        String value = c == '"' ? string() : bare();
        if (value == null) {
            return false;
        }
        members.put(name, value);
        return true;
    }

    private boolean members(String name, int depth, boolean object) {
        char close = object ? '}' : ']';
        at++;
        space();
        if (at < text.length() && text.charAt(at) == close) {
            at++;
            return true;
        }
        for (int i = 0; at < text.length(); i++) {
            String key = Integer.toString(i);
            if (object) {
                key = text.charAt(at) == '"' ? string() : null;
                space();
                if (key == null || at >= text.length() || text.charAt(at) != ':') {
                    return false;
                }
                at++;
                space();
            }
            if (!value(name.isEmpty() ? key : name + "." + key, depth + 1)) {
                return false;
            }
            space();
            if (at >= text.length()) {
                return false;
            }
            char next = text.charAt(at++);
            if (next == close) {
                return true;
            }
            if (next != ',') {
                return false;
            }
            space();
        }
        return false;
    }

    private @Nullable String bare() {
        int start = at;
        while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        boolean known = word.equals("true") || word.equals("false") || word.equals("null") || number(word);
        return known ? word : null;
    }

    private static boolean number(String word) {
        for (int i = 0; i < word.length(); i++) {
            if ("0123456789+-.eE".indexOf(word.charAt(i)) < 0) {
                return false;
            }
        }
        return !word.isEmpty();
    }

    private @Nullable String string() {
        int start = ++at;
        int plain = text.indexOf('"', at);
        if (plain < 0) {
            return null;
        }
        if (text.substring(at, plain).indexOf('\\') < 0) {
            at = plain + 1;
            return text.substring(start, plain);
        }
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            if (c != '\\') {
                value.append(c);
            } else if (!escape(value)) {
                return null;
            }
        }
        return null;
    }

    private boolean escape(StringBuilder value) {
        if (at >= text.length()) {
            return false;
        }
        char c = text.charAt(at++);
        int known = "\"\\/bfnrt".indexOf(c);
        if (known >= 0) {
            value.append("\"\\/\b\f\n\r\t".charAt(known));
            return true;
        }
        if (c == 'x' && at + 2 <= text.length()) { // nginx escapes so where escape=json was forgotten
            return hex(value, 2);
        }
        return c == 'u' && at + 4 <= text.length() && hex(value, 4);
    }

    private boolean hex(StringBuilder value, int digits) {
        try {
            value.append((char) Integer.parseInt(text, at, at + digits, 16));
            at += digits;
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
