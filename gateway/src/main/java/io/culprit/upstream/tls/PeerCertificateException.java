package io.culprit.upstream.tls;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;

/** A server's certificate that is not accepted, and the cause of it. */
final class PeerCertificateException extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    /**
     * @param chain what the server has shown, its own certificate first
     * @param engine whose handshake it is
     */
    PeerCertificateException(Cause cause, String detail, X509Certificate[] chain, SSLEngine engine) {
        super(detail);
        this.failure = PeerEvidence.with(Failure.of(cause, detail), chain, engine);
    }

    /** Why it is not accepted, with the certificates as evidence. */
    Failure failure() {
        return failure;
    }
}
