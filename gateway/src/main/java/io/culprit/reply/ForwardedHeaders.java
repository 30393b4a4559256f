package io.culprit.reply;

import io.culprit.config.Network;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import io.culprit.tls.TlsSession;
import io.culprit.tls.TlsSession.ClientCertificate;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who the client is and what the upstream is told about it: {@code X-Forwarded-*} and {@code Forwarded} (RFC 7239).
 * What the sender claims is believed, and passed on, only if the sender is a trusted proxy; otherwise it is replaced.
 * One per client connection, owned by its IO thread.
 */
public final class ForwardedHeaders {
    private static final byte[] NO_BYTES = {};

    private final byte[] peerBytes;
    private final String peerText;
    private final String localPort;
    private final String forNode;
    private final String scheme;
    private final byte[] certificate;
    private @Nullable String lastHost;
    private byte[] fresh = {};
    private final boolean trusted;
    private final List<Network> trustedProxies;

    /**
     * @param peer the other end of the connection
     * @param local our end, whose port is told to the upstream
     * @param tls what the client's TLS handshake agreed on, empty for a plain connection
     * @param trustedProxies networks whose claims are believed
     */
    public ForwardedHeaders(
            InetSocketAddress peer, InetSocketAddress local, Optional<TlsSession> tls, List<Network> trustedProxies) {
        this.scheme = tls.isPresent() ? "https" : "http";
        this.certificate = tls.flatMap(TlsSession::certificate)
                .map(ForwardedHeaders::lines)
                .orElse(NO_BYTES);
        this.peerBytes = peer.getAddress().getAddress();
        this.peerText = peer.getAddress().getHostAddress();
        this.localPort = Integer.toString(local.getPort());
        this.trustedProxies = trustedProxies;
        this.trusted = Network.anyContains(trustedProxies, peer.getAddress());
        this.forNode = peerText.indexOf(':') >= 0 ? "for=\"[" + peerText + "]\"" : "for=" + peerText;
    }

    /** What upstreams are told of the client's certificate, under the names that are customary for nginx's variables. */
    private static byte[] lines(ClientCertificate certificate) {
        StringBuilder lines = new StringBuilder("X-SSL-Client-Verify: ")
                .append(printable(certificate.verify()))
                .append("\r\n");
        if (certificate.sent()) {
            lines.append("X-SSL-Client-S-DN: ").append(printable(certificate.subject()));
            lines.append("\r\nX-SSL-Client-I-DN: ").append(printable(certificate.issuer()));
            lines.append("\r\nX-SSL-Client-Serial: ").append(certificate.serial());
            lines.append("\r\nX-SSL-Client-Fingerprint: ").append(certificate.fingerprint());
            lines.append("\r\n");
        }
        return Ascii.bytes(lines.toString());
    }

    /** A name may hold any character; a header may not. */
    private static String printable(String name) {
        return name.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** Whether upstreams are told of the client's certificate by us, so that nothing else may say the same. */
    public boolean tellsCertificate() {
        return certificate.length > 0;
    }

    /** Whether the sender itself is a trusted proxy. */
    public boolean trusted() {
        return trusted;
    }

    /** Whether the client used TLS, as far as we know or a trusted proxy says so. */
    public boolean https(RequestHead head) {
        String claimed = trusted ? head.headers().first(HeaderName.X_FORWARDED_PROTO) : "";
        return claimed.isEmpty() ? scheme.equals("https") : claimed.equalsIgnoreCase("https");
    }

    /** The client: the sender, or behind trusted proxies the last address in the chain that is not one of them. */
    public String client(RequestHead head) {
        if (!trusted) {
            return peerText;
        }
        String chain = chain(head.headers());
        String[] hops = chain.split(",");
        for (int i = hops.length - 1; i >= 0; i--) {
            Optional<byte[]> hop = Network.literalAddress(bare(hops[i]));
            if (hop.isEmpty()) {
                return peerText; // an obfuscated or broken hop: nothing left of it can be believed
            }
            boolean known = trustedProxies.stream().anyMatch(n -> n.contains(hop.get()));
            if (!known || i == 0) {
                return bare(hops[i]);
            }
        }
        return peerText;
    }

    /** The client's address as bytes, for {@code ip_hash}. */
    public byte[] clientBytes(String client) {
        return client.equals(peerText)
                ? peerBytes
                : Network.literalAddress(client).orElse(peerBytes);
    }

    private static String chain(HeaderBlock headers) {
        String xff = joined(headers, HeaderName.X_FORWARDED_FOR);
        if (!xff.isEmpty()) {
            return xff;
        }
        var hops = new StringBuilder();
        for (String element : joined(headers, HeaderName.FORWARDED).split(",")) {
            for (String pair : element.split(";")) {
                String trimmed = pair.trim();
                if (trimmed.regionMatches(true, 0, "for=", 0, 4)) {
                    hops.append(hops.isEmpty() ? "" : ",")
                            .append(trimmed.substring(4).replace("\"", ""));
                }
            }
        }
        return hops.toString();
    }

    /** An address without white space, brackets and port. */
    private static String bare(String hop) {
        String text = hop.trim();
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? text : text.substring(1, end);
        }
        int colon = text.indexOf(':');
        return colon > 0 && text.indexOf(':', colon + 1) < 0 ? text.substring(0, colon) : text;
    }

