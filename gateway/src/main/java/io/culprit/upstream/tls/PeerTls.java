package io.culprit.upstream.tls;

import io.culprit.config.TlsConfig;
import io.culprit.config.UpstreamTls;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.Pem;
import io.culprit.tls.PemException;
import io.culprit.tls.RenewableTls;
import io.culprit.tls.TlsScratch;
import io.culprit.tls.WatchedFiles;
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
public final class PeerTls implements RenewableTls {
    private final UpstreamTls config;
    private final TlsScratch scratch;
    private volatile Material material;
    private volatile Runnable renewed = () -> {};

    /** What was made of the files. */
    private record Material(SSLContext context, PeerKeys keys, WatchedFiles files) {}

    /**
     * @param loops number of IO threads
     * @throws IOException when a file cannot be used, with its name and why
     */
    public PeerTls(UpstreamTls config, int loops) throws IOException {
        this.config = config;
        this.scratch = new TlsScratch(loops);
        this.material = read();
    }

    private Material read() throws IOException {
        try {
            WatchedFiles files = new WatchedFiles();
            SSLContext context = SSLContext.getInstance("TLS");
            PeerKeys keys = keys(files);
            context.init(
                    new KeyManager[] {keys}, new TrustManager[] {new PeerTrust(judge(files), config.verify())}, null);
            return new Material(context, keys, files);
        } catch (PemException e) {
            throw new IOException(e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS to an upstream cannot be set up: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean filesChanged() {
        return material.files().changed();
    }

    @Override
    public void reload() throws IOException {
        renewal().run();
    }

    /**
     * Reads the files anew.
     *
     * @return puts them into force: connections that are opened from then on are made with them
     * @throws IOException when they cannot be used
     */
    public Runnable renewal() throws IOException {
        Material next = read();
        return () -> {
            material = next;
            renewed.run();
        };
    }

    /** @param then run when other files are in force: connections made with the old ones should go */
    public void onRenewed(Runnable then) {
        renewed = then;
    }

    @Override
    public List<CertificateChain> certificates() {
        return material.keys().own().map(List::of).orElse(List.of());
    }

    private X509TrustManager judge(WatchedFiles files) throws GeneralSecurityException, IOException, PemException {
        KeyStore store = null; // the host's authorities
        if (config.ca().isPresent()) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            List<X509Certificate> authorities =
                    Pem.certificates(files.add(config.ca().get()));
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("ca" + i, authorities.get(i));
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    private PeerKeys keys(WatchedFiles files) throws PemException, IOException {
        if (config.certificate().isEmpty()) {
            return new PeerKeys(Optional.empty());
        }
        TlsConfig.Certificate own = config.certificate().get();
        return new PeerKeys(
                Optional.of(Pem.chain(files.add(own.certificate()), files.add(own.key()), own.passphrase())));
    }

    /** Whether a server asked for a certificate of ours and got none. */
    boolean lacksCertificate(SSLEngine engine) {
        return material.keys().lacks(engine);
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
        SSLEngine engine = material.context().createSSLEngine(name, port);
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
