package io.culprit.upstream.tls;

import io.culprit.failure.Cause;
import java.security.cert.CertificateException;

/** A server's certificate that is not accepted, and the cause of it. */
final class PeerCertificateException extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final Cause failure;

    PeerCertificateException(Cause failure, String detail) {
        super(detail);
        this.failure = failure;
    }

    Cause failure() {
        return failure;
    }
}
