package io.culprit.tls;

import java.nio.ByteBuffer;

/**
 * Scratch of one IO thread for TLS: connections hold buffers of their own only for what waits. Owned by that thread; contents
 * are valid within one call.
 */
public final class TlsBuffers {
    /** The longest record, 2^14 bytes of plaintext and what TLS 1.2 and 1.3 may add (RFC 8446 section 5.2), rounded up. */
    public static final int RECORD = 17 * 1024;

    /** Records made in one write. */
    public static final int RECORDS = 4;

    /** Ciphertext as it is read. */
    public final ByteBuffer in = ByteBuffer.allocateDirect(2 * RECORD);

    /** Plaintext that does not fit where it is wanted. */
    public final ByteBuffer plain = ByteBuffer.allocateDirect(RECORD);

    /** Ciphertext to be written. */
    public final ByteBuffer out = ByteBuffer.allocateDirect(RECORDS * RECORD);
}
