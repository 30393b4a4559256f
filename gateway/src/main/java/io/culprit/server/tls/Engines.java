package io.culprit.server.tls;

import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/** Makes TLS engines for the clients of one listener, by one library. Thread-safe. */
interface Engines {
    /**
     * What they are made from.
     *
     * @param authorities of clients' certificates, empty where none is asked for
     * @param versions of TLS, newest first, by the JDK's names
     * @param ciphers of TLS 1.2 by the registry's names, empty for the library's choice
     * @param protocols offered by ALPN, the preferred one first
     */
    record Terms(
            ServerKeys keys,
            Optional<ClientAuthorities> authorities,
            List<String> versions,
            List<String> ciphers,
            List<String> protocols) {
        TrustManager[] trust() {
            return authorities.map(a -> new TrustManager[] {a}).orElse(new TrustManager[0]);
        }

        /** TLS 1.3's suites are not for anybody to choose, as in nginx and HAProxy. */
        List<String> allCiphers() {
            List<String> all = new java.util.ArrayList<>(
                    List.of("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"));
            all.addAll(ciphers);
            return all;
        }
    }

    /** One that has been told nothing yet. */
    SSLEngine engine();

    /** An engine is not used any more; it may not be touched again. */
    void release(SSLEngine engine);

    /** The library, for messages. */
    String library();
}
