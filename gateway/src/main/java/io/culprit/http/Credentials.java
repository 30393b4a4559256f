package io.culprit.http;

import java.util.Arrays;

/**
 * Covers credentials in a sample of foreign bytes: what follows the colon of a credential's header, and the value of a
 * credential in a query, byte by byte, so that the length stays. Names are taken loosely, since a broken head is what
 * samples are made of. A single pass: a storm of malformed messages makes many samples. Stateless.
 */
final class Credentials {
    /** A name that contains one of these names a credential. */
    private static final String[] PARTS = {
        "token",
        "secret",
        "passw",
        "apikey",
        "api-key",
        "api_key",
        "signature",
        "session",
        "credential",
        "cookie",
        "authorization"
    };

    /** In a query, these do too. */
    private static final String[] QUERY_NAMES = {"key", "sig", "sid", "auth", "code", "jwt", "pass", "pwd"};

    private Credentials() {}

    static void mask(byte[] shown) {
        boolean lineStart = true;
        for (int at = 0; at < shown.length; at++) {
            byte c = shown[at];
            if (lineStart && !isSpace(c)) {
                lineStart = false;
                maskHeader(shown, at);
            }
            if (c == '\n') {
                lineStart = true;
            } else if (c == '?' || c == '&') {
                maskParameter(shown, at + 1);
            }
        }
    }

    private static void maskHeader(byte[] shown, int start) {
        int end = nameEnd(shown, start);
        int colon = end;
        while (colon < shown.length && isSpace(shown[colon])) {
            colon++;
        }
        if (colon < shown.length && shown[colon] == ':' && containsAny(shown, start, end)) {
            int stop = colon + 1;
            // a line that begins with white space goes on with the value (RFC 9112 section 5.2)
            while (stop < shown.length
                    && (shown[stop] != '\n'
                            || stop + 1 < shown.length && (shown[stop + 1] == ' ' || shown[stop + 1] == '\t'))) {
                stop++;
            }
            Arrays.fill(shown, colon + 1, stop, (byte) '*');
        }
    }

    private static void maskParameter(byte[] shown, int start) {
        int end = nameEnd(shown, start);
        if (end < shown.length
                && shown[end] == '='
                && (containsAny(shown, start, end) || isQueryName(shown, start, end))) {
            int stop = end + 1;
            while (stop < shown.length && shown[stop] != '&' && shown[stop] != '#' && !isSpace(shown[stop])) {
                stop++;
            }
            Arrays.fill(shown, end + 1, stop, (byte) '*');
        }
    }

    private static int nameEnd(byte[] shown, int start) {
        int end = start;
        while (end < shown.length && isNameByte(shown[end])) {
            end++;
        }
        return end;
    }

    private static boolean isNameByte(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' || Grammar.isDigit(c) || c == '_' || c == '.' || c == '%' || c == '-';
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private static boolean containsAny(byte[] shown, int start, int end) {
        for (String part : PARTS) {
            for (int at = start; at + part.length() <= end; at++) {
                if (Grammar.equalsIgnoreCase(shown, at, at + part.length(), part)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isQueryName(byte[] shown, int start, int end) {
        for (String name : QUERY_NAMES) {
            if (Grammar.equalsIgnoreCase(shown, start, end, name)) {
                return true;
            }
        }
        return false;
    }
}
