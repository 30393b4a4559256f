package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.Network;
import io.culprit.http.RequestHead;
import io.culprit.tls.TlsSession;
import io.culprit.tls.TlsSession.ClientCertificate;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose claims are believed, and that what is written has room and cannot be forged. */
class ForwardedClaimsTest {
    private static final TlsSession TLS = tls(Optional.empty());

    private static TlsSession tls(Optional<ClientCertificate> certificate) {
        return new TlsSession("TLSv1.3", "C", "shop.test", false, "", certificate);
    }

    private static ForwardedHeaders of(String peer, Optional<TlsSession> tls) {
        return new ForwardedHeaders(
                new InetSocketAddress(peer, 1234),
                new InetSocketAddress("127.0.0.1", 8443),
                tls,
                List.of(Network.parse("10.0.0.0/24").orElseThrow()));
    }

    private static RequestHead head(String lines) throws Exception {
        RequestHead head = new RequestHead(40_000, 50, 1000);
        head.reset();
        assertTrue(head.read(ByteBuffer.wrap(
                ("GET / HTTP/1.0\r\n" + lines.replace("~", "\r\n") + "\r\n").getBytes(StandardCharsets.ISO_8859_1))));
        return head;
    }

    private static String encode(ForwardedHeaders headers, String lines) throws Exception {
        RequestHead head = head(lines);
        ByteBuffer out = ByteBuffer.allocate(headers.bound(head));
        headers.encode(head, out);
        return new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1).replace("\r\n", "~");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10.0.0.1 | false | ''                                                   | false
            10.0.0.1 | true  | ''                                                   | true
            10.0.0.1 | false | X-Forwarded-Proto: HTTPS~                            | true
            10.0.0.1 | true  | X-Forwarded-Proto: http~                             | false
            10.1.1.1 | false | X-Forwarded-Proto: https~                            | false
            10.1.1.1 | true  | X-Forwarded-Proto: http~                             | true
            """)
    void whetherTheClientUsedTls(String peer, boolean tls, String lines, boolean https) throws Exception {
        ForwardedHeaders headers = of(peer, tls ? Optional.of(TLS) : Optional.empty());
        assertEquals(https, headers.https(head(lines)));
        assertEquals(peer.startsWith("10.0.0."), headers.trusted());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Forwarded: for=7.7.7.7, for=10.0.0.9~                 | 7.7.7.7
            Forwarded: for=7.7.7.7~Forwarded: FOR=8.8.8.8;by=x~   | 8.8.8.8
            Forwarded: proto=https;for="7.7.7.7:99"~              | 7.7.7.7
            Forwarded: by=1.1.1.1~                                | 10.0.0.1
            Forwarded: for=_hidden~                               | 10.0.0.1
            Forwarded: for=7.7.7.7~X-Forwarded-For: 6.6.6.6~      | 6.6.6.6
            X-Forwarded-For: 6.6.6.6, garbage, 10.0.0.2~          | 10.0.0.1
            X-Forwarded-For: [2001:db8::1~                        | 10.0.0.1
            X-Forwarded-For: 2001:db8::1~                         | 2001:db8::1
            X-Forwarded-For: [2001:db8::1]~                       | 2001:db8::1
            X-Forwarded-For: :80~                                 | 10.0.0.1
            X-Forwarded-For: ,~                                   | 10.0.0.1
            X-Forwarded-For: 5.5.5.5~X-Forwarded-For: 6.6.6.6~X-Forwarded-For: 10.0.0.3~ | 6.6.6.6
            """)
    void whoTheClientIs(String lines, String client) throws Exception {
        assertEquals(client, of("10.0.0.1", Optional.empty()).client(head(lines)));
    }

    @Test
    void theClientsBytesAreThoseOfItsAddress() {
        ForwardedHeaders headers = of("10.0.0.1", Optional.empty());
        assertArrayEquals(new byte[] {10, 0, 0, 1}, headers.clientBytes("10.0.0.1"));
        assertArrayEquals(new byte[] {6, 7, 8, 9}, headers.clientBytes("6.7.8.9"));
        assertArrayEquals(new byte[] {10, 0, 0, 1}, headers.clientBytes("nobody"));
    }

    @Test
    void aStrangersHostIsToldAnewWhereItIsAnother() throws Exception {
        ForwardedHeaders headers = of("10.1.1.1", Optional.of(TLS));
        String start = "X-Forwarded-For: 10.1.1.1~X-Forwarded-Proto: https~X-Forwarded-Port: 8443~";
        String none = start + "Forwarded: for=10.1.1.1;proto=https~";
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    start + "X-Forwarded-Host: a.test~Forwarded: for=10.1.1.1;host=\"a.test\";proto=https~",
                    encode(headers, "Host: a.test~"));
            assertEquals(
                    start + "X-Forwarded-Host: b.test~Forwarded: for=10.1.1.1;host=\"b.test\";proto=https~",
                    encode(headers, "Host: b.test~"));
            assertEquals(none, encode(headers, ""));
        }
    }

    @Test
    void aTrustedProxysClaimsAreContinuedAndCompleted() throws Exception {
        ForwardedHeaders headers = of("10.0.0.1", Optional.empty());
        assertEquals(
                "X-Forwarded-For: 10.0.0.1~X-Forwarded-Proto: http~X-Forwarded-Port: 8443~"
                        + "Forwarded: for=10.0.0.1;proto=http~",
                encode(headers, ""));
        assertEquals(
                "X-Forwarded-For: 5.5.5.5, 6.6.6.6, 7.7.7.7, 10.0.0.1~X-Forwarded-Proto: wss~X-Forwarded-Port: 8443~"
                        + "X-Forwarded-Host: a.test~"
                        + "Forwarded: for=5.5.5.5, for=6.6.6.6, for=10.0.0.1;host=\"a.test\";proto=wss~",
                encode(
                        headers,
                        "Host: a.test~X-Forwarded-For: 5.5.5.5~X-Forwarded-For: 6.6.6.6~X-Forwarded-For: 7.7.7.7~"
                                + "Forwarded: for=5.5.5.5~Forwarded: for=6.6.6.6~X-Forwarded-Proto: wss~"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            X-Forwarded-Proto: ht;tp~                | ;proto=http~
            X-Forwarded-Proto: h2+x.y-1~             | ;proto=h2+x.y-1~
            X-Forwarded-Host: a"b~                   | ;host="a\\"b";proto=http~
            X-Forwarded-Host: \\a~                   | ;host="\\\\a";proto=http~
            X-Forwarded-Host: "a~                    | ;host="\\"a";proto=http~
            X-Forwarded-Host: a\\b~                  | ;host="a\\\\b";proto=http~
            """)
    void whatIsBelievedCannotEndItsField(String lines, String end) throws Exception {
        String told = encode(of("10.0.0.1", Optional.empty()), lines);
        assertTrue(told.endsWith(end), told);
    }

    @Test
    void aBelievedHostFullOfQuotesHasRoom() throws Exception {
        String quotes = "\"".repeat(10_000);
        String told = encode(of("10.0.0.1", Optional.empty()), "X-Forwarded-Host: " + quotes + "~");
        assertTrue(told.contains(";host=\"" + "\\\"".repeat(10_000) + "\";"));
    }

    @Test
    void aClientsCertificateIsTold() throws Exception {
        ClientCertificate certificate =
                new ClientCertificate(true, "SUCCESS", "CN=J\u00e4ger\r\nX: y", "CN=ca", "0a", "ff");
        for (String peer : List.of("10.0.0.1", "10.1.1.1")) {
            ForwardedHeaders headers = of(peer, Optional.of(tls(Optional.of(certificate))));
            assertTrue(headers.tellsCertificate());
            String told = encode(headers, "");
            assertTrue(
                    told.endsWith(";proto=https~X-SSL-Client-Verify: SUCCESS~X-SSL-Client-S-DN: CN=J?ger??X: y~"
                            + "X-SSL-Client-I-DN: CN=ca~X-SSL-Client-Serial: 0a~X-SSL-Client-Fingerprint: ff~"),
                    told);
        }
        ForwardedHeaders none = of("10.1.1.1", Optional.of(tls(Optional.of(ClientCertificate.none(false)))));
        assertTrue(none.tellsCertificate(), "that there is none is told, too");
        assertTrue(encode(none, "").endsWith(";proto=https~X-SSL-Client-Verify: NONE~"));
        assertFalse(of("10.1.1.1", Optional.of(TLS)).tellsCertificate());
    }

    @Test
    void aLongCertificateHasRoom() throws Exception {
        ClientCertificate certificate =
                new ClientCertificate(true, "SUCCESS", "S".repeat(5000), "I".repeat(5000), "0a", "ff");
        String told = encode(of("10.1.1.1", Optional.of(tls(Optional.of(certificate)))), "");
        assertTrue(told.contains("S".repeat(5000)) && told.contains("I".repeat(5000)));
    }
}
