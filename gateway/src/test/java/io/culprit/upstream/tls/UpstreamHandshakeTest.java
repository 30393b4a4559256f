package io.culprit.upstream.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.UpstreamTls;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.upstream.channel.UpstreamChannel;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a handshake comes to, and by which cause it fails. */
class UpstreamHandshakeTest {
    @TempDir
    static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void certificates() throws Exception {
        certificates = new TestCertificates(directory);
        certificates.signed("up", "DNS:up.test,DNS:*.wild.test,IP:127.0.0.1");
        certificates.signed("old", "DNS:up.test", "20200101000000Z", "20210101000000Z");
        certificates.signed("early", "DNS:up.test", "20480101000000Z", "20490101000000Z");
        certificates.signed("own", "DNS:gateway.test");
    }

    private static SSLServerSocket tls(String certificate, String... protocols) throws Exception {
        SSLServerSocket socket = (SSLServerSocket) certificates
                .serving(certificate)
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        return socket;
    }

    /** Says what it is told until the end, then "bye". */
    private static void echo(Socket connection) throws Exception {
        byte[] all = connection.getInputStream().readNBytes(4);
        connection.getOutputStream().write(all);
        connection.getOutputStream().write("bye".getBytes());
    }

    private static Failure failure(TlsDial dial, UpstreamTls config, String host) throws Exception {
        TlsDial.Result result = dial.shake(new PeerTls(config, 1), host);
        assertNull(result.channel());
        return result.failure();
    }

