package io.culprit.tls;

import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * Cipher suites have two names: OpenSSL's, which nginx and HAProxy use, such as {@code ECDHE-RSA-AES128-GCM-SHA256}, and the
 * registry's, such as {@code TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}. Stateless.
 */
public final class CipherNames {
    private CipherNames() {}

    /** Whether a suite is known here, by either name. */
    public static boolean isKnown(String name) {
        try {
            return List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites())
                    .contains(jdk(name));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JDK without TLS", e);
        }
    }

    /** The registry's name of a suite of TLS 1.2, whichever of the two is given. */
    public static String jdk(String name) {
        if (name.startsWith("TLS_") || name.startsWith("SSL_")) {
            return name;
        }
        String text = name.replace("AES128-", "AES_128_")
                .replace("AES256-", "AES_256_")
                .replace("GCM-", "GCM_")
                .replace("CHACHA20-POLY1305", "CHACHA20_POLY1305_SHA256");
        int exchange = 0;
        for (String each : new String[] {"ECDHE-ECDSA-", "ECDHE-RSA-", "DHE-RSA-"}) {
            if (text.startsWith(each)) {
                exchange = each.length();
            }
        }
        String before = exchange == 0 ? "RSA" : text.substring(0, exchange - 1).replace('-', '_');
        String rest = text.substring(exchange);
        if (rest.startsWith("AES_") && !rest.contains("GCM")) {
            rest = rest.replaceFirst("AES_(128|256)_", "AES_$1_CBC_");
        }
        return "TLS_" + before + "_WITH_" + rest.replace('-', '_');
    }
}
