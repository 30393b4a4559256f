package io.culprit.config.record;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a custom access log line may contain, as {@code $name} in lower case. Names that nginx has mean what they mean
 * there, lists with one entry per attempt included (facts: semantics, nginx).
 */
public enum LogVariable {
    REMOTE_ADDR,
    TIME_LOCAL,
    TIME_ISO8601,
    /** Seconds since the epoch with milliseconds. */
    MSEC,
    /** The request line. */
    REQUEST,
    REQUEST_METHOD,
    REQUEST_URI,
    SERVER_PROTOCOL,
    HOST,
    STATUS,
    /** Bytes sent to the client, head and body. */
    BYTES_SENT,
    /** Bytes of the request's body. */
    REQUEST_LENGTH,
    HTTP_REFERER,
    HTTP_USER_AGENT,
    REQUEST_ID,
    TRACE_ID,
    /** Seconds with milliseconds. */
    REQUEST_TIME,
    /** Seconds spent waiting for capacity, {@code -} when the request did not wait. */
    QUEUE_TIME,
    UPSTREAM_ADDR,
    UPSTREAM_STATUS,
    UPSTREAM_CONNECT_TIME,
    /** Seconds of the TLS handshake, {@code -} where the connection was reused or has none. */
    UPSTREAM_TLS_TIME,
    UPSTREAM_HEADER_TIME,
    UPSTREAM_RESPONSE_TIME,
    UPSTREAM_BYTES_SENT,
    UPSTREAM_BYTES_RECEIVED,
    /** Number of the HTTP/2 stream, {@code -} where the protocol has none. */
    STREAM,
    /** Cause of a tunnel's end, which is no failure where a side just closed it; {@code -} without a tunnel. */
    TUNNEL_END,
    ROUTE,
    UPSTREAM,
    /** Id of the cause, {@code -} when all was well. */
    CAUSE,
    PHASE,
    BLAME,
    DETAIL,
    ERRNO,
    /** Number of attempts. */
    ATTEMPTS,
    /** Why no further attempt was made. */
    NO_RETRY,
    /** {@code delivered}, {@code failed} or {@code client_gone}. */
    ENDING;

    /** The name after the dollar sign. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<LogVariable> byId(String id) {
        return Arrays.stream(values()).filter(v -> v.id().equals(id)).findFirst();
    }

    public static List<String> ids() {
        return Arrays.stream(values()).map(LogVariable::id).toList();
    }
}
