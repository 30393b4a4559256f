package io.culprit.proof.front.facts;

import io.culprit.proof.harness.Certs;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** The JDK's client of TLS with what a script asks for, and the certificates of both sides. */
final class FrontTls {
    private static final String PASSWORD = "secret";

    private final Certs certs;

    /** A file of the test's, for what a client keeps. */
    Path file(String name) {
        return certs.file(name);
    }

    private FrontTls(Certs certs) {
        this.certs = certs;
    }

    /** Makes what listeners and clients show: a, b; client, expired, unknown, server (not for clients). */
    static FrontTls make(Certs certs) throws Exception {
        String[] curve = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"};
        certs.selfSigned("ca", curve);
        certs.selfSigned("other", curve);
        for (String name : List.of("a", "b")) {
            certs.signed(name, "ca", "subjectAltName=DNS:" + name + ".test\nextendedKeyUsage=serverAuth");
            Files.writeString( // HAProxy wants both in one file
                    certs.file(name + ".pem"),
                    Files.readString(certs.file(name + ".crt")) + Files.readString(certs.file(name + ".key")));
        }
        certs.signed("client", "ca", "extendedKeyUsage=clientAuth");
        certs.signed("unknown", "other", "extendedKeyUsage=clientAuth");
        certs.signed("server", "ca", "extendedKeyUsage=serverAuth");
        certs.signed("expired", "ca", "extendedKeyUsage=clientAuth", "20200101000000Z", "20210101000000Z");
        for (String name : List.of("client", "unknown", "server", "expired")) {
            Certs.openssl(List.of(
                    "pkcs12",
                    "-export",
                    "-in",
                    certs.file(name + ".crt").toString(),
                    "-inkey",
                    certs.file(name + ".key").toString(),
                    "-out",
                    certs.file(name + ".p12").toString(),
                    "-passout",
                    "pass:" + PASSWORD));
        }
        return new FrontTls(certs);
    }

    /** A client by {@code sni= alpn= min= max= cert= trust=}. */
    SSLEngine client(List<FrontScript.Word> options) throws Exception {
        String sni = "a.test";
        String[] protocols = {};
        List<String> versions = List.of("TLSv1.2", "TLSv1.3");
        KeyManager[] keys = {};
        boolean trusts = true;
        for (FrontScript.Word each : options) {
            switch (each.key()) {
                case "sni" -> sni = each.value();
                case "alpn" -> protocols = each.value().split(",");
                case "only" -> versions = List.of("TLSv" + each.value());
                case "cert" -> keys = new KeyManager[] {new OneKey(each.value())};
                case "trust" -> trusts = false;
                default -> {} // of the hello step
            }
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new Trust(trusts)}, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        if (!sni.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(sni)));
        }
        parameters.setApplicationProtocols(protocols);
        parameters.setProtocols(versions.toArray(new String[0]));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * The ClientHello alone; {@code first=N} cuts it off, {@code name=TEXT} stands in the place of a.test, {@code record=0301} is the
     * version its record says.
     */
    byte[] hello(List<FrontScript.Word> options) throws Exception {
        SSLEngine engine = client(options);
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] hello = Arrays.copyOf(out.array(), out.position());
        for (FrontScript.Word each : options) {
            if (each.key().equals("record")) {
                byte[] version = HexFormat.of().parseHex(each.value());
                System.arraycopy(version, 0, hello, 1, version.length);
            } else if (each.key().equals("first")) {
                hello = Arrays.copyOf(hello, Integer.parseInt(each.value()));
            } else if (each.key().equals("name")) {
                hello = new String(hello, StandardCharsets.ISO_8859_1)
                        .replace("a.test", each.value())
                        .getBytes(StandardCharsets.ISO_8859_1);
            }
        }
        return hello;
    }

    /** Shows its certificate whatever authorities the server names. */
    private final class OneKey extends X509ExtendedKeyManager {
        private final KeyStore store = KeyStore.getInstance("PKCS12");
        private final String alias;

        OneKey(String name) throws Exception {
            try (InputStream in = Files.newInputStream(certs.file(name + ".p12"))) {
                store.load(in, PASSWORD.toCharArray());
            }
            alias = store.aliases().nextElement();
        }

        @Override
        public String chooseEngineClientAlias(String[] kinds, Principal[] issuers, SSLEngine engine) {
            return alias;
        }

        @Override
        public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) {
            return alias;
        }

        @Override
        public X509Certificate[] getCertificateChain(String name) {
            try {
                return new X509Certificate[] {(X509Certificate) store.getCertificate(name)};
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public PrivateKey getPrivateKey(String name) {
            try {
                return (PrivateKey) store.getKey(name, PASSWORD.toCharArray());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public String[] getClientAliases(String kind, Principal[] issuers) {
            return new String[] {alias};
        }

        @Override
        public String[] getServerAliases(String kind, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
            return null;
        }
    }

    /** Trusts everybody, or nobody. */
    private static final class Trust extends X509ExtendedTrustManager {
        private final boolean all;

        Trust(boolean all) {
            this.all = all;
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }

        private void judge() throws CertificateException {
            if (!all) {
                throw new CertificateException("nobody is trusted");
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            judge();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
                throws CertificateException {
            judge();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            judge();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {
            throw new UnsupportedOperationException();
        }
    }
}
