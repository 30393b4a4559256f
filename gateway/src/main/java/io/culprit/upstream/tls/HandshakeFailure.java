package io.culprit.upstream.tls;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.tls.NoRecordException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** From what the TLS library throws to a failure with its cause. Stateless. */
public final class HandshakeFailure {
    private static final String ALERT = "received fatal alert: ";

    /** The JDK ends a handshake for the one warning that it knows in it, unrecognized_name (RFC 6066 section 3). */
    private static final String WARNING = "received handshake warning: ";

    private HandshakeFailure() {}

    /** @param demanded whether the server asked for a certificate that we do not have */
    static Failure of(SSLException e, boolean demanded) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (each instanceof PeerCertificateException certificate) {
                return certificate.failure();
            }
        }
        String text = String.valueOf(e.getMessage());
        String lower = text.toLowerCase(Locale.ROOT);
        int alert = lower.indexOf(ALERT);
        if (alert >= 0) {
            String name = text.substring(alert + ALERT.length());
            if (name.contains("certificate_required")
                    || demanded && name.contains("handshake_failure")
                    || demanded && name.contains("bad_certificate")) {
                return Failure.of(
                        Cause.TLS_CERTIFICATE_DEMANDED,
                        "the server sent the alert %s: it wants a certificate of ours".formatted(name));
            }
            return Failure.of(Cause.TLS_ALERT, "the server sent the alert " + name);
        }
        int warning = lower.indexOf(WARNING);
        if (warning >= 0) {
            return Failure.of(
                    Cause.TLS_ALERT,
                    "the server sent the warning %s: it does not know the name it was asked for; set tls.name to one that it knows"
                            .formatted(text.substring(warning + WARNING.length())));
        }
        return Failure.of(Cause.TLS_REFUSED, "the gateway ended the handshake: " + text);
    }

    /** A failure with a cause of TLS's own behind what broke a connection that stood; empty for all else. */
    public static Optional<Failure> behind(IOException e) {
        return e instanceof BrokenException broken ? Optional.of(broken.failure) : Optional.empty();
    }

    /** What breaks a connection that stands: a bad record, or an alert behind the handshake. */
    static IOException inStream(SSLException e, boolean demanded, SSLEngine engine) {
        String text = String.valueOf(e.getMessage());
        if (e instanceof NoRecordException) {
            return broken(Failure.of(Cause.TLS_NOT_TLS, "behind the handshake the server sent " + text), engine);
        }
        if (demanded) {
            return demanded("the server wants a certificate of ours: " + text, engine);
        }
        int alert = text.toLowerCase(Locale.ROOT).indexOf(ALERT);
        return broken(
                Failure.of(
                        alert < 0 ? Cause.TLS_REFUSED : Cause.TLS_ALERT,
                        alert < 0
                                ? "behind the handshake a record of the server could not be read: " + text
                                : "behind the handshake the server sent the alert "
                                        + text.substring(alert + ALERT.length())),
                engine);
    }

    private static IOException broken(Failure failure, SSLEngine engine) {
        return new BrokenException(PeerEvidence.with(failure, engine));
    }

    /** In TLS 1.3 a server tells only behind the handshake that it wants a certificate (RFC 8446 section 4.4.2.4). */
    static IOException demanded(String how, SSLEngine engine) {
        return broken(Failure.of(Cause.TLS_CERTIFICATE_DEMANDED, how), engine);
    }

    /** What broke a connection that stood has a cause of TLS's own. */
    private static final class BrokenException extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Failure failure;

        private BrokenException(Failure failure) {
            super(failure.detail());
            this.failure = failure;
        }
    }
}
