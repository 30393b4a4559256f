package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.ConfigException;
import io.culprit.failure.Outcome;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Curl;
import io.culprit.proof.harness.Load;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS to clients, against openssl and curl, by both libraries; the rows are those of front-cases.tsv. */
class TlsTest {
    @TempDir
    Path directory;

    private Certs certs;
    private Origin origin;

    @BeforeEach
    void begin() throws Exception {
        certs = new Certs(directory);
        origin = new Origin();
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    }

    @AfterEach
    void end() {
        System.clearProperty("culprit.tls");
        origin.close();
    }

    private TestGateway gateway(String tls) throws Exception {
        return TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", tls: { %s } } ]
                limits: { head_timeout: 1s }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(tls, origin.port()));
    }

    private String pair(String name) {
        return "certificate: %s, key: %s".formatted(certs.file(name + ".crt"), certs.file(name + ".key"));
    }

    private Curl curl(TestGateway gateway) {
        return new Curl(directory, "https://a.test:" + gateway.port())
                .with(
                        "--cacert",
                        certs.file("a.crt").toString(),
                        "--resolve",
                        "a.test:" + gateway.port() + ":127.0.0.1");
    }

    private static String cause(TestGateway gateway) {
        return TestGateway.awaitFailure(gateway).failure().cause().id();
    }

    @ParameterizedTest
    @CsvSource({
        "boring, 1.2, --http1.1",
        "boring, 1.3, --http1.1",
        "jdk, 1.2, --http1.1",
        "jdk, 1.3, --http1.1",
        "boring, 1.3, --http2",
        "jdk, 1.2, --http2"
    })
    void curlIsServedByBothLibrariesAndVersions(String library, String version, String http) throws Exception {
        System.setProperty("culprit.tls", library);
        try (TestGateway gateway = gateway(pair("a"))) {
            Curl curl = curl(gateway).with("--tls-max", version, "--tlsv" + version, http);
            assertArrayEquals(Origin.pattern(3_000_000), curl.get("/bytes/3000000"));
            byte[] sent = Origin.pattern(1_500_000);
            assertArrayEquals(sent, curl.post("/echo", sent));
            assertArrayEquals(
                    sent, curl.with("-H", "Transfer-Encoding: chunked").post("/echo", sent));
            assertTrue(new String(curl.get("/head")).contains("X-forwarded-proto: https"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "boring"})
    void eachFailedHandshakeHasItsCause(String library) throws Exception {
        System.setProperty("culprit.tls", library);
        try (TestGateway gateway = gateway(pair("a"))) {
            assertTrue(Certs.client(gateway.port(), "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0")
                    .contains("alert"));
            assertEquals("client.tls-version", cause(gateway)); // TC07
        }
        try (TestGateway gateway = gateway(pair("a"))) {
            Certs.client(gateway.port(), "-tls1_2", "-cipher", "AES128-SHA");
            assertEquals("client.tls-no-shared-cipher", cause(gateway)); // TC06
        }
        try (TestGateway gateway = gateway(pair("a"))) {
            assertTrue(Certs.client(gateway.port(), "-alpn", "foo").contains("alert number 120"));
            assertEquals("client.tls-no-protocol", cause(gateway));
        }
        try (TestGateway gateway = gateway(pair("a") + ", unknown_names: refuse")) {
            assertTrue(Certs.client(gateway.port(), "-servername", "b.test").contains("alert number 112"));
            assertEquals("client.tls-unknown-name", cause(gateway)); // TC15
        }
        try (TestGateway gateway = gateway(pair("a"))) {
            Certs.client(gateway.port(), "-verify_return_error");
            assertEquals("client.tls-alert", cause(gateway)); // TC43
        }
        try (TestGateway gateway = gateway(pair("a") + ", min_version: 1.3")) {
            Certs.client(gateway.port(), "-tls1_2");
            assertEquals("client.tls-version", cause(gateway)); // TC09
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TC22, ffffffffffffffffffffffff, '', client.tls-bad-record",
        "TC23, 16030100204141414141414141414141414141414141414141414141414141414141414141, 15, client.tls-bad-record",
        "TC13, 802e010301deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef, "
                + "15030100020246, client.tls-version",
        "TC45, 15030100020228, '', client.tls-bad-record",
        "TC25, 16, '', client.tls-timeout",
        "TC03, 474554202f0d0a, 485454502f312e3120343030, client.bad-request"
    })
    void whatIsNoHandshakeIsToldSo(String row, String sent, String answer, String cause) throws Exception {
        try (TestGateway gateway = gateway(pair("a"))) {
            RawResponse response =
                    RawResponse.exchange(gateway.port(), HexFormat.of().parseHex(sent), 5_000);
            assertTrue(HexFormat.of().formatHex(response.bytes()).startsWith(answer), row);
            assertEquals(cause, cause(gateway), row);
        }
    }

    @Test
    void plainHttpOnATlsPortIsAnsweredInPlainHttp() throws Exception {
        try (TestGateway gateway = gateway(pair("a"))) {
            RawResponse response = gateway.send("GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertEquals(400, response.status()); // TC02
            assertEquals("client.tls-plain-http", response.cause());
        }
    }

    @Test
    void aClientThatSaysNothingLeavesNoTrace() throws Exception {
        try (TestGateway gateway = gateway(pair("a"))) {
            try (Socket silent = gateway.connect()) {
                assertEquals(-1, silent.getInputStream().read()); // TC29: closed after limits.head_timeout
            }
            assertEquals(List.of(), gateway.gateway().recorder().recentFailures());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "boring"})
    void clientCertificatesAreJudgedAndUpstreamsAreTold(String library) throws Exception {
        System.setProperty("culprit.tls", library);
        certs.selfSigned("ca", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        certs.selfSigned("other", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        certs.signed("good", "ca", "extendedKeyUsage=clientAuth");
        certs.signed("unknown", "other", "extendedKeyUsage=clientAuth");
        certs.signed("server", "ca", "extendedKeyUsage=serverAuth");
        certs.signedWeak("weak", "ca", "extendedKeyUsage=clientAuth");
        try (TestGateway gateway = gateway(pair("a") + ", client_ca: " + certs.file("ca.crt"))) {
            assertTrue(curl(gateway).text("/head").contains("client.certificate-missing")); // TC47
            assertTrue(curl(gateway, "unknown").text("/head").contains("client.certificate-refused")); // TC49
            assertTrue(curl(gateway, "server").text("/head").contains("client.certificate-refused")); // TC53
            String weak = Certs.talk(
                    gateway.port(),
                    "GET /head HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n",
                    "-ign_eof",
                    "-cipher",
                    "DEFAULT:@SECLEVEL=0", // its own side would not take it either
                    "-cert",
                    certs.file("weak.crt").toString(),
                    "-key",
                    certs.file("weak.key").toString());
            assertTrue(weak.contains("the RSA key of CN=weak has 1024 bits"), weak); // nginx: 400 too
            String told = curl(gateway, "good")
                    .with("-H", "X-SSL-Client-Verify: FORGED", "-H", "X_SSL_Client_S_DN: FORGED")
                    .text("/head");
            assertTrue(told.contains("X-ssl-client-verify: SUCCESS\n"), told);
            assertTrue(told.contains("X-ssl-client-s-dn: CN=good\n"), told);
            assertTrue(!told.contains("FORGED"), told);
            assertTrue(curl(gateway, "good")
                    .with("-H", "Host: b.test")
                    .text("/head")
                    .contains("client.misdirected")); // TC20
        }
    }

    private Curl curl(TestGateway gateway, String certificate) {
        return curl(gateway)
                .with(
                        "--http1.1",
                        "--cert",
                        certs.file(certificate + ".crt").toString(),
                        "--key",
                        certs.file(certificate + ".key").toString());
    }

    @Test
    void nobodyForgesACertificateOnAListenerThatAsksForNone() throws Exception {
        try (TestGateway gateway = gateway(pair("a"))) {
            String told =
                    curl(gateway).with("-H", "X-SSL-Client-Verify: SUCCESS").text("/head");
            assertTrue(!told.toLowerCase().contains("x-ssl-client"), told);
        }
    }

    @Test
    void aNameChoosesItsCertificate() throws Exception {
        certs.selfSigned("b", "-newkey", "rsa:2048");
        certs.selfSigned("e", "-newkey", "ed25519");
        String all = "certificates: [ { %s }, { %s }, { %s } ]".formatted(pair("a"), pair("b"), pair("e"));
        try (TestGateway gateway = gateway(all)) {
            assertTrue(Certs.client(gateway.port(), "-servername", "b.test").contains("subject=CN = b.test"));
            assertTrue(Certs.client(gateway.port(), "-servername", "x.b.test").contains("subject=CN = b.test"));
            assertTrue(Certs.client(gateway.port(), "-servername", "e.test").contains("subject=CN = e.test"));
            assertTrue(
                    Certs.client(gateway.port(), "-servername", "nowhere.test").contains("subject=CN = a.test"));
            assertTrue(Certs.client(gateway.port(), "-noservername").contains("subject=CN = a.test"));
        }
    }

    /** In TLS 1.3 a ticket comes behind the handshake, with the first answer at the latest. */
    @ParameterizedTest
    @CsvSource({"jdk, -tls1_2", "boring, -tls1_2", "jdk, -tls1_3", "boring, -tls1_3"})
    void sessionsAreTakenUpAgain(String library, String version) throws Exception {
        System.setProperty("culprit.tls", library);
        try (TestGateway gateway = gateway(pair("a"))) {
            String session = directory.resolve("session-" + library + version).toString();
            String request = "GET /head HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
            Certs.talk(gateway.port(), request, version, "-ign_eof", "-servername", "a.test", "-sess_out", session);
            String again = Certs.talk(
                    gateway.port(), request, version, "-ign_eof", "-servername", "a.test", "-sess_in", session);
            assertTrue(again.contains("Reused"), again);
            assertTrue(again.contains("HTTP/1.1 200"), again);
        }
    }

    @Test
    void keysInEveryFormAreRead() throws Exception {
        Certs.openssl(
                List.of("genrsa", "-traditional", "-out", certs.file("p1.key").toString(), "2048"));
        Certs.openssl(List.of(
                "pkcs8",
                "-topk8",
                "-in",
                certs.file("p1.key").toString(),
                "-passout",
                "pass:secret",
                "-out",
                certs.file("p8.key").toString()));
        Certs.openssl(List.of(
                "rsa",
                "-aes128",
                "-traditional",
                "-in",
                certs.file("p1.key").toString(),
                "-passout",
                "pass:secret",
                "-out",
                certs.file("old.key").toString()));
        Certs.openssl(List.of(
                "req",
                "-x509",
                "-days",
                "9",
                "-subj",
                "/CN=a.test",
                "-key",
                certs.file("p1.key").toString(),
                "-out",
                certs.file("p.crt").toString()));
        for (String key : List.of("p1.key", "p8.key, passphrase: secret", "old.key, passphrase: secret")) {
            try (TestGateway gateway =
                    gateway("certificate: %s, key: %s/%s".formatted(certs.file("p.crt"), directory, key))) {
                assertTrue(Certs.client(gateway.port(), "-tls1_2").contains("Cipher is ECDHE-RSA"), key);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            certificate: DIR/a.crt, key: DIR/b.key                    | DIR/b.key is not the key of DIR/a.crt
            certificate: DIR/a.key, key: DIR/a.key                    | DIR/a.key has no certificate
            certificate: DIR/a.crt, key: DIR/a.crt                    | DIR/a.crt has no private key
            key: DIR/a.key                                            | "listen[0].tls.certificate" is missing
            certificate: DIR/a.crt, key: DIR/a.key, min_version: 1.1  | one of 1.2, 1.3 was expected
            certificate: DIR/a.crt, key: DIR/a.key, client_verify: optional | needs client_ca
            """)
    void whatCannotBeUsedIsSaid(String tls, String problem) throws Exception {
        certs.selfSigned("b", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        try (TestGateway gateway = gateway(tls.replace("DIR", directory.toString()))) {
            throw new AssertionError("it started");
        } catch (IllegalArgumentException e) {
            String said = ((ConfigException) e.getCause()).problems().toString();
            assertTrue(said.contains(problem.replace("DIR", directory.toString())), said);
        }
    }

    @Test
    void aTornResponseHasNoProperEnd() throws Exception {
        try (TestGateway gateway = gateway(pair("a"))) {
            Curl curl = curl(gateway).with("--http1.1");
            curl.get("/torn");
            assertEquals(18, curl.exit()); // partial file
            Outcome outcome = gateway.failureOf("/torn");
            assertEquals("body.truncated", outcome.failure().cause().id());
        }
    }

    @Test
    void manyConnectionsAtOnceAreAllServed() throws Exception {
        try (TestGateway gateway = gateway(pair("a"))) {
            String said = Load.h2load(gateway.port(), "-n", "4000", "-c", "40", "--h1", "/bytes/500");
            assertTrue(said.contains("4000 succeeded, 0 failed, 0 errored"), said);
            assertTrue(said.contains("4000 2xx"), said);
        }
    }

    @Test
    void aFileOfASiteGoesOutWhole() throws Exception {
        byte[] content = Origin.pattern(2_500_000);
        Path root = java.nio.file.Files.createDirectory(directory.resolve("www"));
        java.nio.file.Files.write(root.resolve("big.png"), content);
        try (TestGateway gateway = TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", tls: { %s } } ]
                upstreams: { app: { servers: [ "127.0.0.1:9" ], protocol: fastcgi, fastcgi: { root: %s, static: true } } }
                routes: [ { upstream: app } ]
                """.formatted(pair("a"), root))) {
            assertArrayEquals(content, curl(gateway).with("--http1.1").get("/big.png"));
            assertArrayEquals(content, curl(gateway).with("--http2").get("/big.png"));
            assertArrayEquals(
                    java.util.Arrays.copyOfRange(content, 100, 300_101),
                    curl(gateway).with("--http2", "-r", "100-300100").get("/big.png"));
        }
    }
}
