package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.culprit.failure.Event;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificate files that are replaced under a running gateway, towards clients and towards upstreams. */
class CertificateRenewalTest {
    @TempDir
    Path directory;

    private Certs certs;
    private int changes;

    @BeforeEach
    void begin() throws Exception {
        certs = new Certs(directory);
        for (String each : List.of("one", "two")) {
            certs.selfSigned(each, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        }
    }

    /** As a renewal does it: another file in its place, with a later time. */
    private void put(String from, String to) throws IOException {
        Files.copy(certs.file(from), directory.resolve(to), StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(
                directory.resolve(to), FileTime.from(Instant.now().plusSeconds(++changes)));
    }

    /** An upstream that shows certificate {@code one}. */
    private HttpsServer serving() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(certs.serving("one")));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String shown(TestGateway gateway) throws Exception {
        return Certs.client(gateway.port(), "-showcerts");
    }

    @Test
    void listenersShowWhatTheFilesSayAndKeepTheOldWhereTheyAreBad() throws Exception {
        put("one.crt", "site.crt");
        put("one.key", "site.key");
        try (TestGateway gateway =
                TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", tls: { certificate: %s, key: %s } } ]
                routes: [ { respond: { body: here } } ]
                """.formatted(directory.resolve("site.crt"), directory.resolve("site.key")))) {
            assertTrue(shown(gateway).contains("CN = one"), shown(gateway));
            put("two.crt", "site.crt");
            put("two.key", "site.key");
            gateway.gateway().renewCertificates();
            assertTrue(shown(gateway).contains("CN = two"), shown(gateway));

            Files.writeString(directory.resolve("site.crt"), "no certificate");
            gateway.gateway().renewCertificates();
            assertTrue(shown(gateway).contains("CN = two"), "a bad file changes nothing");
            assertTrue(
                    gateway.gateway().certificates().stream()
                            .anyMatch(each -> each.trouble().contains("site.crt")),
                    "and is told");

            put("one.crt", "site.crt");
            put("one.key", "site.key");
            assertEquals(
                    List.of("certificates of listener 127.0.0.1:" + gateway.port()),
                    gateway.gateway().reload(gateway.gateway().config()).changed());
            assertTrue(shown(gateway).contains("CN = one"), shown(gateway));
        }
    }

    @Test
    void upstreamsAreTrustedByTheFilesAsTheyAreNow() throws Exception {
        put("two.crt", "ca.crt");
        put("one.crt", "me.crt");
        put("one.key", "me.key");
        HttpsServer server = serving();
        try (TestGateway gateway = TestGateway.start("""
                upstreams:
                  app:
                    servers: [ "localhost:%d" ]
                    protocol: https
                    tls: { ca: %s, name: one.test, certificate: %s, key: %s }
                    keepalive: { connections: 0 }
                    health: { max_fails: 0 }
                routes: [ { upstream: app } ]
                """.formatted(
                        server.getAddress().getPort(),
                        directory.resolve("ca.crt"),
                        directory.resolve("me.crt"),
                        directory.resolve("me.key")))) {
            assertEquals("tls.untrusted", gateway.get("/").cause());
            put("one.crt", "ca.crt");
            assertEquals(
                    List.of("certificates of upstream app"),
                    gateway.gateway().reload(gateway.gateway().config()).changed());
            assertEquals(200, gateway.get("/").status());

            put("two.crt", "ca.crt");
            gateway.gateway().renewCertificates();
            assertEquals("tls.untrusted", gateway.get("/").cause(), "once a minute is enough, without a reload");

            put("one.crt", "ca.crt");
            Files.writeString(directory.resolve("me.key"), "no key");
            gateway.gateway().renewCertificates();
            assertEquals("tls.untrusted", gateway.get("/").cause(), "a bad file changes nothing");
            String metrics =
                    new String(gateway.gateway().monitor().metrics().page("").content());
            assertTrue(metrics.matches("(?s).*culprit_certificate_expiry\\S*\\{[^}]*upstream app.*"), metrics);
        } finally {
            server.stop(0);
        }
    }

    /** A connection that was made while another authority was trusted is not kept beyond it. */
    @Test
    void keptConnectionsGoWithTheFilesTheyWereMadeBy() throws Exception {
        put("one.crt", "ca.crt");
        HttpsServer server = serving();
        try (TestGateway gateway =
                TestGateway.start("""
                upstreams:
                  app:
                    servers: [ "localhost:%d" ]
                    protocol: https
                    tls: { ca: %s, name: one.test }
                    health: { max_fails: 0 }
                routes: [ { upstream: app } ]
                """.formatted(server.getAddress().getPort(), directory.resolve("ca.crt")))) {
            var upstream = gateway.gateway().upstreams().get("app");
            assertEquals(200, gateway.get("/").status());
            TestGateway.await("it is kept", () -> upstream.idleConnections() == 1);
            put("two.crt", "ca.crt");
            gateway.gateway().reload(gateway.gateway().config());
            TestGateway.await("it is closed", () -> upstream.idleConnections() == 0);
            assertEquals("tls.untrusted", gateway.get("/").cause());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aCertificateThatEndsSoonIsAnEventAndItsRenewalToo() throws Exception {
        certs.selfSigned("short", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "3");
        put("short.crt", "site.crt");
        put("short.key", "site.key");
        try (TestGateway gateway =
                TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", tls: { certificate: %s, key: %s } } ]
                routes: [ { respond: { body: here } } ]
                """.formatted(directory.resolve("site.crt"), directory.resolve("site.key")))) {
            TestGateway.await("it is told", () -> happened(gateway, Event.Kind.CERTIFICATE_EXPIRES));
            certs.selfSigned("short", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "90");
            put("short.crt", "site.crt");
            put("short.key", "site.key");
            gateway.gateway().renewCertificates();
            TestGateway.await("so is its renewal", () -> happened(gateway, Event.Kind.CERTIFICATE_RENEWED));
        }
    }

    private static boolean happened(TestGateway gateway, Event.Kind kind) {
        return gateway.gateway().monitor().watch().events().stream().anyMatch(each -> each.kind() == kind);
    }
}
