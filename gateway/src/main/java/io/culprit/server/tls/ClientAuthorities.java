package io.culprit.server.tls;

import io.culprit.tls.KeyStrength;
import io.culprit.tls.TlsSession.ClientCertificate;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Judges clients' certificates after the handshake, not in it: a client with none or a bad one gets an answer that says so, as
 * nginx gives (front-cases.tsv TC47 to TC56), and no alert that its user never sees. Thread-safe.
 */
final class ClientAuthorities extends X509ExtendedTrustManager {
    private final X509Certificate[] authorities;
    private final X509TrustManager judge;
    private final boolean required;

    ClientAuthorities(List<X509Certificate> authorities, boolean required) throws GeneralSecurityException {
        this.required = required;
        this.authorities = authorities.toArray(new X509Certificate[0]);
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("ca" + i, authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            this.judge = (X509TrustManager) factory.getTrustManagers()[0];
        } catch (java.io.IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** What the client sent, and what is to be thought of it. */
    ClientCertificate of(SSLSession session) {
        X509Certificate[] chain;
        try {
            Certificate[] sent = session.getPeerCertificates();
            chain = Arrays.copyOf(sent, sent.length, X509Certificate[].class);
        } catch (SSLPeerUnverifiedException e) {
            return ClientCertificate.none(required); // it sent none
        }
        X509Certificate leaf = chain[0];
        try {
            return new ClientCertificate(
                    required,
                    verify(chain, leaf),
                    leaf.getSubjectX500Principal().getName(),
                    leaf.getIssuerX500Principal().getName(),
                    leaf.getSerialNumber().toString(16),
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded())));
        } catch (GeneralSecurityException e) {
            return new ClientCertificate(required, "FAILED:" + e.getMessage(), "", "", "", "-");
        }
    }

    private String verify(X509Certificate[] chain, X509Certificate leaf) {
        try {
            leaf.checkValidity();
            String kind = leaf.getPublicKey().getAlgorithm();
            judge.checkClientTrusted(chain, kind);
            return KeyStrength.weakness(chain)
                    .map(weakness -> "FAILED:" + weakness)
                    .orElse("SUCCESS");
        } catch (CertificateExpiredException e) {
            return "FAILED:it expired on " + leaf.getNotAfter().toInstant();
        } catch (CertificateNotYetValidException e) {
            return "FAILED:it is valid from " + leaf.getNotBefore().toInstant() + " on";
        } catch (CertificateException e) {
            String why = String.valueOf(e.getMessage());
            return why.contains("unable to find valid certification path") || why.contains("validation failed")
                    ? "FAILED:no authority of client_ca signed it"
                    : "FAILED:" + why;
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.clone();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
        // judged after the handshake
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
        // judged after the handshake
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
        // judged after the handshake
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
        throw new UnsupportedOperationException("for clients only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw new UnsupportedOperationException("for clients only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
        throw new UnsupportedOperationException("for clients only");
    }
}
