package io.culprit.server.http2;

import io.culprit.config.Limits;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;

/** The head of a request from the fields of its HEADERS (RFC 9113 section 8.3, RFC 8441 for WebSocket). Stateless. */
final class StreamHead {
    private StreamHead() {}

    /**
     * Judges the fields and makes them the stream's head.
     *
     * @throws MessageException when they are no request that is taken, with its cause
     */
    static void read(RequestFields fields, Http2Exchange stream, boolean endStream, Limits limits)
            throws MessageException {
        if (fields.tooBig()) {
            throw new MessageException(Failure.of(
                    Cause.CLIENT_HEAD_TOO_BIG,
                    "the request head exceeds limits.head of %d bytes".formatted(limits.head())));
        }
        String wrong = fields.wrongAsRequest();
        if (!wrong.isEmpty()) {
            throw new MessageException(Failure.of(Cause.CLIENT_BAD_REQUEST, wrong + " (RFC 9113 section 8)"));
        }
        String protocol = fields.protocol();
        if ("CONNECT".equals(fields.method())) {
            if (protocol == null) {
                throw new MessageException(
                        Failure.of(Cause.CLIENT_NOT_ALLOWED, "CONNECT is for proxies that clients choose"));
            }
            if (!protocol.equals("websocket")) {
                throw new MessageException(
                        Failure.of(Cause.CLIENT_BAD_REQUEST, "a :protocol other than websocket (RFC 8441)"));
            }
        }
        if (fields.hostsDiffer()) {
            throw new MessageException(Failure.of(Cause.CLIENT_HOST_MISMATCH, fields.shownHosts()));
        }
        if (protocol == null) {
            stream.head().readMultiplexed(fields.head(""), endStream);
        } else {
            String key = Http2WebSocket.key();
            stream.webSocket(key);
            stream.head().readMultiplexed(fields.head(key), true); // what follows is the tunnel's
        }
    }
}
