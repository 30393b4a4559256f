package io.culprit.upstream.fastcgi;

import io.culprit.config.route.RouteConfig;
import io.culprit.failure.Trace;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/**
 * A request's header fields as {@code HTTP_*} variables (RFC 3875 section 4.1.18); fields of one name become one. Three
 * kinds never arrive: {@code Proxy}, which many scripts would take for their own proxy setting (httpoxy); names with
 * anything but letters, digits and hyphens, since {@code X_Y} and {@code X-Y} would be one variable that a client could
 * forge; and claims about the client from a sender who is no trusted proxy. Owned by one IO thread.
 */
final class HeaderVariables {
    private static final String PREFIX = "HTTP_";

    private final HeaderBlock headers;
    private final RouteConfig route;
    private final boolean trusted;
    private final Optional<Trace> trace;

    /**
     * @param trusted whether the sender is a trusted proxy
     * @param trace what is written instead of the client's {@code traceparent}, empty: it is passed on
     */
    HeaderVariables(HeaderBlock headers, RouteConfig route, boolean trusted, Optional<Trace> trace) {
        this.headers = headers;
        this.route = route;
        this.trusted = trusted;
        this.trace = trace;
    }

    /** Writes one variable for each name, then those the route sets. */
    void write(Params params) {
        boolean anyConnection = headers.has(HeaderName.CONNECTION);
        for (int i = 0; i < headers.count(); i++) {
            if (dropped(i, anyConnection) || !isFirst(i)) {
                continue;
            }
            int nameLength = headers.nameEnd(i) - headers.nameStart(i);
            params.pair(PREFIX.length() + nameLength, joinedLength(i));
            params.text(PREFIX);
            variable(headers.bytes(), headers.nameStart(i), headers.nameEnd(i), params.out());
            joined(i, params.out());
        }
        route.setHeaders()
                .forEach((name, value) ->
                        params.pair(PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_'), value));
    }

    /** Bytes of the pair that the field at {@code index} begins. */
    int size(int index) {
        return PREFIX.length() + headers.nameEnd(index) - headers.nameStart(index) + joinedLength(index);
    }

    private static void variable(byte[] bytes, int start, int end, ByteBuffer out) {
        for (int i = start; i < end; i++) {
            byte c = bytes[i];
            out.put(c == '-' ? (byte) '_' : c >= 'a' && c <= 'z' ? (byte) (c - 32) : c);
        }
    }

    private boolean dropped(int index, boolean anyConnection) {
        HeaderName known = headers.name(index);
        if (known.isHopByHop() || anyConnection && headers.isNamedInConnection(index)) {
            return true;
        }
        boolean never = switch (known) {
            case PROXY, CONTENT_LENGTH, EXPECT, X_REQUEST_ID -> true;
            case FORWARDED, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PROTO -> !trusted;
            case TRACEPARENT -> trace.isPresent();
            case TRACESTATE -> trace.isPresent() && trace.get().beganHere();
            default -> false;
        };
        if (never || !isVariable(index) || !trusted && headers.isOfClientCertificate(index)) {
            return true;
        }
        if (route.setHeaders().isEmpty() && route.removeHeaders().isEmpty()) {
            return false;
        }
        return route.removeHeaders().stream().anyMatch(name -> headers.isNamed(index, name))
                || route.setHeaders().keySet().stream().anyMatch(name -> headers.isNamed(index, name));
    }

    private boolean isVariable(int index) {
        byte[] bytes = headers.bytes();
        for (int i = headers.nameStart(index); i < headers.nameEnd(index); i++) {
            byte c = bytes[i];
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-';
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /** Whether no earlier field has this name: one variable stands for all fields of a name. */
    boolean isFirst(int index) {
        for (int i = 0; i < index; i++) {
            if (headers.sameName(i, index)) {
                return false;
            }
        }
        return true;
    }

    private int separator(int index) {
        return headers.name(index) == HeaderName.COOKIE ? ';' : ','; // RFC 6265 section 5.4, RFC 9110 section 5.3
    }

    private int joinedLength(int first) {
        int length = headers.valueEnd(first) - headers.valueStart(first);
        for (int i = first + 1; i < headers.count(); i++) {
            if (headers.sameName(first, i)) {
                length += 2 + headers.valueEnd(i) - headers.valueStart(i);
            }
        }
        return length;
    }

    private void joined(int first, ByteBuffer out) {
        headers.copyValue(first, out);
        for (int i = first + 1; i < headers.count(); i++) {
            if (headers.sameName(first, i)) {
                out.put((byte) separator(first)).put((byte) ' ');
                headers.copyValue(i, out);
            }
        }
    }
}
