package io.culprit.upstream.tls;

import io.culprit.config.TlsConfig;
import io.culprit.config.UpstreamTls;
import io.culprit.tls.Pem;
import io.culprit.tls.PemException;
import io.culprit.tls.TlsScratch;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** TLS towards one upstream's servers; sessions are taken up again where a server allows it. Thread-safe. */
public final class PeerTls {
    private final UpstreamTls config;
    private final SSLContext context;
    private final PeerKeys keys;
    private final TlsScratch scratch;

    /**
     * @param loops number of IO threads
     * @throws IOException when a file cannot be used, with its name and why
     */
    public PeerTls(UpstreamTls config, int loops) throws IOException {
        this.config = config;
        this.scratch = new TlsScratch(loops);
        try {
            this.context = SSLContext.getInstance("TLS");
            this.keys = keys(config);
            context.init(new KeyManager[] {keys}, new TrustManager[] {new PeerTrust(judge(), config.verify())}, null);
        } catch (PemException e) {
            throw new IOException(e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS to an upstream cannot be set up: " + e.getMessage(), e);
        }
    }

    private X509TrustManager judge() throws GeneralSecurityException, IOException, PemException {
        KeyStore store = null; // the host's authorities
        if (config.ca().isPresent()) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            List<X509Certificate> authorities = Pem.certificates(config.ca().get());
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("ca" + i, authorities.get(i));
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    private static PeerKeys keys(UpstreamTls config) throws PemException {
        if (config.certificate().isEmpty()) {
            return new PeerKeys(Optional.empty());
        }
        TlsConfig.Certificate own = config.certificate().get();
        return new PeerKeys(Optional.of(Pem.chain(own.certificate(), own.key(), own.passphrase())));
    }

    /** Whether a server asked for a certificate of ours and got none. */
    boolean lacksCertificate(SSLEngine engine) {
        return keys.lacks(engine);
    }

    TlsScratch scratch() {
        return scratch;
    }

    /**
     * An engine for one connection.
     *
     * @param host the server's own name, used unless the configuration says another
     */
    SSLEngine engine(String host, int port) {
        String name = config.name().orElse(host);
        SSLEngine engine = context.createSSLEngine(name, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(
                config.minVersion().equals("1.3") ? new String[] {"TLSv1.3"} : new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        if (!name.isEmpty() && name.chars().anyMatch(Character::isLetter) && name.indexOf(':') < 0) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        engine.setSSLParameters(parameters);
        return engine;
    }
}
