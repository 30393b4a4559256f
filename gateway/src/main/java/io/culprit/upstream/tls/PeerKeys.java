package io.culprit.upstream.tls;

import io.culprit.tls.CertificateChain;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Our certificate for servers that demand one, and which servers did. Thread-safe. */
final class PeerKeys extends X509ExtendedKeyManager {
    private static final String OWN = "own";

    private final Optional<CertificateChain> own;
    private final Set<SSLEngine> demanded = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    PeerKeys(Optional<CertificateChain> own) {
        this.own = own;
    }

    /** Our certificate, where there is one. */
    Optional<CertificateChain> own() {
        return own;
    }

    /** Whether a server asked for a certificate and got none. */
    boolean lacks(SSLEngine engine) {
        return own.isEmpty() && demanded.contains(engine);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        demanded.add(engine);
        return own.isPresent() ? OWN : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return own.map(chain -> chain.certificates().toArray(new X509Certificate[0]))
                .orElse(null);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return own.map(CertificateChain::key).orElse(null);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return own.isPresent() ? new String[] {OWN} : new String[0];
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        throw new UnsupportedOperationException("engines only");
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
