package io.culprit.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * Takes plaintext out of records by a TLS library. What is no record never reaches the library: netty's and the JDK's wait for the
 * rest of it, and whoever unwraps until nothing is left would do so for ever. One connection's; owned by one IO thread.
 */
public final class RecordUnwrapper {
    /** Times in a row that a library may take nothing and give nothing, for steps of its own. */
    private static final int MOST_IDLE = 8;

    /** Application data that no key ever made. */
    private static final byte[] FORGED = {
        23, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
        27, 28, 29, 30, 31, 32
    };

    private final SSLEngine engine;
    private int idle;

    public RecordUnwrapper(SSLEngine engine) {
        this.engine = engine;
    }

    /**
     * Takes one record.
     *
     * @param in {@link TlsRecords#whole}
     * @throws NoRecordException when it is none
     * @throws SSLException when the library refuses it, or takes nothing of it again and again
     */
    public SSLEngineResult unwrap(ByteBuffer in, ByteBuffer out) throws SSLException {
        if (TlsRecords.isForeign(in)) {
            throw new NoRecordException(in);
        }
        SSLEngineResult result = engine.unwrap(in, out);
        Status status = result.getStatus();
        if (result.bytesConsumed() > 0
                || result.bytesProduced() > 0
                || status == Status.CLOSED
                || status == Status.BUFFER_OVERFLOW) {
            idle = 0;
        } else if (status == Status.BUFFER_UNDERFLOW || ++idle > MOST_IDLE) {
            throw new SSLException(
                    "a TLS record of %d bytes that the library takes nothing of".formatted(in.remaining()));
        }
        return result;
    }

    /**
     * Has the library make the alert that is due after {@link NoRecordException}: it does for a record that it cannot decrypt.
     *
     * @param scratch for what will not come
     */
    public void refuse(ByteBuffer scratch) {
        try {
            engine.unwrap(ByteBuffer.wrap(FORGED), scratch);
        } catch (SSLException e) {
            return; // which is what it was asked for
        }
    }
}
