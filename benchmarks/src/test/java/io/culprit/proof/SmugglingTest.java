package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Dechunk;
import io.culprit.proof.harness.EchoUpstream;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw bytes at the front: what two parsers might read differently never reaches an upstream. */
class SmugglingTest {
    private static HttpUpstream sim;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
        gateway = TestGateway.before(
                sim.port(),
                "",
                "limits: { head: 4KiB, headers: 50, uri: 1KiB, body: 1MiB, head_timeout: 300ms, body_timeout: 300ms }");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        sim.close();
    }

    private static String bytes(String escaped) {
        return escaped.replace("~", "\r\n")
                .replace("^", "\n")
                .replace("\\r", "\r")
                .replace("\\0", "\0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1~Host: x~Content-Length: 5~Transfer-Encoding: chunked~~0~~GET /smuggled HTTP/1.1~Host: x~~",
                "POST / HTTP/1.1~Host: x~Content-Length: 5~Content-Length: 6~~hello",
                "POST / HTTP/1.1~Host: x~Transfer-Encoding: chunked~Transfer-Encoding: x~~0~~",
                "POST / HTTP/1.1~Host: x~Transfer-Encoding : chunked~~0~~",
                "POST / HTTP/1.1~Host: x~Transfer-Encoding: xchunked~~0~~",
                "POST / HTTP/1.1~Host: x~ Transfer-Encoding: chunked~~0~~",
                "POST / HTTP/1.1~Host: x\\rTransfer-Encoding: chunked~~0~~",
                "POST / HTTP/1.0~Transfer-Encoding: chunked~~0~~",
                "GET / HTTP/1.1~Host: x~Foo: a\\0b~~",
                "GET / HTTP/1.1~Host: x~Host: y~~",
                "GET / HTTP/1.1~~",
                "GET http://a/ HTTP/1.1~Host: b~~",
                "GET / HTTP/1.1~Host: x~:empty~~",
                "GET / HTTP/3.0~Host: x~~"
            })
    void ambiguousRequestsAreRefusedAndTheConnectionEnds(String escaped) throws IOException {
        long before = sim.requests();
        RawResponse response = gateway.send(bytes(escaped));
        assertEquals(400, response.status(), response.text());
        assertTrue(response.cause().startsWith("client."));
        assertEquals("close", response.header("Connection"));
        assertEquals(RawResponse.End.CLOSED, response.ended());
        assertEquals(1, response.text().split("Server: culprit", -1).length - 1, "one answer only");
        assertEquals(before, sim.requests(), "nothing may reach the upstream");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5^hello^0^^", // bare LF inside chunked framing
                "5~hello0~~",
                "5;a=\\0~hello~0~~",
                "-5~hello~0~~",
                "0x5~hello~0~~",
                "ffffffffffffffff1~hello~0~~",
                "5~hello~0~Bad Trailer~~"
            })
    void brokenChunksAreRefusedBeforeAnyUpstreamIsAsked(String chunks) throws IOException {
        long before = sim.requests();
        RawResponse response = gateway.send(bytes("POST / HTTP/1.1~Host: x~Transfer-Encoding: chunked~~" + chunks));
        assertEquals(400, response.status(), response.text());
        assertEquals("client.bad-request", response.cause());
        assertEquals(RawResponse.End.CLOSED, response.ended());
        assertEquals(before, sim.requests());
    }

    @Test
    void chunkExtensionsBeyondTheLimitAreRefused() throws IOException {
        RawResponse response = gateway.send(bytes("POST / HTTP/1.1~Host: x~Transfer-Encoding: chunked~~5;")
                + "a".repeat(5000)
                + bytes("~hello~0~~"));
        assertEquals("client.bad-request", response.cause());
    }

    @Test
    void aBadRequestBehindAGoodOneIsAnsweredAfterIt() throws IOException {
        RawResponse response = gateway.send(bytes("GET /?delay=100ms HTTP/1.1~Host: x~~GET / HTTP/1.1~Host : x~~"));
        assertTrue(response.text().startsWith("HTTP/1.1 200"), response.text());
        assertTrue(response.text().contains("HTTP/1.1 400"), response.text());
    }

    @Test
    void everySplitOfARequestGivesTheSameAnswer() throws Exception {
        byte[] good = bytes(
                        "POST /?status=201 HTTP/1.1~Host: x~Transfer-Encoding: chunked~Connection: close~~5~hello~0~~")
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int split = 1; split < good.length; split += 3) {
            try (Socket socket = gateway.connect()) {
                socket.getOutputStream().write(good, 0, split);
                Thread.sleep(2);
                socket.getOutputStream().write(good, split, good.length - split);
                assertEquals(201, RawResponse.readAll(socket).status(), "split at " + split);
            }
        }
    }

    @Test
    void bareLineFeedsInTheHeadAreNormalised() throws IOException {
        assertEquals(
                200,
                gateway.send("GET / HTTP/1.1\nHost: x\nConnection: close\n\n").status());
        assertEquals(
                200,
                gateway.send(bytes("~~GET / HTTP/1.1~Host: x~Connection: close~~"))
                        .status());
    }

    @Test
    void fiftyPipelinedRequestsAreAnsweredInOrder() throws IOException {
        var all = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            all.append(
                    bytes("GET /p" + i + (i == 49 ? " HTTP/1.1~Host: x~Connection: close~~" : " HTTP/1.1~Host: x~~")));
        }
        String text = gateway.send(all.toString()).text();
        int at = 0;
        for (int i = 0; i < 50; i++) {
            at = text.indexOf("GET /p" + i + " 200", at);
            assertTrue(at > 0, "answer " + i);
        }
    }

    @Test
    void http10ClientsAreServed() throws IOException {
        RawResponse plain = gateway.send("GET / HTTP/1.0\r\n\r\n");
        assertEquals(200, plain.status());
        assertEquals("close", plain.header("Connection"));
        RawResponse unknownLength = gateway.send("GET /?size=50000&framing=chunked HTTP/1.0\r\n\r\n");
        assertEquals(50_000, unknownLength.body().length());
        assertEquals("", unknownLength.header("Transfer-Encoding"));
        String two = gateway.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n")
                .text();
        assertEquals(2, two.split("HTTP/1\\.1 200", -1).length - 1, two);
        assertTrue(two.contains("Connection: keep-alive"));
    }

    @Test
    void limitsAreAnsweredEarly() throws IOException {
        assertEquals(414, gateway.get("/" + "a".repeat(2000)).status());
        assertEquals(
                "client.head-too-big",
                gateway.send("GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(5000) + "\r\n\r\n")
                        .cause());
        assertEquals(
                "client.head-too-big",
                gateway.send("GET / HTTP/1.1\r\nHost: x\r\n" + "A: a\r\n".repeat(60) + "\r\n")
                        .cause());
        RawResponse body = gateway.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");
        assertEquals(413, body.status());
        assertEquals("client.body-too-big", body.cause());
    }

    @Test
    void slowClientsGet408() throws IOException {
        RawResponse head = gateway.send("GET / HTTP/1.1\r\nHost: x\r\n");
        assertEquals(408, head.status(), head.text());
        assertEquals("client.timeout", head.cause());
        RawResponse body = gateway.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhel");
        assertEquals(408, body.status(), body.text());
        assertEquals("client.timeout", body.cause());
    }

    @Test
    void hopByHopHeadersStayBehind() throws IOException {
        try (EchoUpstream echo = EchoUpstream.start();
                TestGateway proxy = TestGateway.before(echo.port(), "", "trusted_proxies: [10.0.0.0/8]")) {
            RawResponse response = proxy.send(bytes("GET /a%20b?c=d HTTP/1.1~Host: Shop.test~Connection: close, X-Drop~"
                    + "X-Drop: 1~Keep-Alive: 5~TE: deflate~Upgrade: foo~Proxy-Connection: x~X-Keep:  kept ~"
                    + "X-Forwarded-For: 6.6.6.6~X-Forwarded-Proto: https~Forwarded: for=6.6.6.6~X-Request-Id: spoofed~"
                    + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01~~"));
            String seen = Dechunk.body(response);
            assertTrue(seen.startsWith("GET /a%20b?c=d HTTP/1.1\r\nHost: shop.test\r\n"), seen);
            assertTrue(seen.contains("X-Keep: kept\r\n"), seen);
            assertTrue(seen.contains("X-Forwarded-For: 127.0.0.1\r\n"), seen);
            assertTrue(seen.contains("X-Forwarded-Proto: http\r\n"), seen);
            assertTrue(seen.contains("Forwarded: for=127.0.0.1;host=\"shop.test\";proto=http\r\n"), seen);
            // The trace goes on; the span that asked the upstream is the gateway's own.
            assertTrue(seen.contains("traceparent: 00-0af7651916cd43dd8448eb211c80319c-"), seen);
            assertTrue(!seen.contains("b7ad6b7169203331"), seen);
            for (String gone :
                    new String[] {"X-Drop", "Keep-Alive:", "TE:", "Upgrade", "Proxy-Connection", "6.6.6.6", "spoofed"
                    }) {
                assertTrue(!seen.contains(gone), gone + " in\n" + seen);
            }
        }
    }

    @Test
    void trustedProxiesAreBelieved() throws IOException {
        try (EchoUpstream echo = EchoUpstream.start();
                TestGateway proxy = TestGateway.before(echo.port(), "", "trusted_proxies: [127.0.0.0/8]")) {
            String seen = Dechunk.body(proxy.send(bytes("GET / HTTP/1.1~Host: x~Connection: close~"
                    + "X-Forwarded-For: 6.6.6.6, 9.9.9.9~X-Forwarded-Proto: https~X-Request-Id: abc-123~~")));
            assertTrue(seen.contains("X-Forwarded-For: 6.6.6.6, 9.9.9.9, 127.0.0.1\r\n"), seen);
            assertTrue(seen.contains("X-Forwarded-Proto: https\r\n"), seen);
            assertTrue(seen.contains("X-Request-Id: abc-123\r\n"), seen);
        }
    }
}
