package io.culprit.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * TLS of one listener.
 *
 * @param certificates at least one; the first is for names that none is for
 * @param clientCa authorities of clients' certificates, empty where none is asked for
 * @param clientVerify what happens to clients without a good one
 * @param minVersion the oldest version accepted, {@code 1.2} or {@code 1.3}
 * @param ciphers names of TLS 1.2's suites, as the JDK or OpenSSL writes them; empty for the library's own choice
 * @param unknownNames what happens to a client that asks for a name no certificate is for
 */
public record TlsConfig(
        List<Certificate> certificates,
        Optional<Path> clientCa,
        ClientVerify clientVerify,
        String minVersion,
        List<String> ciphers,
        UnknownNames unknownNames) {
    /**
     * @param certificate PEM file with the certificate and its chain, the leaf first
     * @param key PEM file with its key
     * @param passphrase of an encrypted key, empty for none
     */
    public record Certificate(Path certificate, Path key, String passphrase) {}

    /** What happens to clients without a certificate of {@code client_ca}. */
    public enum ClientVerify {
        /** 400 to each of their requests, as nginx does with {@code ssl_verify_client on}. */
        REQUIRED,
        /** They are served, and upstreams are told. */
        OPTIONAL
    }

    /** What happens to clients that ask for a name no certificate is for. */
    public enum UnknownNames {
        /** They get the first certificate, as in nginx. */
        DEFAULT,
        /** The handshake ends with unrecognized_name, as with HAProxy's {@code strict-sni}. */
        REFUSE
    }
}
