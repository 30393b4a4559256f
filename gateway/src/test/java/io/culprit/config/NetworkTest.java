package io.culprit.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "192.168.1.0/25, 192.168.1.127, true",
        "192.168.1.0/25, 192.168.1.128, false",
        "192.168.1.5, 192.168.1.5, true",
        "192.168.1.5, 192.168.1.4, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "::1, ::1, true",
        "2001:db8::/32, 2001:db8:1::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "10.0.0.0/8, ::1, false"
    })
    void containsAsCidrSays(String network, String address, boolean expected) {
        assertEquals(
                expected,
                Network.parse(network)
                        .orElseThrow()
                        .contains(Network.literalAddress(address).orElseThrow()));
    }

    /** One family each, as nginx has it; both is a word of its own. */
    @Test
    void everythingIsOfOneFamilyUnlessItIsAll() throws Exception {
        byte[] four = InetAddress.getByName("192.0.2.1").getAddress();
        byte[] six = InetAddress.getByName("2001:db8::1").getAddress();
        Network ipv4 = Network.parse("0.0.0.0/0").orElseThrow();
        Network ipv6 = Network.parse("::/0").orElseThrow();
        assertTrue(ipv4.contains(four) && !ipv4.contains(six));
        assertTrue(ipv6.contains(six) && !ipv6.contains(four));
        assertTrue(Network.ALL.contains(four) && Network.ALL.contains(six));
        assertEquals("all", Network.ALL.toString());
    }

    @Test
    void equalNetworksAreEqual() {
        assertEquals(Network.parse("10.0.0.0/8"), Network.parse("10.0.0.0/8"));
        assertEquals(
                Network.parse("::1").hashCode(), Network.parse("0:0::1/128").hashCode());
        assertNotEquals(Network.parse("10.0.0.0/8"), Network.parse("10.0.0.0/9"));
        assertEquals("10.0.0.0/8", Network.parse("10.0.0.0/8").orElseThrow().toString());
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/33", "10.0.0/8", "shop.test", "300.1.1.1", "::1/129", "10.0.0.0/x"})
    void otherTextIsNoNetwork(String text) {
        assertEquals(true, Network.parse(text).isEmpty());
    }
}
