package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Curl;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.RealNginx;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The PROXY protocol on a listener: the rows PP* of front-cases.tsv. */
class ProxyProtocolTest {
    private static final String REQUEST = "GET /head HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
    private static final String V2 = "0d0a0d0a000d0a515549540a";

    @TempDir
    Path directory;

    private Origin origin;
    private TestGateway gateway;

    @BeforeEach
    void begin() throws IOException {
        origin = new Origin();
        gateway = start("127.0.0.1");
    }

    private TestGateway start(String trusted) throws IOException {
        return TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", proxy_protocol: true, http2: true } ]
                trusted_proxies: [ "%s" ]
                limits: { head_timeout: 1s }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(trusted, origin.port()));
    }

    @AfterEach
    void end() {
        gateway.close();
        origin.close();
    }

    @ParameterizedTest
    @CsvSource({
        "PP01, PROXY TCP4 192.0.2.1 198.51.100.1 1111 443, 192.0.2.1",
        "PP02, PROXY TCP6 2001:db8::1 2001:db8::2 1111 443, 2001:db8:0:0:0:0:0:1",
        "PP03, PROXY UNKNOWN, 127.0.0.1",
        "PP04, PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535, "
                + "127.0.0.1"
    })
    void version1NamesTheClient(String row, String line, String client) throws IOException {
        RawResponse response = gateway.send(line + "\r\n" + REQUEST);
        assertTrue(response.body().contains("X-forwarded-for: " + client + "\n"), row + response.text());
    }

    @ParameterizedTest
    @CsvSource({
        "PP05, 2111000cc0000201c6336401045701bb, 192.0.2.1",
        "PP06, 2121002420010db800000000000000000000000120010db8000000000000000000000002045701bb, "
                + "2001:db8:0:0:0:0:0:1",
        "PP07, 20000000, 127.0.0.1",
        "PP08, 2011000cc0000201c6336401045701bb, 127.0.0.1",
        "PP12, 21110011c0000201c6336401045701bb0100026832, 192.0.2.1"
    })
    void version2NamesTheClient(String row, String hex, String client) throws IOException {
        byte[] preamble = HexFormat.of().parseHex(V2 + hex);
        RawResponse response = gateway.send(new String(preamble, StandardCharsets.ISO_8859_1) + REQUEST);
        assertTrue(response.body().contains("X-forwarded-for: " + client + "\n"), row + response.text());
    }

    @ParameterizedTest
    @CsvSource({
        "PP16, '', client.proxy-missing",
        "PP18, PROXY TCP4 192.0.2.1 198.51.100.1 99999 443, client.proxy-malformed",
        "PP19, PROXY TCP4 192.0.2.1 198.51.100.1 abc 443, client.proxy-malformed",
        "PP20, PROXY TCP4 999.1.1.1 198.51.100.1 1111 443, client.proxy-malformed",
        "PP21, PROXY TCP4 2001:db8::1 2001:db8::2 1111 443, client.proxy-malformed",
        "PP25, proxy tcp4 192.0.2.1 198.51.100.1 1111 443, client.proxy-missing",
        "PP26, PROXY TCP5 192.0.2.1 198.51.100.1 1111 443, client.proxy-malformed",
        "PP27, PROXY TCP4 192.0.2.1, client.proxy-malformed",
        "PP28, PROXY TCP4  192.0.2.1 198.51.100.1 1111 443, client.proxy-malformed",
        "PP29, PROXY TCP4 192.0.2.1 198.51.100.1 1111 443 extra, client.proxy-malformed"
    })
    void aBrokenPreambleEndsTheConnection(String row, String line, String cause) throws IOException {
        RawResponse response = gateway.send((line.isEmpty() ? "" : line + "\r\n") + REQUEST);
        assertEquals("", response.text(), row);
        assertEquals(cause, TestGateway.awaitFailure(gateway).failure().cause().id(), row);
    }

    @ParameterizedTest
    @CsvSource({
        "PP14, 21110013c0000201c6336401045701bb030004deadbeef",
        "PP15, 2111000fc0000201c6336401045701bb010032",
        "PP31, 21110004c0000201",
        "PP36, 3111000cc0000201c6336401045701bb",
        "PP37, 2211000cc0000201c6336401045701bb",
        "PP35, 2141000cc0000201c6336401045701bb"
    })
    void aBrokenSecondVersionToo(String row, String hex) throws IOException {
        byte[] preamble = HexFormat.of().parseHex(V2 + hex);
        RawResponse response = gateway.send(new String(preamble, StandardCharsets.ISO_8859_1) + REQUEST);
        assertEquals("", response.text(), row);
        assertEquals(
                "client.proxy-malformed",
                TestGateway.awaitFailure(gateway).failure().cause().id(),
                row);
    }

    @Test
    void aPreambleMayComeInPieces() throws Exception { // PP48 to PP52: nginx and HAProxy do not take it
        try (Socket socket = gateway.connect()) {
            for (byte each : "PROXY TCP4 192.0.2.1 198.51.100.1 1111 443\r\n".getBytes()) {
                socket.getOutputStream().write(each);
                Thread.sleep(2);
            }
            socket.getOutputStream().write(REQUEST.getBytes());
            assertTrue(RawResponse.readAll(socket).body().contains("X-forwarded-for: 192.0.2.1\n"));
        }
    }

    @Test
    void oneThatDoesNotComeInTimeIsToldSo() throws IOException {
        try (Socket socket = gateway.connect()) {
            socket.getOutputStream().write("PROXY TCP4 192.".getBytes());
            assertEquals(-1, socket.getInputStream().read());
        }
        assertEquals(
                "client.proxy-timeout",
                TestGateway.awaitFailure(gateway).failure().cause().id());
    }

    @Test
    void onlyATrustedProxyMaySayWhoTheClientIs() throws IOException {
        try (TestGateway other = start("10.0.0.0/8")) {
            assertEquals(
                    "",
                    other.send("PROXY TCP4 192.0.2.1 198.51.100.1 1111 443\r\n" + REQUEST)
                            .text());
            assertEquals(
                    "client.proxy-untrusted",
                    TestGateway.awaitFailure(other).failure().cause().id());
        }
    }

    @Test
    void tlsAndHttp2ComeBehindIt() throws Exception {
        Certs certs = new Certs(directory);
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        try (TestGateway secured =
                TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", proxy_protocol: true, tls: { certificate: %s, key: %s } } ]
                trusted_proxies: [ "127.0.0.1" ]
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(certs.file("a.crt"), certs.file("a.key"), origin.port()))) {
            Curl curl = new Curl(directory, "https://127.0.0.1:" + secured.port()).with("-k", "--haproxy-protocol");
            assertTrue(curl.with("--http2").text("/head").contains("X-forwarded-for: 127.0.0.1\n"));
            assertTrue(curl.with("--http1.1").text("/head").contains("X-forwarded-proto: https\n"));
        }
        Curl plain = new Curl(directory, "http://127.0.0.1:" + gateway.port()).with("--haproxy-protocol");
        assertTrue(plain.with("--http2-prior-knowledge").text("/head").contains("X-forwarded-for: 127.0.0.1\n"));
    }

    /** What a server gets of a connection that a health check or a client's request opens. */
    private static byte[] received(String version, String more, boolean request) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                TestGateway gateway = TestGateway.start("""
                upstreams:
                  app: { servers: [ "127.0.0.1:%d" ], proxy_protocol: %s %s }
                routes: [ { upstream: app } ]
                """.formatted(server.getLocalPort(), version, more))) {
            Thread client = new Thread(() -> {
                try {
                    if (request) {
                        gateway.get("/");
                    }
                } catch (IOException e) {
                    // only what the server got counts
                }
            });
            client.start();
            try (Socket socket = server.accept()) {
                socket.setSoTimeout(5_000);
                byte[] bytes = socket.getInputStream().readNBytes(60);
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".getBytes());
                return bytes;
            } finally {
                client.join();
            }
        }
    }

    @Test
    void connectionsToServersBeginWithThePreambleThatIsConfigured() throws Exception {
        String one = new String(received("v1", "", true), StandardCharsets.ISO_8859_1);
        assertTrue(one.matches("(?s)PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 [0-9]+ [0-9]+\r\nGET .*"), one);
        String two = HexFormat.of().formatHex(received("v2", "", true));
        assertTrue(two.matches(V2 + "2111000c7f0000017f000001[0-9a-f]{8}474554.*"), two); // GET
        String check = new String(
                received("v1", ", health: { check: { path: /up, every: 1s } }", false), StandardCharsets.ISO_8859_1);
        assertTrue(check.startsWith("PROXY UNKNOWN\r\nGET /up"), check);
        String local = HexFormat.of().formatHex(received("v2", ", health: { check: { path: /up, every: 1s } }", false));
        assertTrue(local.startsWith(V2 + "20000000474554"), local);
    }

    @Test
    void twoGatewaysInARowTellTheClientOfTheFirst() throws Exception {
        for (String version : new String[] {"v1", "v2"}) {
            try (TestGateway edge = TestGateway.start("""
                    listen: [ { address: "127.0.0.1:0", proxy_protocol: true } ]
                    trusted_proxies: [ "127.0.0.1" ]
                    upstreams: { inner: { servers: [ "127.0.0.1:%d" ], proxy_protocol: %s } }
                    routes: [ { upstream: inner } ]
                    """.formatted(gateway.port(), version))) {
                RawResponse response = edge.send("PROXY TCP6 2001:db8::7 2001:db8::1 1111 443\r\n" + REQUEST);
                assertTrue(response.body().contains("2001:db8:0:0:0:0:0:7"), version + response.text());
            }
        }
    }

    @Test
    void realServersTakeThePreamble() throws Exception {
        try (RealNginx nginx = RealNginx.start(
                "server { listen 127.0.0.1:@PORT@ proxy_protocol; location / { return 200 \"$proxy_protocol_addr\\n\"; } }")) {
            for (String version : new String[] {"v1", "v2"}) {
                try (TestGateway edge = TestGateway.start("""
                        upstreams: { app: { servers: [ "127.0.0.1:%d" ], proxy_protocol: %s } }
                        routes: [ { upstream: app } ]
                        """.formatted(nginx.port(), version))) {
                    assertEquals("127.0.0.1\n", edge.get("/").body());
                    assertEquals("127.0.0.1\n", edge.get("/again").body());
                }
            }
        }
    }
}
