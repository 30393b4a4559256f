package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.culprit.failure.Outcome;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Curl;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS to upstreams: the rows TU* of front-cases.tsv, against the JDK's servers and raw sockets. */
class UpstreamTlsTest {
    private static final String SERVER = "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:up.test,DNS:localhost";

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Certs certs;

    @BeforeEach
    void begin() throws Exception {
        certs = new Certs(directory);
        certs.selfSigned("ca", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        certs.signed("up", "ca", SERVER);
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private SSLContext context(String certificate) throws Exception {
        CertificateChain chain = Pem.chain(certs.file(certificate + ".crt"), certs.file(certificate + ".key"), "");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "k", chain.key(), new char[0], chain.certificates().toArray(new java.security.cert.Certificate[0]));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", Pem.certificates(certs.file("ca.crt")).get(0));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private HttpsServer server(String certificate, boolean demands) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        SSLContext context = context(certificate);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters set = context.getDefaultSSLParameters();
                set.setNeedClientAuth(demands);
                parameters.setSSLParameters(set);
            }
        });
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().equals("/big")) {
                body = Origin.pattern(2_000_000);
            }
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.setExecutor(threads);
        server.start();
        return server;
    }

    private TestGateway gateway(int port, String tls) throws Exception {
        return TestGateway.start("""
                io_threads: 1
                upstreams:
                  app:
                    servers: [ "localhost:%d" ]
                    protocol: https
                    tls: { %s }
                    timeouts: { connect: 1s, head: 2s }
                    next_upstream: { tries: 1 }
                    health: { max_fails: 0 }
                routes: [ { upstream: app } ]
                """.formatted(port, tls));
    }

    private String ca() {
        return "ca: " + certs.file("ca.crt");
    }

    @Test
    void bodiesPassBothWaysOverKeptConnections() throws Exception {
        HttpsServer server = server("up", false);
        try (TestGateway gateway = gateway(server.getAddress().getPort(), ca())) {
            Curl curl = new Curl(directory, "http://127.0.0.1:" + gateway.port());
            assertArrayEquals(Origin.pattern(2_000_000), curl.get("/big"));
            byte[] sent = Origin.pattern(1_000_000);
            assertArrayEquals(sent, curl.post("/echo", sent));
            for (int i = 0; i < 20; i++) {
                assertEquals(200, gateway.get("/x").status());
            }
            assertEquals(1, gateway.gateway().upstreams().get("app").budget().open(), "one connection is kept");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aCertificateOfOursIsShownWhereItIsDemanded() throws Exception {
        certs.signed("me", "ca", "extendedKeyUsage=clientAuth");
        HttpsServer server = server("up", true);
        try (TestGateway with = gateway(
                        server.getAddress().getPort(),
                        ca() + ", certificate: %s, key: %s".formatted(certs.file("me.crt"), certs.file("me.key")));
                TestGateway without = gateway(server.getAddress().getPort(), ca())) {
            assertEquals(200, with.get("/x").status());
            assertEquals("tls.certificate-demanded", without.get("/x").cause()); // TU22, TU23
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TU15, 20200101000000Z, 20210101000000Z, expired on 2021-01-01",
        "TU16, 20400101000000Z, 20410101000000Z, not valid before 2040-01-01"
    })
    void timeOfValidity(String row, String from, String to, String detail) throws Exception {
        certs.signed("late", "ca", SERVER, from, to);
        refused("late", ca(), "tls.expired", detail);
    }

    private void refused(String certificate, String tls, String cause, String detail) throws Exception {
        HttpsServer server = server(certificate, false);
        try (TestGateway gateway = gateway(server.getAddress().getPort(), tls)) {
            RawResponse response = gateway.get("/x");
            assertEquals(502, response.status());
            assertEquals(cause, response.cause());
            assertTrue(response.body().contains(detail), response.body());
            assertTrue(
                    response.body().matches("(?s).*CN=.* by CN=.*(days left|day left|days ago).*"),
                    "the certificate is shown: " + response.body());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anAuthorityNobodyTrustsAndAnotherNameAreNamed() throws Exception {
        certs.selfSigned("self", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        refused("self", ca(), "tls.untrusted", "no trusted authority signed it"); // TU17
        refused("up", "verify: true", "tls.untrusted", "no trusted authority signed it"); // TU18
        refused(
                "up",
                ca() + ", name: other.test",
                "tls.name-mismatch",
                "is for up.test, localhost, not for other.test"); // TU19
        certs.signed("client", "ca", "extendedKeyUsage=clientAuth\nsubjectAltName=DNS:localhost");
        refused("client", ca(), "tls.untrusted", "TLS server authentication"); // TU20
    }

    @Test
    void whatIsNotVerifiedIsServed() throws Exception {
        certs.selfSigned("self", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        HttpsServer server = server("self", false);
        try (TestGateway gateway = gateway(server.getAddress().getPort(), "verify: false")) {
            assertEquals(200, gateway.get("/x").status());
        } finally {
            server.stop(0);
        }
    }

    private interface Peer {
        void serve(Socket socket) throws IOException;
    }

    private RawResponse against(Peer peer) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> {
                while (!listener.isClosed()) {
                    try (Socket socket = listener.accept()) {
                        peer.serve(socket);
                    } catch (IOException e) {
                        // the test is over, or the gateway left
                    }
                }
            });
            try (TestGateway gateway = gateway(listener.getLocalPort(), ca())) {
                return gateway.get("/x");
            }
        }
    }

    @Test
    void whatIsNoHandshakeIsNamed() throws Exception {
        RawResponse plain = against(socket -> {
            socket.getInputStream().read(new byte[100]);
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
            socket.getInputStream().read();
        });
        assertEquals("tls.not-tls", plain.cause()); // TU02
        assertTrue(plain.body().contains("HTTP/1.1 400"), plain.body());
        assertEquals("tls.closed", against(socket -> {}).cause()); // TU04
        assertEquals(
                "tls.closed",
                against(socket -> socket.getInputStream().readNBytes(100)).cause()); // TU05, TU07
        RawResponse silent = against(socket -> socket.getInputStream().readAllBytes());
        assertEquals("tls.timeout", silent.cause()); // TU08
        assertEquals(504, silent.status());
        RawResponse alert = against(socket -> {
            socket.getInputStream().read(new byte[100]);
            socket.getOutputStream().write(HexFormat.of().parseHex("15030300020228"));
            socket.getInputStream().readAllBytes();
        });
        assertEquals("tls.alert", alert.cause()); // TU10
        assertTrue(alert.body().contains("handshake_failure"), alert.body());
        RawResponse old = against(
                socket -> { // a ServerHello of TLS 1.1
                    socket.getInputStream().read(new byte[100]);
                    socket.getOutputStream()
                            .write(HexFormat.of().parseHex("160302002a020000260302" + "5a".repeat(32) + "00c01300"));
                    socket.getInputStream().readAllBytes();
                });
        assertEquals("tls.refused", old.cause()); // TU13
    }

    @ParameterizedTest
    @CsvSource({"true, ''", "false, body.truncated"})
    void aBodyWithoutALengthEndsWithTlssOwnEndOnly(boolean properly, String cause) throws Exception { // TU31, TU32
        SSLServerSocket listener = (SSLServerSocket)
                context("up").getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.getInputStream().read(new byte[4096]);
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                Thread.sleep(100);
                if (!properly) {
                    throw new IllegalStateException("leave without a word");
                }
            } catch (IllegalStateException | InterruptedException e) {
                // closed by the layer below, see there
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        if (!properly) {
            listener.close();
            improper(cause);
            return;
        }
        try (TestGateway gateway = gateway(listener.getLocalPort(), ca())) {
            RawResponse response = gateway.get("/x");
            assertEquals(200, response.status());
            assertTrue(response.whole(false), response.text());
        } finally {
            listener.close();
        }
    }

    /** A server behind a pipe that is cut once the body has passed: its end of TLS never arrives. */
    private void improper(String cause) throws Exception {
        SSLServerSocket behind = (SSLServerSocket)
                context("up").getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        ServerSocket front = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            try (SSLSocket socket = (SSLSocket) behind.accept()) {
                socket.getInputStream().read(new byte[4096]);
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                socket.getInputStream().read();
            } catch (IOException e) {
                // cut, as it should be
            }
        });
        threads.execute(() -> {
            try (Socket gateway = front.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), behind.getLocalPort())) {
                threads.execute(() -> {
                    try {
                        gateway.getInputStream().transferTo(server.getOutputStream());
                    } catch (IOException e) {
                        // cut
                    }
                });
                threads.execute(() -> {
                    try {
                        server.getInputStream().transferTo(gateway.getOutputStream());
                    } catch (IOException e) {
                        // cut
                    }
                });
                Thread.sleep(700);
                gateway.shutdownOutput();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (TestGateway gateway = gateway(front.getLocalPort(), ca())) {
            RawResponse response = gateway.get("/x");
            assertTrue(!response.whole(false), response.text());
            Outcome outcome = gateway.failureOf("/x");
            assertEquals(cause, outcome.failure().cause().id());
            assertTrue(
                    outcome.failure().detail().contains("close_notify"),
                    outcome.failure().detail());
        } finally {
            behind.close();
            front.close();
        }
    }
}
