package io.culprit.server.clients;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.RequestHead;
import io.culprit.tls.TlsSession;
import io.culprit.tls.TlsSession.ClientCertificate;
import java.util.Optional;

/**
 * Whether a request may come over the TLS connection it came by, as nginx decides it: a certificate that is required or was
 * sent must be good (front-cases.tsv TC47 to TC56), and who showed one for a name asks for that name only (TC20). Stateless.
 */
public final class ClientTrust {
    private ClientTrust() {}

    /** Why not, empty when it may. */
    public static Optional<Failure> refusal(TlsSession tls, RequestHead head) {
        if (tls.certificate().isEmpty()) {
            return Optional.empty();
        }
        ClientCertificate certificate = tls.certificate().get();
        if (!certificate.sent() && certificate.required()) {
            return Optional.of(Failure.of(
                    Cause.CLIENT_CERTIFICATE_MISSING, "the client sent no certificate in its TLS handshake"));
        }
        if (certificate.sent() && !certificate.verified()) {
            return Optional.of(Failure.of(
                    Cause.CLIENT_CERTIFICATE_REFUSED,
                    "%s (subject %s, issuer %s)"
                            .formatted(
                                    certificate.verify().substring("FAILED:".length()),
                                    certificate.subject(),
                                    certificate.issuer())));
        }
        if (!tls.name().isEmpty() && !tls.name().equals(head.hostName()) && certificate.required()) {
            return Optional.of(Failure.of(
                    Cause.CLIENT_MISDIRECTED,
                    "the handshake named \"%s\", the request \"%s\"".formatted(tls.name(), head.hostName())));
        }
        return Optional.empty();
    }
}
