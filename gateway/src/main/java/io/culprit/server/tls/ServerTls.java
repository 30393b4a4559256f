package io.culprit.server.tls;

import io.culprit.config.TlsConfig;
import io.culprit.config.TlsConfig.ClientVerify;
import io.culprit.config.TlsConfig.UnknownNames;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.CipherNames;
import io.culprit.tls.Pem;
import io.culprit.tls.PemException;
import io.culprit.tls.RenewableTls;
import io.culprit.tls.TlsSession.ClientCertificate;
import io.culprit.tls.WatchedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

/**
 * TLS of one listener: its certificates, and an engine for each client. Certificates can be read anew while it runs; handshakes
 * that have begun keep the old ones. Thread-safe.
 */
public final class ServerTls implements RenewableTls {
    private final TlsConfig config;
    private final boolean http2;
    private volatile State state;

    private record State(
            Engines engines, ServerKeys keys, Optional<ClientAuthorities> authorities, WatchedFiles files) {}

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
            WatchedFiles files = new WatchedFiles();
            List<CertificateChain> chains = new ArrayList<>();
            for (TlsConfig.Certificate each : config.certificates()) {
                chains.add(Pem.chain(files.add(each.certificate()), files.add(each.key()), each.passphrase()));
            }
            Optional<ClientAuthorities> authorities = Optional.empty();
            if (config.clientCa().isPresent()) {
                Path file = files.add(config.clientCa().get());
                authorities = Optional.of(
                        new ClientAuthorities(Pem.certificates(file), config.clientVerify() == ClientVerify.REQUIRED));
            }
            ServerKeys keys = new ServerKeys(chains);
            return new State(
                    engines(new Engines.Terms(
                            keys,
                            authorities,
                            config.minVersion().equals("1.3") ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2"),
                            suites(),
                            http2 ? List.of("h2", "http/1.1", "http/1.0") : List.of("http/1.1", "http/1.0"))),
                    keys,
                    authorities,
                    files);
        } catch (PemException e) {
            throw new IOException(e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** BoringSSL takes Ed25519 keys in TLS 1.3 only: a listener that has one is the JDK's. */
    private static Engines engines(Engines.Terms terms) throws GeneralSecurityException, IOException {
        boolean edwards = terms.keys().chains().stream()
                .anyMatch(chain -> chain.key().getAlgorithm().startsWith("Ed"));
        boolean asked = System.getProperty("culprit.tls", "").equals("jdk");
        return asked || edwards || !BoringEngines.available() ? new JdkEngines(terms) : new BoringEngines(terms);
    }

    private List<String> suites() {
        return config.ciphers().stream().map(CipherNames::jdk).toList();
    }

    @Override
    public void reload() throws IOException {
        state = read();
    }

    @Override
    public boolean filesChanged() {
        return state.files().changed();
    }

    @Override
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

    /** An engine for one client, which has been told nothing yet, and who takes it back. */
    Lent lend() {
        Engines engines = state.engines();
        return new Lent(engines.engine(), engines);
    }

    /** An engine, to be released once. */
    record Lent(SSLEngine engine, Engines from) {
        void release() {
            from.release(engine);
        }

        /** Whether the library tells what was wrong only when it is asked once more. */
        boolean tellsLate() {
            return from instanceof BoringEngines;
        }
    }

    /** The library that does it, for messages. */
    public String library() {
        return state.engines().library();
    }

    /** Whether a client that offers protocols by ALPN offers one that is spoken here (RFC 7301 section 3.2). */
    boolean speaksOneOf(List<String> offered) {
        return offered.isEmpty()
                || offered.contains("http/1.1")
                || offered.contains("http/1.0")
                || http2 && offered.contains("h2");
    }
}
