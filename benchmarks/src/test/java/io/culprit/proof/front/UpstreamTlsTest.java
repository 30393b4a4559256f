package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Curl;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.Pem;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS to upstreams: bodies, certificates and names, against the JDK's servers; what breaks is in FrontUpstreamTlsTest. */
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
}
