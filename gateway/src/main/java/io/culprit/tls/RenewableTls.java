package io.culprit.tls;

import java.io.IOException;
import java.util.List;

/** One side of TLS, to clients or to servers, whose files may be replaced while it is in use. Threads: any. */
public interface RenewableTls {
    /** Whether a file has changed since it was read. */
    boolean filesChanged();

    /**
     * Reads certificates, keys and authorities anew. Connections that stand keep theirs.
     *
     * @throws IOException when they cannot be used; the old ones stay then
     */
    void reload() throws IOException;

    /** The certificates of our own in use. */
    List<CertificateChain> certificates();
}
