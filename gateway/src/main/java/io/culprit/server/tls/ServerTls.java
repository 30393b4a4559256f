package io.culprit.server.tls;

import io.culprit.config.TlsConfig;
import io.culprit.config.TlsConfig.ClientVerify;
import io.culprit.config.TlsConfig.UnknownNames;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.Pem;
import io.culprit.tls.PemException;
import io.culprit.tls.TlsSession.ClientCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;

/**
 * TLS of one listener: its certificates, and an engine for each client. Certificates can be read anew while it runs; handshakes
 * that have begun keep the old ones. Thread-safe.
 */
public final class ServerTls {
    static {
        // A client may not have handshakes made at will on a connection that stands.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }

    private final TlsConfig config;
    private final boolean http2;
    private volatile State state;

    private record State(
            SSLContext context, ServerKeys keys, Optional<ClientAuthorities> authorities, Map<Path, FileTime> files) {}

    /**
     * @param http2 whether HTTP/2 is offered
     * @throws IOException when a certificate cannot be used, with its file and why
     */
    public ServerTls(TlsConfig config, boolean http2) throws IOException {
        this.config = config;
        this.http2 = http2;
        this.state = read();
    }

    private State read() throws IOException {
        try {
            Map<Path, FileTime> files = new HashMap<>();
            List<CertificateChain> chains = new ArrayList<>();
            for (TlsConfig.Certificate each : config.certificates()) {
                files.put(each.certificate(), Files.getLastModifiedTime(each.certificate()));
                files.put(each.key(), Files.getLastModifiedTime(each.key()));
                chains.add(Pem.chain(each.certificate(), each.key(), each.passphrase()));
            }
            Optional<ClientAuthorities> authorities = Optional.empty();
            if (config.clientCa().isPresent()) {
                Path file = config.clientCa().get();
                files.put(file, Files.getLastModifiedTime(file));
                authorities = Optional.of(
                        new ClientAuthorities(Pem.certificates(file), config.clientVerify() == ClientVerify.REQUIRED));
            }
            ServerKeys keys = new ServerKeys(chains);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {keys},
                    authorities.map(a -> new TrustManager[] {a}).orElse(new TrustManager[0]),
                    null);
            checkCiphers(context);
            return new State(context, keys, authorities, files);
        } catch (PemException e) {
            throw new IOException(e.getMessage(), e);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new IOException(e.getFile() + " does not exist", e);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private void checkCiphers(SSLContext context) throws IOException {
        List<String> known = List.of(context.getSupportedSSLParameters().getCipherSuites());
        for (String each : config.ciphers()) {
            if (!known.contains(CipherNames.jdk(each))) {
                throw new IOException("tls.ciphers: \"" + each + "\" is no cipher suite that is known here");
            }
        }
    }

    /**
     * Reads certificates and keys anew.
     *
     * @throws IOException when they cannot be used; the old ones stay then
     */
    public void reload() throws IOException {
        state = read();
    }

    /** Whether a file has changed since it was read. */
    public boolean filesChanged() {
        for (Map.Entry<Path, FileTime> each : state.files().entrySet()) {
            try {
                if (!Files.getLastModifiedTime(each.getKey()).equals(each.getValue())) {
                    return true;
                }
            } catch (IOException e) {
                return true; // reading it will say what is wrong
            }
        }
        return false;
    }

    /** The certificates in use. */
    public List<CertificateChain> certificates() {
        return state.keys().chains();
    }

    TlsConfig config() {
        return config;
    }

    /** Whether a client that asks for this name, or for none, is refused. */
    boolean refuses(String name) {
        return config.unknownNames() == UnknownNames.REFUSE && !state.keys().knows(name);
    }

    /** What a client's certificate is worth; empty where none is asked for. */
    Optional<ClientCertificate> certificate(SSLSession session) {
        return state.authorities().map(authorities -> authorities.of(session));
    }

    /** An engine for one client, which is to be told nothing yet. */
    SSLEngine engine() {
        State now = state;
        SSLEngine engine = now.context().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(
                config.minVersion().equals("1.3") ? new String[] {"TLSv1.3"} : new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setUseCipherSuitesOrder(true);
        if (!config.ciphers().isEmpty()) {
            parameters.setCipherSuites(suites());
        }
        parameters.setWantClientAuth(now.authorities().isPresent());
        engine.setSSLParameters(parameters);
        engine.setHandshakeApplicationProtocolSelector((e, offered) -> select(offered));
        return engine;
    }

    /** TLS 1.3's suites are not for anybody to choose, as in nginx and HAProxy. */
    private String[] suites() {
        List<String> all = new ArrayList<>(List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"));
        all.add("TLS_CHACHA20_POLY1305_SHA256");
        config.ciphers().forEach(each -> all.add(CipherNames.jdk(each)));
        return all.toArray(new String[0]);
    }

    /** @return null for no overlap, which ends the handshake (RFC 7301 section 3.2) */
    private String select(List<String> offered) {
        if (http2 && offered.contains("h2")) {
            return "h2";
        }
        for (String each : List.of("http/1.1", "http/1.0")) {
            if (offered.contains(each)) {
                return each;
            }
        }
        return null;
    }
}
