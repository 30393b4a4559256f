package io.culprit.upstream.request;

import io.culprit.config.UpstreamConfig.ProxyProtocol;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Who speaks to whom on the client's side, as a connection to a server begins with where {@code proxy_protocol} is set
 * (HAProxy's document, sections 2.1 and 2.2). Immutable.
 *
 * @param source the client
 * @param destination the address it connected to
 */
public record ClientRoute(InetSocketAddress source, InetSocketAddress destination) {
    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final byte LOCAL = 0x20;
    private static final byte PROXIED = 0x21;
    private static final byte TCP4 = 0x11;
    private static final byte TCP6 = 0x21;

    /**
     * The preamble of a version.
     *
     * @param route empty for connections of the gateway's own, such as health checks
     */
    public static ByteBuffer preamble(ProxyProtocol version, Optional<ClientRoute> route) {
        return switch (version) {
            case OFF -> ByteBuffer.allocate(0);
            case V1 ->
                ByteBuffer.wrap(
                        route.map(ClientRoute::line).orElse("PROXY UNKNOWN\r\n").getBytes(StandardCharsets.US_ASCII));
            case V2 ->
                route.map(ClientRoute::binary)
                        .orElseGet(() -> ByteBuffer.allocate(16)
                                .put(SIGNATURE)
                                .put(LOCAL)
                                .put((byte) 0)
                                .putShort((short) 0)
                                .flip());
        };
    }

    private boolean v4() {
        return source.getAddress() instanceof Inet4Address && destination.getAddress() instanceof Inet4Address;
    }

    private String line() {
        return "PROXY %s %s %s %d %d\r\n"
                .formatted(
                        v4() ? "TCP4" : "TCP6",
                        text(source.getAddress()),
                        text(destination.getAddress()),
                        source.getPort(),
                        destination.getPort());
    }

    private ByteBuffer binary() {
        byte[] from = bytes(source.getAddress());
        byte[] to = bytes(destination.getAddress());
        return ByteBuffer.allocate(16 + from.length + to.length + 4)
                .put(SIGNATURE)
                .put(PROXIED)
                .put(v4() ? TCP4 : TCP6)
                .putShort((short) (from.length + to.length + 4))
                .put(from)
                .put(to)
                .putShort((short) source.getPort())
                .putShort((short) destination.getPort())
                .flip();
    }

    /** Both are of one family: an IPv4 address beside an IPv6 one is written as the latter. */
    private byte[] bytes(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (v4() || bytes.length == 16) {
            return bytes;
        }
        return ByteBuffer.allocate(16)
                .position(10)
                .put((byte) 0xff)
                .put((byte) 0xff)
                .put(bytes)
                .array();
    }

    private String text(InetAddress address) {
        if (v4()) {
            return address.getHostAddress();
        }
        try {
            String text = Inet6Address.getByAddress("", bytes(address), -1).getHostAddress();
            int zone = text.indexOf('%');
            return zone < 0 ? text : text.substring(0, zone);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // 16 bytes are an address
        }
    }
}