    private static String evidence(Failure failure) {
        return failure.evidence().stream().map(Evidence::name).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, up.test", "TLSv1.3, up.test", "TLSv1.3, a.wild.test", "TLSv1.3, 127.0.0.1", "TLSv1.3, UP.test"
    })
    void aGoodServerIsSpokenWith(String version, String host) throws Exception {
        try (TlsDial dial = new TlsDial(tls("up", version), UpstreamHandshakeTest::echo)) {
            UpstreamChannel channel =
                    dial.shake(new PeerTls(certificates.trusting(), 1), host).channel();
            assertNotNull(channel);
            assertTrue(channel.connected());
            dial.write(channel, "ping");
            assertEquals("pingbye[end]", dial.read(channel));
            dial.on(() -> {
                channel.close();
                channel.close();
                return null;
            });
            assertEquals(0, dial.<Integer>on(() -> dial.loop.lent()), "all buffers are given back");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            old   | up.test    | tls.expired       | the certificate of CN=old expired on 2021-01-01T00:00:00Z
            early | up.test    | tls.expired       | the certificate of CN=early is not valid before 2048-01-01T00:00:00Z
            up    | other.test | tls.name-mismatch | the certificate is for up.test, *.wild.test, 127.0.0.1, not for other.test
            up    | 127.0.0.2  | tls.name-mismatch | the certificate is for up.test, *.wild.test, 127.0.0.1, not for 127.0.0.2
            """)
    void aCertificateThatIsNotGoodIsNamedByItsFault(String name, String host, String cause, String detail)
            throws Exception {
        try (TlsDial dial = new TlsDial(tls(name), UpstreamHandshakeTest::echo)) {
            Failure failure = failure(dial, certificates.trusting(), host);
            assertEquals(cause, failure.cause().id());
            assertEquals(detail, failure.detail());
            assertEquals("tls,certificate", evidence(failure));
            assertTrue(failure.evidence().get(1).value().contains("CN=" + name), failure.toString());
            assertEquals(0, dial.<Integer>on(() -> dial.loop.lent()));
        }
    }

    @Test
    void anUnknownAuthorityIsNotTrusted(@TempDir Path other) throws Exception {
        TestCertificates stranger = new TestCertificates(other);
        try (TlsDial dial = new TlsDial(tls("up"), UpstreamHandshakeTest::echo)) {
            Failure failure = failure(dial, stranger.trusting(), "up.test");
            assertEquals("tls.untrusted", failure.cause().id());
            assertEquals("the certificate of CN=up by CN=ca: no trusted authority signed it", failure.detail());
            assertEquals("tls,certificate", evidence(failure));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"old", "early", "up"})
    void whoDoesNotVerifyTakesAnyCertificate(String name) throws Exception {
        UpstreamTls config = new UpstreamTls(false, Optional.empty(), Optional.empty(), Optional.empty(), "1.2");
        try (TlsDial dial = new TlsDial(tls(name), UpstreamHandshakeTest::echo)) {
            assertNull(dial.shake(new PeerTls(config, 1), "other.test").failure());
        }
    }

    /** The name that is asked for, and the one that is verified, is the configuration's where it has one. */
    @ParameterizedTest
    @CsvSource({"10.0.0.1, up.test, up.test", "up.test, '', up.test", "127.0.0.1, '', ''", "no.test, 127.0.0.1, ''"})
    void theServerIsAskedForByName(String host, String name, String asked) throws Exception {
        UpstreamTls config = new UpstreamTls(
                true,
                certificates.trusting().ca(),
                name.isEmpty() ? Optional.empty() : Optional.of(name),
                Optional.empty(),
                "1.2");
        SSLServerSocket server = tls("up");
        SSLParameters parameters = server.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        server.setSSLParameters(parameters);
        CompletableFuture<List<String>> seen = new CompletableFuture<>();
        try (TlsDial dial = new TlsDial(server, connection -> {
            SSLSocket tls = (SSLSocket) connection;
            tls.startHandshake();
            String names = ((ExtendedSSLSession) tls.getSession())
                    .getRequestedServerNames().stream()
                            .map(each -> new String(each.getEncoded()))
                            .collect(Collectors.joining());
            seen.complete(List.of(names, tls.getApplicationProtocol()));
        })) {
            assertNull(dial.shake(new PeerTls(config, 1), host).failure());
            assertEquals(List.of(asked, "http/1.1"), seen.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void anOldVersionIsNotSpoken() throws Exception {
        UpstreamTls config =
                new UpstreamTls(true, certificates.trusting().ca(), Optional.empty(), Optional.empty(), "1.3");
        try (TlsDial dial = new TlsDial(tls("up", "TLSv1.2"), UpstreamHandshakeTest::echo)) {
            Failure failure = failure(dial, config, "up.test");
            assertEquals("tls.alert", failure.cause().id());
            assertEquals("the server sent the alert protocol_version", failure.detail());
        }
    }

    /** What a server that is no TLS server, or is about to end, sends after the ClientHello. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/1.1 400 Bad Request | tls.not-tls | the server answers the ClientHello with what is no TLS record | bytes
            x                        | tls.not-tls | the server answers the ClientHello with what is no TLS record | bytes
            ''                       | tls.closed  | the server closed the connection during the handshake         | ''
            21,3,3,0                 | tls.closed  | the server closed the connection during the handshake         | ''
            21,3,3,0,2,2,40          | tls.alert   | the server sent the alert handshake_failure                   | ''
            21,3,3,0,2,2,80          | tls.alert   | the server sent the alert internal_error                      | ''
            21,3,3,0,2,1,112         | tls.alert   | the server sent the warning unrecognized_name: it does not know the name it was asked for; set tls.name to one that it knows | ''
            """)
    void whatIsNoHandshakeIsNamed(String bytes, String cause, String detail, String evidence) throws Exception {
        byte[] sent = bytes.getBytes();
        if (bytes.contains(",")) {
            String[] numbers = bytes.split(",");
            sent = new byte[numbers.length];
            for (int i = 0; i < numbers.length; i++) {
                sent[i] = (byte) Integer.parseInt(numbers[i]);
            }
        }
        byte[] all = sent;
        try (TlsDial dial = new TlsDial(TlsDial.plain(), connection -> {
            connection.getInputStream().read(new byte[5]);
            connection.getOutputStream().write(all);
            connection.shutdownOutput();
            connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        })) {
            Failure failure = failure(dial, certificates.trusting(), "up.test");
            assertEquals(cause, failure.cause().id());
            assertEquals(detail, failure.detail());
            assertEquals(evidence, evidence(failure));
        }
    }

    @Test
    void aResetIsToldWithItsNumber() throws Exception {
        try (TlsDial dial = new TlsDial(TlsDial.plain(), connection -> {
            connection.getInputStream().read(new byte[5]);
            connection.setSoLinger(true, 0);
        })) {
            Failure failure = failure(dial, certificates.trusting(), "up.test");
            assertEquals("tls.closed", failure.cause().id());
            assertEquals("ECONNRESET", failure.errno());
            assertTrue(
                    failure.detail()
                            .startsWith("the server broke the connection during the handshake: connection reset"),
                    failure.detail());
        }
    }

    @Test
    void aServerThatWantsACertificateSaysSoInTheHandshakeOfTls12() throws Exception {
        SSLServerSocket server = tls("up", "TLSv1.2");
        server.setNeedClientAuth(true);
        try (TlsDial dial = new TlsDial(server, UpstreamHandshakeTest::echo)) {
            Failure failure = failure(dial, certificates.trusting(), "up.test");
            assertEquals("tls.certificate-demanded", failure.cause().id());
            assertTrue(failure.detail().endsWith(": it wants a certificate of ours"), failure.detail());
        }
    }

    @Test
    void aServerThatWantsACertificateSaysSoBehindTheHandshakeOfTls13() throws Exception {
        SSLServerSocket server = tls("up", "TLSv1.3");
        server.setNeedClientAuth(true);
        try (TlsDial dial = new TlsDial(server, UpstreamHandshakeTest::echo)) {
            UpstreamChannel channel = dial.shake(new PeerTls(certificates.trusting(), 1), "up.test")
                    .channel();
            String told = dial.read(channel);
            assertTrue(told.startsWith("[tls.certificate-demanded: the server "), told);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whoHasACertificateShowsIt(String version) throws Exception {
        SSLServerSocket server = tls("up", version);
        server.setNeedClientAuth(true);
        CompletableFuture<String> seen = new CompletableFuture<>();
        try (TlsDial dial = new TlsDial(server, connection -> {
            seen.complete(
                    ((SSLSocket) connection).getSession().getPeerPrincipal().getName());
            echo(connection);
        })) {
            PeerTls tls = new PeerTls(certificates.having("own"), 1);
            UpstreamChannel channel = dial.shake(tls, "up.test").channel();
            dial.write(channel, "ping");
            assertEquals("pingbye[end]", dial.read(channel));
            assertEquals("CN=own", seen.get(10, TimeUnit.SECONDS));
        }
    }
}
