package io.culprit.reply;

import io.culprit.config.Network;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Who the client is and what the upstream is told about it: {@code X-Forwarded-*} and {@code Forwarded} (RFC 7239).
 * What the sender claims is believed, and passed on, only if the sender is a trusted proxy; otherwise it is replaced.
 * One per client connection, owned by its IO thread.
 */
public final class ForwardedHeaders {
    private final byte[] peerBytes;
    private final String peerText;
    private final String localPort;
    private final String forNode;
    private String lastHost;
    private byte[] fresh = {};
    private final boolean trusted;
    private final List<Network> trustedProxies;

    /**
     * @param peer the other end of the connection
     * @param local our end, whose port is told to the upstream
     * @param trustedProxies networks whose claims are believed
     */
    public ForwardedHeaders(InetSocketAddress peer, InetSocketAddress local, List<Network> trustedProxies) {
        this.peerBytes = peer.getAddress().getAddress();
        this.peerText = peer.getAddress().getHostAddress();
        this.localPort = Integer.toString(local.getPort());
        this.trustedProxies = trustedProxies;
        this.trusted = trusts(peer.getAddress());
        this.forNode = peerText.indexOf(':') >= 0 ? "for=\"[" + peerText + "]\"" : "for=" + peerText;
    }

    private boolean trusts(InetAddress address) {
        for (Network network : trustedProxies) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the sender itself is a trusted proxy. */
    public boolean trusted() {
        return trusted;
    }

    /** Whether the client used TLS, as far as a trusted proxy says so. */
    public boolean https(RequestHead head) {
        return trusted && head.headers().first(HeaderName.X_FORWARDED_PROTO).equalsIgnoreCase("https");
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
        return 512 + 3 * head.length(); // a quote in a believed host is escaped
    }

    /** Writes the header lines for the upstream. */
    public void encode(RequestHead head, ByteBuffer out) {
        if (trusted) {
            encodeBelieved(head, out);
        } else {
            out.put(fresh(head.host()));
        }
    }

    /** Nearly every request of a connection names the same host: what is said of a sender nobody trusts is made once. */
    private byte[] fresh(String host) {
        if (!host.equals(lastHost)) {
            lastHost = host;
            boolean named = !host.isEmpty();
            fresh = Ascii.bytes("X-Forwarded-For: " + peerText + "\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: "
                    + localPort + "\r\n" + (named ? "X-Forwarded-Host: " + host + "\r\n" : "") + "Forwarded: " + forNode
                    + (named ? ";host=\"" + quotable(host) + "\"" : "") + ";proto=http\r\n");
        }
        return fresh;
    }

    private void encodeBelieved(RequestHead head, ByteBuffer out) {
        HeaderBlock headers = head.headers();
        String claimed = headers.first(HeaderName.X_FORWARDED_PROTO);
        String proto = claimed.matches("[A-Za-z][A-Za-z0-9+.-]*") ? claimed : "http";
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
