package io.culprit.tls;

import io.culprit.failure.Text;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * A certificate with its key and what leads to its authority. Immutable.
 *
 * @param file it was read from, for messages
 * @param certificates the leaf first
 * @param key of the leaf
 */
public record CertificateChain(String file, List<X509Certificate> certificates, PrivateKey key) {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /** The certificate itself. */
    public X509Certificate leaf() {
        return certificates.get(0);
    }

    /** Names it is for, in lower case, wildcards and addresses among them. */
    public List<String> names() {
        return names(leaf());
    }

    /** Names a certificate is for: the subject's alternative names, or where there are none its common name. */
    public static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> each : alternatives) {
                    int kind = (Integer) each.get(0);
                    if (kind == DNS_NAME || kind == IP_ADDRESS) {
                        names.add(String.valueOf(each.get(1)).toLowerCase(Locale.ROOT));
                    }
                }
            }
            if (names.isEmpty()) {
                for (Rdn rdn :
                        new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                    if (rdn.getType().equalsIgnoreCase("CN")) {
                        names.add(String.valueOf(rdn.getValue()).toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException | InvalidNameException e) {
            return List.of(); // a certificate without a name that can be read is for no name
        }
        return names;
    }

    /** Whether one of the names is for this host, a wildcard for exactly one label (RFC 6125 section 6.4.3). */
    public boolean isFor(String host) {
        return isFor(leaf(), host);
    }

    /** Whether one of a certificate's names is for this host. */
    public static boolean isFor(X509Certificate certificate, String host) {
        for (String name : names(certificate)) {
            if (name.equals(host)
                    || name.startsWith("*.")
                            && host.indexOf('.') > 0
                            && host.substring(host.indexOf('.')).equals(name.substring(1))) {
                return true;
            }
        }
        return false;
    }

    /** Days until it expires, negative when it has. */
    public long daysLeft(Instant now) {
        return daysLeft(leaf(), now);
    }

    private static long daysLeft(X509Certificate certificate, Instant now) {
        return Math.floorDiv(
                Duration.between(now, certificate.getNotAfter().toInstant()).toSeconds(), 86_400);
    }

    /** A certificate in one line: whose, by whom, how long still, for which names. */
    public static String line(X509Certificate certificate, Instant now) {
        long days = daysLeft(certificate, now);
        List<String> names = names(certificate);
        return "%s by %s, %s %s (%s)%s"
                .formatted(
                        certificate.getSubjectX500Principal().getName(),
                        certificate.getIssuerX500Principal().getName(),
                        days < 0 ? "expired on" : "until",
                        certificate.getNotAfter().toInstant(),
                        days < 0 ? Text.count(-days, "day") + " ago" : Text.count(days, "day") + " left",
                        names.isEmpty() ? "" : ", for " + String.join(", ", names));
    }
}