    private static String joined(HeaderBlock headers, HeaderName name) {
        int index = headers.indexOf(name, 0);
        if (index < 0) {
            return "";
        }
        String first = headers.valueText(index);
        int second = headers.indexOf(name, index + 1);
        if (second < 0) {
            return first;
        }
        var all = new StringBuilder(first);
        for (int i = second; i >= 0; i = headers.indexOf(name, i + 1)) {
            all.append(", ").append(headers.valueText(i));
        }
        return all.toString();
    }

    /** Upper bound of what {@link #encode} writes. */
    public int bound(RequestHead head) {
        return 512 + certificate.length + 3 * head.length(); // a quote in a believed host is escaped
    }

    /** Writes the header lines for the upstream. */
    public void encode(RequestHead head, ByteBuffer out) {
        if (trusted) {
            encodeBelieved(head, out);
        } else {
            out.put(fresh(head.host()));
        }
        out.put(certificate);
    }

    /** Nearly every request of a connection names the same host: what is said of a sender nobody trusts is made once. */
    private byte[] fresh(String host) {
        if (!host.equals(lastHost)) {
            lastHost = host;
            boolean named = !host.isEmpty();
            fresh = Ascii.bytes("X-Forwarded-For: " + peerText + "\r\nX-Forwarded-Proto: " + scheme
                    + "\r\nX-Forwarded-Port: "
                    + localPort + "\r\n" + (named ? "X-Forwarded-Host: " + host + "\r\n" : "") + "Forwarded: " + forNode
                    + (named ? ";host=\"" + quotable(host) + "\"" : "") + ";proto=" + scheme + "\r\n");
        }
        return fresh;
    }

    private void encodeBelieved(RequestHead head, ByteBuffer out) {
        HeaderBlock headers = head.headers();
        String claimed = headers.first(HeaderName.X_FORWARDED_PROTO);
        String proto = claimed.matches("[A-Za-z][A-Za-z0-9+.-]*") ? claimed : scheme;
        String host = believed(headers, HeaderName.X_FORWARDED_HOST, head.host());
        between(joined(headers, HeaderName.X_FORWARDED_FOR), "X-Forwarded-For: ", ", ", out);
        if (!headers.has(HeaderName.X_FORWARDED_FOR)) {
            Ascii.put(out, "X-Forwarded-For: ");
        }
        Ascii.put(out, peerText);
        Ascii.put(out, "\r\nX-Forwarded-Proto: ");
        Ascii.put(out, proto);
        Ascii.put(out, "\r\nX-Forwarded-Port: ");
        Ascii.put(out, believed(headers, HeaderName.X_FORWARDED_PORT, localPort));
        between(host, "\r\nX-Forwarded-Host: ", "", out);
        Ascii.put(out, "\r\n");
        String before = joined(headers, HeaderName.FORWARDED);
        Ascii.put(out, "Forwarded: ");
        between(before, "", ", ", out);
        Ascii.put(out, forNode);
        between(quotable(host), ";host=\"", "\"", out);
        Ascii.put(out, ";proto=");
        Ascii.put(out, proto);
        Ascii.put(out, "\r\n");
    }

    /** Writes a text between two others, or nothing at all when it is empty. */
    private static void between(String text, String before, String after, ByteBuffer out) {
        if (!text.isEmpty()) {
            Ascii.put(out, before);
            Ascii.put(out, text);
            Ascii.put(out, after);
        }
    }

    /** Ready for a quoted string (RFC 9110 section 5.6.4). */
    private static String quotable(String text) {
        boolean plain = text.indexOf('"') < 0 && text.indexOf('\\') < 0;
        return plain ? text : text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String believed(HeaderBlock headers, HeaderName name, String fallback) {
        String value = headers.first(name);
        return value.isEmpty() ? fallback : value;
    }
}
