package io.culprit.server.tls;

import io.culprit.tls.CertificateChain;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a certificate by the name a client asks for (RFC 6066 section 3) and by the kinds of keys it knows: one that is for
 * the whole name before a wildcard, the first of all where none fits. Immutable.
 */
final class ServerKeys extends X509ExtendedKeyManager {
    private final List<CertificateChain> chains;

    /** @param chains in the order of the configuration, at least one */
    ServerKeys(List<CertificateChain> chains) {
        this.chains = List.copyOf(chains);
    }

    /** Whether a certificate is for this name. */
    boolean knows(String name) {
        return chains.stream().anyMatch(chain -> chain.isFor(name));
    }

    List<CertificateChain> chains() {
        return chains;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        String name = "";
        if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
            for (SNIServerName each : session.getRequestedServerNames()) {
                if (each instanceof SNIHostName host) {
                    name = host.getAsciiName().toLowerCase(Locale.ROOT);
                }
            }
        }
        int chosen = choose(name, keyType);
        return chosen < 0 ? null : Integer.toString(chosen);
    }

    private int choose(String name, String keyType) {
        int wildcard = -1;
        boolean known = false;
        for (int i = 0; i < chains.size(); i++) {
            CertificateChain chain = chains.get(i);
            if (!name.isEmpty() && chain.isFor(name)) {
                known = true;
                if (fits(chain, keyType)) {
                    if (chain.names().contains(name)) {
                        return i;
                    }
                    wildcard = wildcard < 0 ? i : wildcard;
                }
            }
        }
        if (known) {
            return wildcard;
        }
        List<String> names = chains.get(0).names();
        for (int i = 0; i < chains.size(); i++) {
            if (fits(chains.get(i), keyType) && chains.get(i).names().equals(names)) {
                return i; // the first certificate, or its sibling with another kind of key
            }
        }
        return -1;
    }

    private static boolean fits(CertificateChain chain, String keyType) {
        String algorithm = chain.key().getAlgorithm();
        return keyType.equals(algorithm)
                || algorithm.equals("RSA") && keyType.startsWith("RSA")
                || algorithm.equals("EdDSA") && keyType.startsWith("Ed");
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return chains.get(Integer.parseInt(alias)).certificates().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return chains.get(Integer.parseInt(alias)).key();
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        throw new UnsupportedOperationException("engines only");
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[0];
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
