package io.culprit.server.tls;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * From what the TLS library throws to a cause. There is one exception for nearly everything; its text, the JDK's or BoringSSL's,
 * and what the client offered tell the rest. Stateless.
 */
public final class HandshakeTrouble {
    private static final String ALERT = "received fatal alert: ";

    private HandshakeTrouble() {}

    static Cause cause(SSLException e, Optional<ClientHello> offered) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains(ALERT) || text.contains("_alert_")) {
            return Cause.CLIENT_TLS_ALERT;
        }
        if (text.contains("is not enabled or supported")
                || text.contains("unsupported_protocol")
                || text.contains("version_too_low")
                || text.contains("not accepted by server preferences")
                || text.contains("no appropriate protocol")) {
            return Cause.CLIENT_TLS_VERSION;
        }
        if (text.contains("application layer protocol") || text.contains("application protocol")) {
            return Cause.CLIENT_TLS_NO_PROTOCOL;
        }
        if (text.contains("no cipher suites in common")
                || text.contains("no common")
                || text.contains("no_shared_cipher")
                || text.contains("no_common_signature")
                || text.contains("no_shared_group")
                || text.contains("wrong_curve")
                || text.contains("unable to find key material")
                || text.contains("no available authentication scheme")
                || text.contains("no supported")
                || text.contains("handshake_failure")) {
            return Cause.CLIENT_TLS_NO_SHARED_CIPHER;
        }
        boolean old = offered.map(o -> o.newest() > 0 && o.newest() < 0x0303).orElse(false);
        return old ? Cause.CLIENT_TLS_VERSION : Cause.CLIENT_TLS_BAD_RECORD;
    }

    /** What broke a connection behind its handshake. */
    public static Failure badRecord(SSLException e) {
        return Failure.of(Cause.CLIENT_TLS_BAD_RECORD, words(e));
    }

    /** The library's words, an alert by its name alone. */
    static String words(SSLException e) {
        String text = String.valueOf(e.getMessage());
        int library = text.lastIndexOf(":OPENSSL_internal:");
        if (library >= 0) {
            String reason = text.substring(library + ":OPENSSL_internal:".length());
            int sent = reason.indexOf("_ALERT_");
            return sent < 0
                    ? reason
                    : "the client sent the alert "
                            + reason.substring(sent + "_ALERT_".length()).toLowerCase(Locale.ROOT);
        }
        int alert = text.toLowerCase(Locale.ROOT).indexOf(ALERT);
        return alert < 0 ? text : "the client sent the alert " + text.substring(alert + ALERT.length());
    }
}
