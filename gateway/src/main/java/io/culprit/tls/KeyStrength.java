package io.culprit.tls;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Optional;

/**
 * Whether the keys of somebody's certificates are long enough: 112 bits of security, which is level 2 of OpenSSL, and so what nginx,
 * HAProxy and Apache want on Debian (front-cases.tsv TU21). The JDK takes RSA keys of 1024 bits. Stateless.
 */
public final class KeyStrength {
    private static final int SHORTEST = 2048;
    private static final int SHORTEST_EC = 224;

    private KeyStrength() {}

    /** What is too short in a chain, empty when nothing is. */
    public static Optional<String> weakness(X509Certificate... chain) {
        for (X509Certificate each : chain) {
            PublicKey key = each.getPublicKey();
            int wanted = key instanceof ECKey ? SHORTEST_EC : SHORTEST;
            int bits = bits(key);
            if (bits < wanted) {
                return Optional.of("the %s key of %s has %d bits, fewer than %d"
                        .formatted(
                                key.getAlgorithm(),
                                each.getSubjectX500Principal().getName(),
                                bits,
                                wanted));
            }
        }
        return Optional.empty();
    }

    /** Kinds that have one length only are long enough. */
    private static int bits(PublicKey key) {
        if (key instanceof RSAKey rsa) {
            return rsa.getModulus().bitLength();
        }
        if (key instanceof DSAKey dsa && dsa.getParams() != null) {
            return dsa.getParams().getP().bitLength();
        }
        return key instanceof ECKey ec ? ec.getParams().getOrder().bitLength() : Integer.MAX_VALUE;
    }
}
