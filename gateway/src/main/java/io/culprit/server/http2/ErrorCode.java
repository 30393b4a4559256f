package io.culprit.server.http2;

/** RFC 9113 section 7. */
enum ErrorCode {
    NO_ERROR,
    PROTOCOL_ERROR,
    INTERNAL_ERROR,
    FLOW_CONTROL_ERROR,
    SETTINGS_TIMEOUT,
    STREAM_CLOSED,
    FRAME_SIZE_ERROR,
    REFUSED_STREAM,
    CANCEL,
    COMPRESSION_ERROR,
    CONNECT_ERROR,
    ENHANCE_YOUR_CALM,
    INADEQUATE_SECURITY,
    HTTP_1_1_REQUIRED;

    private static final ErrorCode[] ALL = values();

    /** Its name, or its number where it is none of the RFC's. */
    static String shown(int code) {
        return code >= 0 && code < ALL.length ? ALL[code].name() : "error code " + Integer.toUnsignedString(code);
    }
}
