package io.culprit.tls;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import javax.net.ssl.SSLException;

/** Bytes came where a TLS record was due, and are none. */
public final class NoRecordException extends SSLException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 8;

    /** @param bytes from the first that is at fault */
    NoRecordException(ByteBuffer bytes) {
        super("bytes that are no TLS record: " + shown(bytes));
    }

    private static String shown(ByteBuffer bytes) {
        byte[] first = new byte[Math.min(SHOWN, bytes.remaining())];
        bytes.get(bytes.position(), first);
        return HexFormat.ofDelimiter(" ").formatHex(first);
    }
}
