package io.culprit.server.opening;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.server.opening.ProxyHeader.BrokenException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Preambles of the PROXY protocol, whole, in parts and broken. */
class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    /** Text, or hexadecimal digits behind {@code 0x}. */
    private static byte[] bytes(String text) {
        return text.startsWith("0x")
                ? HexFormat.of().parseHex(text.substring(2))
                : text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Optional<ProxyHeader> read(byte[] bytes, int end) throws BrokenException {
        return ProxyHeader.read(ByteBuffer.wrap(bytes), end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n",
                "PROXY TCP6 2001:db8::1 2001:db8::2 4711 443\r\n",
                "PROXY UNKNOWN\r\n",
                "PROXY UNKNOWN whatever follows\r\n",
                "0x" + SIGNATURE + "2111000cc0000201c63364021267 01bb",
                "0x" + SIGNATURE + "20000000",
                "0x" + SIGNATURE + "2111000fc0000201c6336402126701bb040000"
            })
    void eachFormIsReadFromAnyParts(String text) throws BrokenException {
        byte[] preamble = bytes(text.replace("1267 01bb", "126701bb"));
        for (int end = 1; end < preamble.length; end++) {
            assertTrue(read(preamble, end).isEmpty(), "done with " + end + " bytes");
        }
        ProxyHeader header = read(preamble, preamble.length).orElseThrow();
        assertEquals(preamble.length, header.length());
        header.addresses()
                .ifPresent(found -> assertEquals(443, found.destination().getPort()));
    }

    @Test
    void addressesAreThoseOfThePreamble() throws BrokenException {
        byte[] preamble = bytes("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n");
        ProxyHeader.Addresses found =
                read(preamble, preamble.length).orElseThrow().addresses().orElseThrow();
        assertEquals("192.0.2.1", found.source().getAddress().getHostAddress());
        assertEquals(4711, found.source().getPort());
        assertEquals("198.51.100.2", found.destination().getAddress().getHostAddress());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\n",
                "PROXY TCP4 192.0.2.1 198.51.100.2 4711\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.2 4711 65536\r\n",
                "PROXY TCP4 2001:db8::1 198.51.100.2 4711 443\r\n",
                "PROXY TCP6 192.0.2.1 198.51.100.2 4711 443\r\n",
                "PROXY TCP4 192.0.2.256 198.51.100.2 4711 443\r\n",
                "0x" + SIGNATURE + "31110000",
                "0x" + SIGNATURE + "22110000",
                "0x" + SIGNATURE + "21110004c0000201",
                "0x" + SIGNATURE + "2141000cc0000201c6336402126701bb",
                "0x" + SIGNATURE + "2111ffff",
                "0x" + SIGNATURE + "2111000fc0000201c6336402126701bb040005",
                "0x" + SIGNATURE + "21110013c0000201c6336402126701bb03000400000000"
            })
    void whatIsNoneIsRefused(String text) {
        byte[] preamble = bytes(text);
        assertThrows(BrokenException.class, () -> read(preamble, preamble.length));
    }

    @Test
    void aLineWithoutAnEndIsRefusedAt107Bytes() throws BrokenException {
        byte[] line = bytes("PROXY UNKNOWN " + "x".repeat(200));
        assertTrue(read(line, 106).isEmpty());
        assertThrows(BrokenException.class, () -> read(line, 107));
    }

    @Test
    void noBytesDoMoreThanBeRefused() {
        Random random = new Random(7);
        byte[][] seeds = {
            bytes("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n"),
            bytes("0x" + SIGNATURE + "2111000fc0000201c6336402126701bb040000")
        };
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = seeds[i % 2].clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                read(bytes, 1 + random.nextInt(bytes.length))
                        .ifPresent(header -> assertTrue(header.length() <= bytes.length));
            } catch (BrokenException e) {
                refused++;
            }
        }
        assertTrue(refused > 10_000, refused + " refused");
    }
}
