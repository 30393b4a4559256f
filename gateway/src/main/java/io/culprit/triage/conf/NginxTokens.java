package io.culprit.triage.conf;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The words, braces and semicolons of nginx's configuration language. */
final class NginxTokens {
    /** What a backslash stands before within quotes, as nginx reads it; before all else it stays. */
    private static final String ESCAPED = "\\nrt";

    private final Path file;
    private final String text;
    private int at;
    private int line = 1;
    private int lineStart;
    private int tokenLine = 1;
    private int tokenColumn = 1;
    private char kind;

    NginxTokens(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /** The next word or sign, null at the end. */
    @Nullable
    String next() throws ConfException {
        skip();
        tokenLine = line;
        tokenColumn = at - lineStart + 1;
        if (at >= text.length()) {
            kind = 0;
            return null;
        }
        char c = text.charAt(at);
        if (c == '{' || c == '}' || c == ';') {
            kind = c;
            at++;
            return String.valueOf(c);
        }
        kind = 'w';
        String word = c == '"' || c == '\'' ? quoted(c) : word();
        if (word.indexOf('\0') >= 0) {
            throw error("a NUL byte: this is no text, or one in UTF-16");
        }
        return word;
    }

    boolean isWord() {
        return kind == 'w';
    }

    boolean isOpen() {
        return kind == '{';
    }

    boolean isClose() {
        return kind == '}';
    }

    /** Line of the last token, from 1. */
    int line() {
        return tokenLine;
    }

    /** Column of the last token, from 1. */
    int column() {
        return tokenColumn;
    }

    ConfException error(String message) {
        return new ConfException(file + ":" + tokenLine + ":" + tokenColumn + ": " + message);
    }

    /** Goes behind the brace that ends a block in another language. */
    void skipBlock() throws ConfException {
        int depth = 1;
        while (at < text.length() && depth > 0) {
            char c = text.charAt(at++);
            if (c == '\n') {
                newLine();
            }
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        }
        if (depth > 0) {
            throw error("the file ends within a block");
        }
    }

    private void skip() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                while (at < text.length() && text.charAt(at) != '\n') {
                    at++;
                }
            } else if (c == '\n') {
                at++;
                newLine();
            } else if (c == ' ' || c == '\t' || c == '\r') {
                at++;
            } else {
                return;
            }
        }
    }

    private void newLine() {
        line++;
        lineStart = at;
    }

    private String quoted(char quote) throws ConfException {
        StringBuilder word = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) {
                return word.toString();
            }
            if (c == '\\'
                    && at < text.length()
                    && (text.charAt(at) == quote || ESCAPED.indexOf(text.charAt(at)) >= 0)) {
                c = unescaped(text.charAt(at++));
            } else if (c == '\n') {
                newLine();
            }
            word.append(c);
        }
        throw error("a quote that has no end");
    }

    private static char unescaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '$' && at + 1 < text.length() && text.charAt(at + 1) == '{') {
                int close = text.indexOf('}', at);
                int end = close < 0 ? text.length() : close + 1;
                word.append(text, at, end);
                at = end;
                continue;
            }
            if (" \t\r\n;{}".indexOf(c) >= 0) {
                // A brace within a regular expression, \d{3}, has to be quoted in nginx too.
                return word.toString();
            }
            if (c == '\\' && at + 1 < text.length()) {
                word.append(c);
                c = text.charAt(++at);
            }
            word.append(c);
            at++;
        }
        return word.toString();
    }
}
