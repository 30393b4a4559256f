package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.config.Network;
import io.culprit.http.RequestHead;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedHeadersTest {
    private static RequestHead head(String lines) throws Exception {
        RequestHead head = new RequestHead(4096, 50, 1000);
        head.read(ByteBuffer.wrap(("GET / HTTP/1.1\r\nHost: shop.test\r\n" + lines.replace("~", "\r\n") + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1)));
        return head;
    }

    private static ForwardedHeaders of(String peer, String... trusted) {
        List<Network> networks =
                Stream.of(trusted).map(t -> Network.parse(t).orElseThrow()).toList();
        return new ForwardedHeaders(
                new InetSocketAddress(peer, 1234),
                new InetSocketAddress("127.0.0.1", 8080),
                Optional.empty(),
                networks);
    }

    private static String encode(ForwardedHeaders headers, RequestHead head) {
        ByteBuffer out = ByteBuffer.allocate(headers.bound(head));
        headers.encode(head, out);
        return new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1).replace("\r\n", "~");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10.1.1.1 | X-Forwarded-For: 6.6.6.6~                         | 10.1.1.1
            10.0.0.1 | ''                                                | 10.0.0.1
            10.0.0.1 | X-Forwarded-For: 6.6.6.6~                         | 6.6.6.6
            10.0.0.1 | X-Forwarded-For: 6.6.6.6, 9.9.9.9~                | 9.9.9.9
            10.0.0.1 | X-Forwarded-For: 6.6.6.6, 9.9.9.9, 10.0.0.2~      | 9.9.9.9
            10.0.0.1 | X-Forwarded-For: 6.6.6.6~X-Forwarded-For: 9.9.9.9~ | 9.9.9.9
            10.0.0.1 | X-Forwarded-For: 10.0.0.3, 10.0.0.2~              | 10.0.0.3
            10.0.0.1 | X-Forwarded-For: unknown~                         | 10.0.0.1
            10.0.0.1 | X-Forwarded-For: 9.9.9.9:443~                     | 9.9.9.9
            10.0.0.1 | Forwarded: for=7.7.7.7;proto=https~               | 7.7.7.7
            10.0.0.1 | Forwarded: for="[2001:db8::1]:80"~                | 2001:db8::1
            """)
    void theClientIsTheLastHopNobodyVouchesFor(String peer, String lines, String client) throws Exception {
        assertEquals(client, of(peer, "10.0.0.0/24").client(head(lines)));
    }

    @org.junit.jupiter.api.Test
    void strangersAreReplaced() throws Exception {
        assertEquals(
                "X-Forwarded-For: 10.1.1.1~X-Forwarded-Proto: http~X-Forwarded-Port: 8080~X-Forwarded-Host: shop.test~"
                        + "Forwarded: for=10.1.1.1;host=\"shop.test\";proto=http~",
                encode(
                        of("10.1.1.1"),
                        head("X-Forwarded-For: 6.6.6.6~Forwarded: for=6.6.6.6~X-Forwarded-Proto: https~")));
    }

    @org.junit.jupiter.api.Test
    void trustedHopsAreContinued() throws Exception {
        assertEquals(
                "X-Forwarded-For: 6.6.6.6, ::1~X-Forwarded-Proto: https~X-Forwarded-Port: 443~"
                        + "X-Forwarded-Host: www.shop.test~"
                        + "Forwarded: for=6.6.6.6, for=\"[::1]\";host=\"www.shop.test\";proto=https~",
                encode(
                                of("::1", "::1"),
                                head("X-Forwarded-For: 6.6.6.6~Forwarded: for=6.6.6.6~X-Forwarded-Proto: https~"
                                        + "X-Forwarded-Port: 443~X-Forwarded-Host: www.shop.test~"))
                        .replace("0:0:0:0:0:0:0:1", "::1"));
    }
}
