package io.culprit.tls;

import java.nio.ByteBuffer;

/** TLS records as they lie in a buffer (RFC 8446 section 5.1). Stateless. */
public final class TlsRecords {
    private static final int HEADER = 5;
    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 23;

    private TlsRecords() {}

    /**
     * Whether a buffer begins with a whole record. One that is none, or is longer than a record may be, is whole, too: the
     * library refuses it by its header.
     */
    public static boolean whole(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER) {
            return false;
        }
        int at = bytes.position();
        int length = bytes.getShort(at + 3) & 0xffff;
        boolean none = !isType(bytes.get(at)) || bytes.get(at + 1) != 3;
        return none || length > TlsBuffers.RECORD - HEADER || bytes.remaining() >= HEADER + length;
    }

    /** Whether a record may begin with this byte. */
    public static boolean isType(int type) {
        return type >= FIRST_TYPE && type <= LAST_TYPE;
    }
}
