package io.culprit.upstream.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.UpstreamConfig.ProxyProtocol;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** HAProxy's PROXY protocol, as a server reads it. */
class ClientRouteTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static InetSocketAddress at(String address, int port) throws Exception {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }

    private static String text(ClientRoute route) {
        ByteBuffer preamble = ClientRoute.preamble(ProxyProtocol.V1, Optional.of(route));
        return StandardCharsets.US_ASCII.decode(preamble).toString();
    }

    private static String hex(Optional<ClientRoute> route) {
        ByteBuffer preamble = ClientRoute.preamble(ProxyProtocol.V2, route);
        byte[] bytes = new byte[preamble.remaining()];
        preamble.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void withoutTheProtocolNothingIsSaid() throws Exception {
        ClientRoute route = new ClientRoute(at("192.0.2.7", 40000), at("198.51.100.1", 443));
        assertFalse(ClientRoute.preamble(ProxyProtocol.OFF, Optional.of(route)).hasRemaining());
    }

    @Test
    void aRouteOfIpv4() throws Exception {
        ClientRoute route = new ClientRoute(at("192.0.2.7", 40000), at("198.51.100.1", 443));
        assertEquals("PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n", text(route));
        assertEquals(SIGNATURE + "2111" + "000c" + "c0000207" + "c6336401" + "9c40" + "01bb", hex(Optional.of(route)));
    }

    @Test
    void aRouteOfIpv6() throws Exception {
        ClientRoute route = new ClientRoute(at("2001:db8::7", 40000), at("2001:db8::1", 443));
        assertEquals("PROXY TCP6 2001:db8:0:0:0:0:0:7 2001:db8:0:0:0:0:0:1 40000 443\r\n", text(route));
        assertEquals(
                SIGNATURE + "2121" + "0024" + "20010db8000000000000000000000007" + "20010db8000000000000000000000001"
                        + "9c40" + "01bb",
                hex(Optional.of(route)));
    }

    @Test
    void anIpv4AddressBesideAnIpv6OneIsMappedEitherWay() throws Exception {
        ClientRoute route = new ClientRoute(at("192.0.2.7", 1), at("2001:db8::1", 2));
        assertEquals("PROXY TCP6 0:0:0:0:0:ffff:c000:207 2001:db8:0:0:0:0:0:1 1 2\r\n", text(route));
        assertEquals(
                SIGNATURE + "2121" + "0024" + "00000000000000000000ffffc0000207" + "20010db8000000000000000000000001"
                        + "0001" + "0002",
                hex(Optional.of(route)));
        ClientRoute back = new ClientRoute(at("2001:db8::1", 2), at("192.0.2.7", 1));
        assertEquals("PROXY TCP6 2001:db8:0:0:0:0:0:1 0:0:0:0:0:ffff:c000:207 2 1\r\n", text(back));
    }

    @Test
    void aZoneIsOfNoUseToOthers() throws Exception {
        InetAddress local =
                Inet6Address.getByAddress("", InetAddress.getByName("fe80::7").getAddress(), 1);
        ClientRoute route = new ClientRoute(new InetSocketAddress(local, 1), at("2001:db8::1", 2));
        assertEquals("PROXY TCP6 fe80:0:0:0:0:0:0:7 2001:db8:0:0:0:0:0:1 1 2\r\n", text(route));
    }

    @Test
    void connectionsOfOurOwnSaySo() {
        assertEquals(
                "PROXY UNKNOWN\r\n",
                StandardCharsets.US_ASCII
                        .decode(ClientRoute.preamble(ProxyProtocol.V1, Optional.empty()))
                        .toString());
        assertEquals(SIGNATURE + "20" + "00" + "0000", hex(Optional.empty()));
    }

    @Test
    void noBodyIsEmptyAndCanBeSentAgain() throws Exception {
        assertTrue(RequestBody.NONE.isEmpty());
        assertTrue(RequestBody.NONE.repeatable());
        assertEquals(RequestBody.Progress.DONE, RequestBody.NONE.writeTo(data -> {
            throw new AssertionError("nothing is written");
        }));
    }
}
