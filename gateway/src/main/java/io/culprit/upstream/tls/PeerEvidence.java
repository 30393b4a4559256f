package io.culprit.upstream.tls;

import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.tls.CertificateChain;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What a server's TLS has shown by the time it failed: version and cipher under {@code tls}, each of its certificates in a line
 * under {@code certificate}, {@code certificate 2} and so on. Stateless.
 */
final class PeerEvidence {
    /** What there is before the two ends have agreed on a version. */
    private static final String NOTHING = "NONE";

    /** Longer chains are told up to here. */
    private static final int MOST = 5;

    private PeerEvidence() {}

    /** The failure with what the engine knows of its server. */
    static Failure with(Failure failure, SSLEngine engine) {
        SSLSession shaking = engine.getHandshakeSession();
        return failure.with(of(shaking == null ? engine.getSession() : shaking));
    }

    private static List<Evidence> of(SSLSession session) {
        List<Evidence> all = new ArrayList<>(terms(session));
        try {
            all.addAll(lines(session.getPeerCertificates()));
        } catch (SSLPeerUnverifiedException e) {
            return all; // it has shown none, or none that was accepted: then the exception that refused it has them
        }
        return all;
    }

    private static List<Evidence> terms(SSLSession session) {
        if (session.getProtocol().equals(NOTHING)) {
            return List.of();
        }
        boolean agreed = !session.getCipherSuite().endsWith("_NULL_NULL");
        return List.of(new Evidence("tls", session.getProtocol() + (agreed ? " " + session.getCipherSuite() : "")));
    }

    /** The failure with the certificates that are being refused: the session does not have them. */
    static Failure with(Failure failure, X509Certificate[] chain, SSLEngine engine) {
        SSLSession shaking = engine.getHandshakeSession();
        return (shaking == null ? failure : failure.with(terms(shaking))).with(lines(chain));
    }

    private static List<Evidence> lines(Certificate[] chain) {
        List<Evidence> all = new ArrayList<>();
        for (int i = 0; i < chain.length && i < MOST; i++) {
            if (chain[i] instanceof X509Certificate certificate) {
                all.add(new Evidence(
                        i == 0 ? "certificate" : "certificate " + (i + 1),
                        CertificateChain.line(certificate, Instant.now())));
            }
        }
        return all;
    }
}
