package io.culprit.upstream.tls;

import io.culprit.failure.Cause;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.KeyStrength;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Judges servers' certificates in an order that names the nearest fault: validity, authority, length of the keys, name
 * (front-cases.tsv TU15 to TU21). Thread-safe.
 */
final class PeerTrust extends X509ExtendedTrustManager {
    private final X509TrustManager judge;
    private final boolean verify;

    /** @param judge knows the authorities */
    PeerTrust(X509TrustManager judge, boolean verify) {
        this.judge = judge;
        this.verify = verify;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (!verify) {
            return;
        }
        X509Certificate leaf = chain[0];
        Date now = new Date();
        if (now.after(leaf.getNotAfter())) {
            throw new PeerCertificateException(
                    Cause.TLS_EXPIRED,
                    "the certificate of %s expired on %s"
                            .formatted(
                                    leaf.getSubjectX500Principal().getName(),
                                    leaf.getNotAfter().toInstant()),
                    chain,
                    engine);
        }
        if (now.before(leaf.getNotBefore())) {
            throw new PeerCertificateException(
                    Cause.TLS_EXPIRED,
                    "the certificate of %s is not valid before %s"
                            .formatted(
                                    leaf.getSubjectX500Principal().getName(),
                                    leaf.getNotBefore().toInstant()),
                    chain,
                    engine);
        }
        try {
            judge.checkServerTrusted(chain, authType);
        } catch (CertificateException e) {
            String why = String.valueOf(e.getMessage());
            boolean unknown =
                    why.contains("unable to find valid certification path") || why.contains("validation failed");
            throw new PeerCertificateException(
                    Cause.TLS_UNTRUSTED,
                    "the certificate of %s by %s: %s"
                            .formatted(
                                    leaf.getSubjectX500Principal().getName(),
                                    leaf.getIssuerX500Principal().getName(),
                                    unknown ? "no trusted authority signed it" : why),
                    chain,
                    engine);
        }
        Optional<String> weakness = KeyStrength.weakness(chain);
        if (weakness.isPresent()) {
            throw new PeerCertificateException(Cause.TLS_REFUSED, weakness.get(), chain, engine);
        }
        String host = String.valueOf(engine.getPeerHost()).toLowerCase(Locale.ROOT);
        if (!CertificateChain.isFor(leaf, host)) {
            throw new PeerCertificateException(
                    Cause.TLS_NAME_MISMATCH,
                    "the certificate is for %s, not for %s"
                            .formatted(String.join(", ", CertificateChain.names(leaf)), host),
                    chain,
                    engine);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
        throw new UnsupportedOperationException("engines only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw new UnsupportedOperationException("engines only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
        throw new UnsupportedOperationException("for servers only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw new UnsupportedOperationException("for servers only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
        throw new UnsupportedOperationException("for servers only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
