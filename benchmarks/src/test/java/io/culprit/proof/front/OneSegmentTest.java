package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What comes in one segment with what ends it, from a peer that keeps its socket open: no event of the socket tells of the second,
 * and it has to be noticed all the same, not when a timer is over.
 */
class OneSegmentTest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    @TempDir
    Path directory;

    private Certs certs;

    @BeforeEach
    void begin() throws Exception {
        certs = new Certs(directory);
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    }

    @AfterEach
    void end() {
        System.clearProperty("culprit.tls");
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, 'HTTP/1.1 200 OK\r\n\r\nhello', close, 200, ''",
        "TLSv1.2, 'HTTP/1.1 200 OK\r\n\r\nhello', close, 200, ''",
        "TLSv1.3, 'HTTP/1.1 200 OK\r\nContent-Le', close, 502, head.truncated",
        "TLSv1.3, 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', close, 200, body.truncated",
        "TLSv1.3, '', forge, 502, tls.refused",
        "TLSv1.3, 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', forge, 200, tls.refused"
    })
    void aServersLastBytes(String version, String sent, String end, int status, String cause) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> serve(server, version, sent, end), "one-segment");
            thread.setDaemon(true);
            thread.start();
            try (TestGateway gateway = TestGateway.start("""
                    io_threads: 1
                    upstreams:
                      app:
                        servers: [ "127.0.0.1:%d" ]
                        protocol: https
                        tls: { ca: %s, name: a.test }
                        timeouts: { read: 20s }
                    routes: [ { upstream: app } ]
                    """.formatted(server.getLocalPort(), certs.file("a.crt")))) {
                long start = System.nanoTime();
                RawResponse response = gateway.get("/");
                assertEquals(status, response.status());
                if (cause.isEmpty()) {
                    assertTrue(response.whole(false) && response.text().contains("hello"), response.text());
                } else {
                    var failure = TestGateway.awaitFailure(gateway).failure();
                    assertEquals(cause, failure.cause().id(), failure.detail());
                }
                assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10), "it was noticed at once");
            }
        }
    }

    private void serve(ServerSocket server, String version, String sent, String end) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                SSLEngine engine = certs.serving("a").createSSLEngine();
                engine.setUseClientMode(false);
                engine.setEnabledProtocols(new String[] {version});
                shake(engine, socket, new byte[0]);
                TimeUnit.MILLISECONDS.sleep(300); // the request comes
                ByteArrayOutputStream segment = new ByteArrayOutputStream();
                if (!sent.isEmpty()) {
                    segment.writeBytes(sealed(engine, sent));
                }
                if (end.equals("close")) {
                    engine.closeOutbound();
                    segment.writeBytes(sealed(engine, ""));
                } else {
                    segment.writeBytes(forged());
                }
                socket.getOutputStream().write(segment.toByteArray());
                TimeUnit.SECONDS.sleep(15);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                return; // the gateway has left, or the test is over
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"boring, TLSv1.3", "boring, TLSv1.2", "jdk, TLSv1.3", "jdk, TLSv1.2"})
    void aBadRecordBehindAClientsFinished(String library, String version) throws Exception {
        try (Origin origin = new Origin();
                TestGateway gateway = certs.gateway(library, origin, "head_timeout: 20s, idle: 20s");
                Socket socket = gateway.connect()) {
            SSLEngine engine = certs.trusting("a").createSSLEngine("127.0.0.1", gateway.port());
            engine.setUseClientMode(true);
            engine.setEnabledProtocols(new String[] {version});
            shake(engine, socket, forged());
            assertEquals(
                    "client.tls-bad-record",
                    TestGateway.awaitFailure(gateway).failure().cause().id());
        }
    }

    @ParameterizedTest
    @CsvSource({"boring, 1", "boring, 2", "boring, 3", "jdk, 3"})
    void aHelloInManyRecordsIsAnswered(String library, int size) throws Exception {
        try (Origin origin = new Origin();
                TestGateway gateway = certs.gateway(library, origin, "head_timeout: 20s, idle: 20s");
                Socket socket = gateway.connect()) {
            SSLEngine engine = certs.trusting("a").createSSLEngine("127.0.0.1", gateway.port());
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(20_000);
            engine.wrap(NOTHING, hello);
            ByteArrayOutputStream pieces = new ByteArrayOutputStream();
            for (int at = 5; at < hello.position(); at += size) {
                int n = Math.min(size, hello.position() - at);
                pieces.writeBytes(new byte[] {22, 3, 1, 0, (byte) n});
                pieces.write(hello.array(), at, n);
            }
            socket.getOutputStream().write(pieces.toByteArray());
            socket.setSoTimeout(2_500);
            int type = socket.getInputStream().read();
            assertTrue(type == 22 || type == 21, "a hello, or an alert of the library's: " + type);
        }
    }

    /** RFC 9112 section 2.2: old clients send an empty line behind a body. */
    @ParameterizedTest
    @CsvSource({"'\r\n'", "'\n'", "'\r'", "'\r\n\r\n'"})
    void emptyLinesAreNoRequest(String lines) throws Exception {
        try (Origin origin = new Origin();
                TestGateway gateway = TestGateway.start("""
                        limits: { head_timeout: 300ms, idle: 20s }
                        upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                        routes: [ { upstream: app } ]
                        """.formatted(origin.port()));
                Socket socket = gateway.connect()) {
            socket.getOutputStream()
                    .write(("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" + lines)
                            .getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(2_500);
            assertEquals(200, RawResponse.readOne(socket.getInputStream()).status());
            TimeUnit.MILLISECONDS.sleep(900);
            assertEquals(0, socket.getInputStream().available(), "no 408 that nobody asked for");
            socket.getOutputStream()
                    .write("GET /bytes/3 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals(200, RawResponse.readOne(socket.getInputStream()).status());
        }
    }

    @Test
    void halfAPrefaceGetsNoSecondPatience() throws Exception {
        try (Origin origin = new Origin();
                TestGateway gateway = TestGateway.start("""
                        listen: [ { address: "127.0.0.1:0", http2: true } ]
                        limits: { head_timeout: 2s }
                        upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                        routes: [ { upstream: app } ]
                        """.formatted(origin.port()));
                Socket socket = gateway.connect()) {
            socket.getOutputStream().write("PRI".getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(3_500);
            byte[] into = new byte[8192];
            assertTrue(new String(into, 0, socket.getInputStream().read(into), StandardCharsets.US_ASCII)
                    .startsWith("HTTP/1.1 408"));
        }
    }

    /** A handshake by hand; {@code behind} goes out in the segment of the client's last flight, and nothing is read after it. */
    private static void shake(SSLEngine engine, Socket socket, byte[] behind) throws IOException {
        engine.beginHandshake();
        ByteBuffer in = ByteBuffer.allocate(64 << 10).flip();
        ByteArrayOutputStream flight = new ByteArrayOutputStream();
        int flights = 0;
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> flight.writeBytes(sealed(engine, ""));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    flights += send(socket, flight, flights == 1 ? behind : new byte[0]);
                    if (flights == 2 && behind.length > 0) {
                        return;
                    }
                    if (engine.unwrap(in, ByteBuffer.allocate(20_000)).getStatus()
                            == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        in.compact();
                        int n = socket.getInputStream().read(in.array(), in.position(), in.remaining());
                        in.position(in.position() + Math.max(0, n)).flip();
                        if (n < 0) {
                            throw new IOException("closed in the handshake");
                        }
                    }
                }
                default -> {
                    send(socket, flight, behind);
                    return;
                }
            }
        }
    }

    private static int send(Socket socket, ByteArrayOutputStream flight, byte[] behind) throws IOException {
        if (flight.size() == 0) {
            return 0;
        }
        flight.writeBytes(behind);
        socket.getOutputStream().write(flight.toByteArray());
        flight.reset();
        return 1;
    }

    private static byte[] sealed(SSLEngine engine, String text) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(20_000);
        engine.wrap(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Application data that no key ever made. */
    private static byte[] forged() {
        byte[] record = new byte[105];
        System.arraycopy(new byte[] {23, 3, 3, 0, 100}, 0, record, 0, 5);
        return record;
    }
}
