package io.culprit.server.request;

import io.culprit.compress.AcceptEncoding;
import io.culprit.compress.GzipResponse;
import io.culprit.config.CompressionConfig;
import io.culprit.http.HeaderName;
import io.culprit.reply.ClientResponse;
import io.culprit.server.clients.ClientExchange;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one response as the relay and files see it: coded with gzip (RFC 9110 section 8.4) where configuration and
 * client agree, else the client itself. Owned by one IO thread; {@link #release} must be called in the end.
 */
final class ContentCoding {
    private final ClientExchange client;
    private final @Nullable GzipResponse gzip;

    /** @param drained told when what was held back by the coding has left */
    ContentCoding(ClientExchange client, Optional<CompressionConfig> compression, Runnable drained) {
        this.client = client;
        // A client that cannot see a body's end without a close is spared it, as nginx spares HTTP/1.0.
        this.gzip = compression.isEmpty()
                ? null
                : new GzipResponse(
                        client,
                        compression.get(),
                        client.framesUnknownLength()
                                && AcceptEncoding.gzip(client.head().headers().first(HeaderName.ACCEPT_ENCODING)),
                        client.loop(),
                        client.memory(),
                        drained);
    }

    /** Where the response's head and body are to be written. */
    ClientResponse response() {
        return gzip == null ? client : gzip;
    }

    /** Goes on with what the client could not take. */
    void resume() throws IOException {
        if (gzip != null) {
            gzip.resume();
        }
    }

    /** The file behind the response was given whole. */
    void endFile() throws IOException {
        if (gzip != null) {
            gzip.endFile();
        }
    }

    /** Whether nothing is left to be sent. */
    boolean idle() {
        return response().idle();
    }

    void release() {
        if (gzip != null) {
            gzip.release();
        }
    }
}
