package io.culprit.server.tls;

import java.nio.ByteBuffer;

/**
 * Scratch of one IO thread for TLS: connections hold buffers of their own only for what waits. Owned by that thread; contents
 * are valid within one call.
 */
final class TlsBuffers {
    /** The longest record, 2^14 bytes of plaintext and what TLS 1.2 and 1.3 may add (RFC 8446 section 5.2), rounded up. */
    static final int RECORD = 17 * 1024;

    /** Records made in one write. */
    static final int RECORDS = 4;

    /** Ciphertext as it is read. */
    final ByteBuffer in = ByteBuffer.allocateDirect(2 * RECORD);

    /** Plaintext that does not fit where it is wanted. */
    final ByteBuffer plain = ByteBuffer.allocateDirect(RECORD);

    /** Ciphertext to be written. */
    final ByteBuffer out = ByteBuffer.allocateDirect(RECORDS * RECORD);
}
