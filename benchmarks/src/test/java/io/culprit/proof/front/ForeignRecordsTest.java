package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Curl;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bytes that are no TLS record where one is due, from clients and from servers, by both libraries: the connection ends with its
 * cause, and whoever else is on that thread does not notice.
 */
class ForeignRecordsTest {
    @TempDir
    Path directory;

    private Certs certs;
    private Origin origin;

    @BeforeEach
    void begin() throws Exception {
        certs = new Certs(directory);
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        origin = new Origin();
    }

    @AfterEach
    void end() {
        System.clearProperty("culprit.tls");
        origin.close();
    }

    /** The IO thread serves another client, and what was sent has its cause. */
    private void livesOn(TestGateway gateway) throws Exception {
        Curl curl = new Curl(directory, "https://127.0.0.1:" + gateway.port())
                .with("--cacert", certs.file("a.crt").toString(), "-m", "5");
        assertEquals("hi", new String(curl.post("/echo", "hi".getBytes(StandardCharsets.US_ASCII))));
        assertEquals(
                "client.tls-bad-record",
                TestGateway.awaitFailure(gateway).failure().cause().id());
    }

    @ParameterizedTest
    @CsvSource({
        "boring, TLSv1.3, 4745542003",
        "boring, TLSv1.2, 4745542003",
        "boring, TLSv1.3, 474554202f20485454502f312e310d0a0d0a",
        "boring, TLSv1.3, 1702030020",
        "boring, TLSv1.3, 0000000000",
        "boring, TLSv1.3, 80030301022000",
        "jdk, TLSv1.3, 4745542003",
        "jdk, TLSv1.2, 474554202f20485454502f312e310d0a0d0a",
        "jdk, TLSv1.3, 1702030020",
        "jdk, TLSv1.3, 0000000000"
    })
    void behindTheHandshake(String library, String version, String hex) throws Exception {
        try (TestGateway gateway = certs.gateway(library, origin, "head_timeout: 3s, idle: 3s")) {
            SSLContext trusting = certs.trusting("a");
            try (Socket plain = new Socket("127.0.0.1", gateway.port());
                    SSLSocket client = (SSLSocket)
                            trusting.getSocketFactory().createSocket(plain, "127.0.0.1", gateway.port(), false)) {
                client.setEnabledProtocols(new String[] {version});
                client.setSoTimeout(2_500);
                client.startHandshake();
                plain.getOutputStream().write(HexFormat.of().parseHex(hex));
                livesOn(gateway);
                byte[] alert = plain.getInputStream().readNBytes(3);
                assertTrue(alert.length == 3 && alert[1] == 3, "an alert, sealed or in clear: " + alert.length);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "boring, TLSv1.2, 4745542003",
        "boring, TLSv1.3, 4745542003",
        "boring, TLSv1.2, 1702030020",
        "jdk, TLSv1.2, 4745542003",
        "jdk, TLSv1.3, 474554202f20485454502f312e310d0a0d0a"
    })
    void withinTheHandshake(String library, String version, String hex) throws Exception {
        try (TestGateway gateway = certs.gateway(library, origin, "head_timeout: 3s, idle: 3s");
                Socket plain = new Socket("127.0.0.1", gateway.port())) {
            SSLEngine engine = certs.trusting("a").createSSLEngine("127.0.0.1", gateway.port());
            engine.setUseClientMode(true);
            engine.setEnabledProtocols(new String[] {version});
            ByteBuffer hello = ByteBuffer.allocate(20_000);
            engine.wrap(ByteBuffer.allocate(0), hello);
            OutputStream out = plain.getOutputStream();
            out.write(hello.array(), 0, hello.position());
            plain.setSoTimeout(2_500);
            assertEquals(22, plain.getInputStream().read(), "the server's hello");
            out.write(HexFormat.of().parseHex(hex));
            livesOn(gateway);
        }
    }

    @ParameterizedTest
    @CsvSource({"'220 mail ready\r\n'", "'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'"})
    void aServerThatGoesOnInClearIsNamed(String sent) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            SSLContext keys = certs.serving("a");
            Thread thread = new Thread(() -> goOnInClear(server, keys, sent), "in-clear");
            thread.setDaemon(true);
            thread.start();
            try (TestGateway gateway =
                    TestGateway.start("""
                    io_threads: 1
                    upstreams:
                      app:
                        servers: [ "127.0.0.1:%d" ]
                        protocol: https
                        tls: { ca: %s, name: a.test }
                        timeouts: { read: 2s }
                      other: { servers: [ "127.0.0.1:%d" ] }
                    routes:
                      - { match: { path: /app }, upstream: app }
                      - { upstream: other }
                    """.formatted(server.getLocalPort(), certs.file("a.crt"), origin.port()))) {
                assertEquals(502, gateway.get("/app").status());
                var failure = TestGateway.awaitFailure(gateway).failure();
                assertEquals("tls.not-tls", failure.cause().id(), failure.detail());
                assertEquals(200, gateway.get("/bytes/3").status());
            }
        }
    }

    private static void goOnInClear(ServerSocket server, SSLContext keys, String sent) {
        while (!server.isClosed()) {
            try (Socket plain = server.accept();
                    SSLSocket tls = (SSLSocket) keys.getSocketFactory().createSocket(plain, null, true)) {
                tls.startHandshake();
                if (tls.getInputStream().read(new byte[8192]) > 0) {
                    plain.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
                    TimeUnit.SECONDS.sleep(3); // it keeps the connection open
                }
            } catch (IOException e) {
                return; // the gateway has left, or the test is over
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
