package io.culprit.tls;

import java.util.Optional;

/**
 * What a client's TLS handshake agreed on. Immutable.
 *
 * @param version such as {@code TLSv1.3}, as OpenSSL and logs write it
 * @param cipher such as {@code TLS_AES_128_GCM_SHA256}
 * @param name the client asked for, in lower case, empty for none
 * @param resumed whether an earlier session was taken up
 * @param protocol agreed by ALPN, empty for none
 * @param certificate of the client, empty where none is asked for
 */
public record TlsSession(
        String version,
        String cipher,
        String name,
        boolean resumed,
        String protocol,
        Optional<ClientCertificate> certificate) {
    /**
     * What a client's certificate says, where the listener asks for one.
     *
     * @param required whether the listener serves nobody without
     * @param verify {@code SUCCESS}, {@code NONE}, or {@code FAILED:} and why, as nginx's {@code $ssl_client_verify}
     * @param subject distinguished name in RFC 2253's form, empty for none
     * @param issuer the same of the authority
     * @param serial in hexadecimal, empty for none
     * @param fingerprint SHA-256 of the certificate in lower-case hexadecimal, empty for none
     */
    public record ClientCertificate(
            boolean required, String verify, String subject, String issuer, String serial, String fingerprint) {
        /** Of a client that sent none. */
        public static ClientCertificate none(boolean required) {
            return new ClientCertificate(required, "NONE", "", "", "", "");
        }

        /** Whether there is one that an authority of the listener signed. */
        public boolean verified() {
            return verify.equals("SUCCESS");
        }

        /** Whether there is one at all. */
        public boolean sent() {
            return !fingerprint.isEmpty();
        }
    }
}
