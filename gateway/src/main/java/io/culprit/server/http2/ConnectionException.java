package io.culprit.server.http2;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;

/** What ends the whole connection (RFC 9113 section 5.4.1). Without a stack trace: clients cause it at will. */
final class ConnectionException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;
    private final ErrorCode code;

    ConnectionException(ErrorCode code, Cause cause, String detail) {
        super(detail, null, false, false);
        this.code = code;
        this.failure = Failure.of(cause, code + ": " + detail);
    }

    /** One that breaks the protocol. */
    static ConnectionException protocol(String detail) {
        return new ConnectionException(ErrorCode.PROTOCOL_ERROR, Cause.CLIENT_H2_PROTOCOL, detail);
    }

    /** One of a frame whose length does not fit its kind. */
    static ConnectionException size(String detail) {
        return new ConnectionException(ErrorCode.FRAME_SIZE_ERROR, Cause.CLIENT_H2_PROTOCOL, detail);
    }

    /** One who asks for too much work. */
    static ConnectionException flood(String detail) {
        return new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, Cause.CLIENT_H2_FLOOD, detail);
    }

    ErrorCode code() {
        return code;
    }

    Failure failure() {
        return failure;
    }
}
