package io.culprit.tls;

import java.nio.ByteBuffer;

/** TLS records as they lie in a buffer (RFC 8446 section 5.1). Stateless. */
public final class TlsRecords {
    private static final int HEADER = 5;
    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 23;

    private TlsRecords() {}

    /**
     * Whether a buffer begins with a whole record. One that is none, or is longer than a record may be, is whole, too: it is
     * refused by its header.
     */
    public static boolean whole(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER) {
            return false;
        }
        int at = bytes.position();
        int length = bytes.getShort(at + 3) & 0xffff;
        return isForeign(bytes) || length > TlsBuffers.RECORD - HEADER || bytes.remaining() >= HEADER + length;
    }

    /** Whether what a buffer begins with is no record, as far as it is there. */
    public static boolean isForeign(ByteBuffer bytes) {
        int at = bytes.position();
        return bytes.remaining() > 0 && !isType(bytes.get(at)) || bytes.remaining() > 1 && bytes.get(at + 1) != 3;
    }

    /** Whether a record may begin with this byte. */
    public static boolean isType(int type) {
        return type >= FIRST_TYPE && type <= LAST_TYPE;
    }
}
