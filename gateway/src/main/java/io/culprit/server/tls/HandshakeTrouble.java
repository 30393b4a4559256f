package io.culprit.server.tls;

import io.culprit.failure.Cause;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * From what the TLS library throws to a cause. The JDK has one exception for nearly everything; its text, and what the client
 * offered, tell the rest. Stateless.
 */
final class HandshakeTrouble {
    private static final String ALERT = "received fatal alert: ";

    private HandshakeTrouble() {}

    static Cause cause(SSLException e, Optional<ClientHello> offered) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains(ALERT)) {
            return Cause.CLIENT_TLS_ALERT;
        }
        if (text.contains("is not enabled or supported")
                || text.contains("not accepted by server preferences")
                || text.contains("no appropriate protocol")) {
            return Cause.CLIENT_TLS_VERSION;
        }
        if (text.contains("application layer protocol") || text.contains("application protocol")) {
            return Cause.CLIENT_TLS_NO_PROTOCOL;
        }
        if (text.contains("no cipher suites in common")
                || text.contains("no common")
                || text.contains("no available authentication scheme")
                || text.contains("no supported")
                || text.contains("handshake_failure")) {
            return Cause.CLIENT_TLS_NO_SHARED_CIPHER;
        }
        boolean old = offered.map(o -> o.newest() > 0 && o.newest() < 0x0303).orElse(false);
        return old ? Cause.CLIENT_TLS_VERSION : Cause.CLIENT_TLS_BAD_RECORD;
    }

    /** The library's words, an alert by its name alone. */
    static String words(SSLException e) {
        String text = String.valueOf(e.getMessage());
        int alert = text.toLowerCase(Locale.ROOT).indexOf(ALERT);
        return alert < 0 ? text : "the client sent the alert " + text.substring(alert + ALERT.length());
    }
}
