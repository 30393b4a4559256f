package io.culprit.http.hpack;

/** A header block that cannot be decoded: a COMPRESSION_ERROR of its connection (RFC 9113 section 4.3). */
public final class HpackException extends Exception {
    private static final long serialVersionUID = 1L;

    HpackException(String message) {
        super(message, null, false, false);
    }
}
