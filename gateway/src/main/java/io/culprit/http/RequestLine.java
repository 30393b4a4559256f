package io.culprit.http;

import io.culprit.failure.Cause;
import java.nio.charset.StandardCharsets;

/**
 * The request line of a head, by RFC 9112 section 3 without its leniency: one space between the parts, targets in origin,
 * absolute or asterisk form, HTTP/1.0 or HTTP/1.1. Offsets are those of the head's bytes. Owned by the head.
 */
final class RequestLine {
    /** Bytes of a request line beside its target: the longest method registered has 17, the rest is 10. */
    private static final int AROUND_TARGET = 32;

    private static final String[] METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"};

    private String method = "";
    private int targetStart;
    private int targetEnd;
    private int authority;
    private int pathStart;
    private int pathEnd;
    private int minor;

    void reset() {
        method = "";
        targetStart = 0;
        targetEnd = 0;
        authority = -1;
        pathStart = 0;
        pathEnd = 0;
        minor = 1;
    }

    /** Refuses what can be no request line as soon as its first bytes are there. */
    static void checkStart(byte[] bytes, int start, int end, int maxTarget) throws MessageException {
        byte first = bytes[start];
        if (!Grammar.isToken(first)) {
            throw bad(
                    first == 0x16
                            ? "a TLS handshake on a listener without TLS"
                            : "the request does not start with a method",
                    bytes,
                    start,
                    end,
                    start);
        }
        if (end - start > maxTarget + AROUND_TARGET) {
            throw uriTooLong(maxTarget);
        }
    }

    void read(byte[] bytes, int start, int end, int maxTarget) throws MessageException {
        checkStart(bytes, start, end, maxTarget);
        int at = start;
        while (at < end && Grammar.isToken(bytes[at])) {
            at++;
        }
        if (at == start || at == end || bytes[at] != ' ') {
            throw bad("the method is not followed by one space", bytes, start, end, at);
        }
        method = methodName(bytes, start, at);
        targetStart = ++at;
        while (at < end && Grammar.isTargetByte(bytes[at])) {
            at++;
        }
        targetEnd = at;
        if (targetEnd == targetStart || at == end || bytes[at] != ' ') {
            throw bad("the request target is not followed by one space", bytes, start, end, at);
        }
        if (targetEnd - targetStart > maxTarget) {
            throw uriTooLong(maxTarget);
        }
        int version = at + 1;
        if (end - version != 8
                || !Grammar.equalsIgnoreCase(bytes, version, version + 7, "http/1.")
                || bytes[version] != 'H'
                || bytes[version + 7] != '0' && bytes[version + 7] != '1') {
            throw bad("the protocol version is not HTTP/1.0 or HTTP/1.1", bytes, start, end, version);
        }
        minor = bytes[version + 7] - '0';
        if (method.equals("CONNECT") || method.equals("TRACE")) {
            throw new MessageException(Cause.CLIENT_NOT_ALLOWED, "method " + method + " is refused");
        }
        splitTarget(bytes, start, end);
    }

    private void splitTarget(byte[] bytes, int lineStart, int lineEnd) throws MessageException {
        pathStart = targetStart;
        if (bytes[targetStart] != '/') {
            if (targetEnd - targetStart == 1 && bytes[targetStart] == '*' && method.equals("OPTIONS")) {
                pathEnd = targetEnd;
                return;
            }
            authority = schemeEnd(bytes);
            if (authority < 0) {
                throw bad(
                        "the request target is neither a path nor an absolute URL",
                        bytes,
                        lineStart,
                        lineEnd,
                        targetStart);
            }
            pathStart = authority;
            while (pathStart < targetEnd && bytes[pathStart] != '/' && bytes[pathStart] != '?') {
                pathStart++;
            }
        }
        pathEnd = pathStart;
        while (pathEnd < targetEnd && bytes[pathEnd] != '?') {
            pathEnd++;
        }
    }

    private int schemeEnd(byte[] bytes) {
        int end = targetEnd;
        if (end - targetStart > 7 && Grammar.equalsIgnoreCase(bytes, targetStart, targetStart + 7, "http://")) {
            return targetStart + 7;
        }
        if (end - targetStart > 8 && Grammar.equalsIgnoreCase(bytes, targetStart, targetStart + 8, "https://")) {
            return targetStart + 8;
        }
        return -1;
    }

    private static String methodName(byte[] bytes, int start, int end) {
        for (String known : METHODS) {
            if (known.length() == end - start && matches(bytes, start, known)) {
                return known;
            }
        }
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private static boolean matches(byte[] bytes, int start, String known) {
        for (int i = 0; i < known.length(); i++) {
            if (bytes[start + i] != known.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static MessageException uriTooLong(int maxTarget) {
        return new MessageException(
                Cause.CLIENT_URI_TOO_LONG, "the request target exceeds limits.uri of %d bytes".formatted(maxTarget));
    }

    static MessageException bad(String what, byte[] bytes, int start, int end, int at) {
        return new MessageException(
                Cause.CLIENT_BAD_REQUEST,
                "%s, offset %d: \"%s\"".formatted(what, at, Sample.printable(bytes, start, end)),
                bytes,
                start,
                end);
    }

    /** As received; one of the common ones is always the same object. */
    String method() {
        return method;
    }

    /** Minor version of HTTP/1: 0 or 1. */
    int minor() {
        return minor;
    }

    int targetStart() {
        return targetStart;
    }

    /** 0 until a line was read. */
    int targetEnd() {
        return targetEnd;
    }

    /** Whether the target is an absolute URL; its authority ends at {@link #pathStart}. */
    boolean hasAuthority() {
        return authority >= 0;
    }

    int authority() {
        return authority;
    }

    int pathStart() {
        return pathStart;
    }

    int pathEnd() {
        return pathEnd;
    }
}
