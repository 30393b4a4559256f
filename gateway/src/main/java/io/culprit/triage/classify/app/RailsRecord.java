package io.culprit.triage.classify.app;

import io.culprit.triage.classify.text.Times;
import io.culprit.triage.classify.text.Words;

/**
 * Which lines belong to a line of Rails: an exception with its message and frames, each behind the request's id where lines are tagged,
 * and a line of lograge whose error has several. Belongs to one stream.
 */
public final class RailsRecord {
    private static final String FRAME = ":in ";

    private boolean fatal;
    private boolean thrown;
    private boolean framed;
    private boolean quoted;
    private String tag = "";

    /** Begins a record, of Rails or not. */
    public void begin(String text) {
        int at = message(text);
        String message = at < 0 ? "" : text.substring(at);
        tag = tag(message);
        String rest = message.substring(tag.length());
        fatal = at >= 0 && (text.startsWith("F, ") || text.startsWith("E, "));
        thrown = Rails.isException(rest);
        framed = false;
        quoted = isOpen(at < 0 ? text : rest);
    }

    /** Whether the next line belongs to the record that was begun. */
    public boolean continues(String text) {
        if (!fatal && !quoted || message(text) >= 0) {
            return false;
        }
        if (quoted) {
            quoted = errorEnd(text) < 0;
            return true;
        }
        String rest = !tag.isEmpty() && text.startsWith(tag) ? text.substring(tag.length()) : text;
        boolean tagged = rest.length() < text.length();
        boolean frame = rest.contains(FRAME) && rest.indexOf(':') < rest.indexOf(FRAME);
        boolean belongs = tagged || frame || rest.isBlank() || !framed && (thrown || Rails.isException(rest));
        thrown |= belongs && Rails.isException(rest);
        // Behind the message's end only frames follow, and what other programs write into the same file.
        framed |= frame || rest.endsWith("):");
        fatal = belongs;
        return belongs;
    }

    /** {@code method=GET path=/ ... error='MESSAGE} without its end. */
    private static boolean isOpen(String text) {
        return text.startsWith("method=") && text.contains(" error='") && errorEnd(text) < 0;
    }

    /** Where the quote behind lograge's error stands, -1 where it is in a later line; since 0.12 allocations stand before the time. */
    static int errorEnd(String text) {
        int allocations = text.indexOf("' allocations=");
        return allocations >= 0 ? allocations : text.indexOf("' duration=");
    }

    /** Where the message of {@code F, [2026-11-28T17:06:49.118647 #15036] FATAL -- : } begins, -1 for lines of others. */
    static int message(String text) {
        boolean logger = text.length() > 30 && "DIWEFA".indexOf(text.charAt(0)) >= 0 && text.startsWith(", [", 1);
        int dashes = logger && Times.iso(text, 4).exists() ? text.indexOf(" -- ", 24) : -1;
        int colon = dashes < 0 || dashes > 70 ? -1 : text.indexOf(": ", dashes + 4);
        return colon < 0 ? -1 : colon + 2;
    }

    /** {@code [ee675426-2fae-4e9a-b57b-506eea237d10] }, or several of them; empty without. */
    static String tag(String message) {
        int end = 0;
        while (message.startsWith("[", end)) {
            int close = message.indexOf("] ", end);
            int space = message.indexOf(' ', end);
            if (close < 0 || space < close) {
                break;
            }
            end = close + 2;
        }
        return message.substring(0, end);
    }

    /** Whether a tag may be a request's id: long, of hexadecimal digits and hyphens. */
    static boolean isId(String tag) {
        return tag.length() > 18 && Words.digitsEnd(tag.replaceAll("[a-fA-F-]", "0"), 1) == tag.length() - 1;
    }
}
