package io.culprit.triage.probe;

import io.culprit.triage.probe.ProbeResult.Certificate;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A TLS handshake that accepts any certificate and notes what a client would say of it. */
final class Handshake {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    private final String name;
    private String trouble = "";

    Handshake(String name) {
        this.name = name;
    }

    SSLSocket on(Socket socket, int port) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Looking(system())}, null);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, name, port, true);
            SSLParameters parameters = tls.getSSLParameters();
            boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
            if (!address) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static X509TrustManager system() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509TrustManager manager) {
                return manager;
            }
        }
        throw new GeneralSecurityException("this Java has no trust store");
    }

    Optional<Certificate> certificate(SSLSession session) {
        try {
            X509Certificate own = (X509Certificate) session.getPeerCertificates()[0];
            List<String> names = names(own);
            String refused = trouble.isEmpty() && names.stream().noneMatch(this::matches)
                    ? "it is for " + String.join(", ", names) + " and not for " + name
                    : trouble;
            return Optional.of(new Certificate(
                    session.getProtocol(),
                    session.getCipherSuite(),
                    names,
                    own.getIssuerX500Principal().getName(),
                    own.getNotAfter().toInstant(),
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(own.getEncoded())),
                    refused));
        } catch (javax.net.ssl.SSLPeerUnverifiedException | GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** RFC 9525: a wildcard stands for the whole left-most label. */
    private boolean matches(String pattern) {
        String host = name.toLowerCase(Locale.ROOT);
        String wanted = pattern.toLowerCase(Locale.ROOT);
        int dot = host.indexOf('.');
        return wanted.equals(host)
                || wanted.startsWith("*.") && dot > 0 && wanted.substring(1).equals(host.substring(dot));
    }

    private static List<String> names(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        if (certificate.getSubjectAlternativeNames() != null) {
            for (List<?> each : certificate.getSubjectAlternativeNames()) {
                if (each.get(0).equals(DNS) || each.get(0).equals(ADDRESS)) {
                    names.add(String.valueOf(each.get(1)));
                }
            }
        }
        return names;
    }

    /** Asks the system's trust store and remembers what it says. */
    private final class Looking implements X509TrustManager {
        private final X509TrustManager system;

        Looking(X509TrustManager system) {
            this.system = system;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            try {
                chain[0].checkValidity();
            } catch (CertificateException e) {
                trouble = "it is not valid now: from " + chain[0].getNotBefore().toInstant() + " to "
                        + chain[0].getNotAfter().toInstant();
                return;
            }
            try {
                system.checkServerTrusted(chain, type);
            } catch (CertificateException e) {
                trouble = "this machine does not trust who signed it";
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("only servers are looked at");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
