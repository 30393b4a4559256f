package io.culprit.server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.server.tls.ClientHello.Look;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/** The first message of the JDK's own client, whole, in parts, in many records and broken. */
class ClientHelloTest {
    private static byte[] hello() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine("Shop.Test", 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("Shop.Test")));
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(32 << 10);
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private static void assertWhole(byte[] bytes) {
        assertEquals(Look.WHOLE, ClientHello.look(ByteBuffer.wrap(bytes)));
        ClientHello found = ClientHello.parse(ByteBuffer.wrap(bytes));
        assertEquals("shop.test", found.name());
        assertEquals(List.of("h2", "http/1.1"), found.protocols());
        assertTrue(found.offers(0x0304) && found.offers(0x0303), found.shown());
        assertEquals(0x0304, found.newest());
        assertTrue(found.ciphers().contains(0x1301), found.shown());
    }

    @Test
    void whatItOffersIsRead() throws Exception {
        assertWhole(hello());
    }

    @Test
    void nothingLessThanTheWholeIsEnough() throws Exception {
        byte[] bytes = hello();
        for (int end = 1; end < bytes.length; end++) {
            assertEquals(Look.PARTIAL, ClientHello.look(ByteBuffer.wrap(bytes, 0, end)), end + " bytes");
        }
    }

    @Test
    void itMayComeInManyRecords() throws Exception {
        byte[] bytes = hello();
        ByteBuffer out = ByteBuffer.allocate(6 * bytes.length);
        for (int at = 5; at < bytes.length; ) {
            int n = Math.min(bytes.length - at, 7);
            out.put(bytes, 0, 3).putShort((short) n).put(bytes, at, n);
            at += n;
        }
        assertWhole(java.util.Arrays.copyOf(out.array(), out.position()));
    }

    @Test
    void whatIsNoneIsToldApart() {
        assertEquals(Look.PLAIN, look("GET / HTTP/1.1\r\n"));
        assertEquals(Look.FOREIGN, look("\0\0\0"));
        assertEquals(Look.FOREIGN, look("\u0016\2"));
        assertEquals(Look.SSL2, look("\u0080\u002e\1"));
        assertEquals(Look.PARTIAL, look("\u0080"));
    }

    private static Look look(String text) {
        return ClientHello.look(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void noBytesBreakTheReader() throws Exception {
        byte[] good = hello();
        Random random = new Random(11);
        int other = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = good.clone();
            for (int change = random.nextInt(6); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, 1 + random.nextInt(bytes.length));
            if (ClientHello.look(buffer) == Look.WHOLE) {
                ClientHello found = ClientHello.parse(buffer);
                assertNotEquals("", found.shown());
                other += found.name().equals("shop.test") ? 0 : 1;
            }
            assertEquals(0, buffer.position());
        }
        assertTrue(other > 0, "no change was ever seen");
    }
}
