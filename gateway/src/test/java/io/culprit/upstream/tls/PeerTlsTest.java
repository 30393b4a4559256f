package io.culprit.upstream.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.UpstreamTls;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.Pem;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of an upstream's TLS settings and files, and what becomes of them when the files change. */
class PeerTlsTest {
    @TempDir
    static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void certificates() throws Exception {
        certificates = new TestCertificates(directory);
        certificates.signed("own", "DNS:gateway.test");
        certificates.signed("next", "DNS:gateway.test");
    }

    private static UpstreamTls named(String name, String minVersion) {
        return new UpstreamTls(
                true,
                certificates.trusting().ca(),
                name.isEmpty() ? Optional.empty() : Optional.of(name),
                Optional.empty(),
                minVersion);
    }

    @ParameterizedTest
    @CsvSource({
        "up.test, '', up.test, up.test",
        "up.test, other.test, other.test, other.test",
        "127.0.0.1, '', 127.0.0.1, ''",
        "::1, '', ::1, ''",
        "fe80::a, '', fe80::a, ''",
        "::a, '', ::a, ''",
        "10.0.0.1, a1, a1, a1",
        "'', '', '', ''"
    })
    void theNameIsSentWhereItIsOne(String host, String configured, String verified, String sent) throws Exception {
        SSLEngine engine = new PeerTls(named(configured, "1.2"), 1).engine(host, 443);
        SSLParameters parameters = engine.getSSLParameters();
        assertTrue(engine.getUseClientMode());
        assertEquals(verified, engine.getPeerHost());
        assertEquals(443, engine.getPeerPort());
        List<javax.net.ssl.SNIServerName> names = parameters.getServerNames();
        assertEquals(
                sent,
                names == null
                        ? ""
                        : names.stream()
                                .map(each -> new String(each.getEncoded()))
                                .collect(Collectors.joining()));
        assertArrayEquals(new String[] {"http/1.1"}, parameters.getApplicationProtocols());
    }

    @Test
    void oldVersionsAreSpokenWhereTheyMayBe() throws Exception {
        assertArrayEquals(
                new String[] {"TLSv1.3", "TLSv1.2"},
                new PeerTls(named("", "1.2"), 1).engine("up.test", 443).getEnabledProtocols());
        assertArrayEquals(
                new String[] {"TLSv1.3"},
                new PeerTls(named("", "1.3"), 1).engine("up.test", 443).getEnabledProtocols());
    }

    @Test
    void otherFilesComeIntoForceWhenTheyAreGoodAndAreSaidToBe(@TempDir Path files) throws Exception {
        Path certificate = Files.copy(certificates.file("own.crt"), files.resolve("c"));
        Path key = Files.copy(certificates.file("own.key"), files.resolve("k"));
        UpstreamTls config = new UpstreamTls(
                true,
                certificates.trusting().ca(),
                Optional.empty(),
                Optional.of(new io.culprit.config.TlsConfig.Certificate(certificate, key, "")),
                "1.2");
        PeerTls tls = new PeerTls(config, 1);
        AtomicInteger renewed = new AtomicInteger();
        tls.onRenewed(renewed::incrementAndGet);
        assertFalse(tls.filesChanged());
        assertEquals("CN=own", subject(tls));
        Files.writeString(certificate, "no certificate");
        Files.setLastModifiedTime(certificate, FileTime.from(Instant.now().plusSeconds(5)));
        assertTrue(tls.filesChanged());
        IOException e = assertThrows(IOException.class, tls::reload);
        assertTrue(e.getMessage().contains(certificate.toString()), e.getMessage());
        assertEquals("CN=own", subject(tls), "the old one stays in force");
        assertEquals(0, renewed.get());
        Files.write(certificate, Files.readAllBytes(certificates.file("next.crt")));
        Files.write(key, Files.readAllBytes(certificates.file("next.key")));
        Runnable renewal = tls.renewal();
        assertEquals("CN=own", subject(tls));
        renewal.run();
        assertEquals("CN=next", subject(tls));
        assertEquals(1, renewed.get());
        assertFalse(tls.filesChanged());
        tls.reload();
        assertEquals(2, renewed.get());
    }

    private static String subject(PeerTls tls) {
        return tls.certificates().get(0).leaf().getSubjectX500Principal().getName();
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        UpstreamTls config = new UpstreamTls(
                true, Optional.of(directory.resolve("none.crt")), Optional.empty(), Optional.empty(), "1.2");
        IOException e = assertThrows(IOException.class, () -> new PeerTls(config, 1));
        assertEquals(directory.resolve("none.crt") + " does not exist", e.getMessage());
    }

    @Test
    void withoutACertificateOfOursADemandIsNoted() throws Exception {
        PeerTls tls = new PeerTls(certificates.trusting(), 1);
        assertEquals(List.of(), tls.certificates());
        assertFalse(tls.lacksCertificate(tls.engine("up.test", 443)));
        PeerKeys none = new PeerKeys(Optional.empty());
        SSLEngine engine = tls.engine("up.test", 443);
        assertFalse(none.lacks(engine));
        assertNull(none.chooseEngineClientAlias(new String[] {"EC"}, new Principal[0], engine));
        assertTrue(none.lacks(engine));
        assertFalse(none.lacks(tls.engine("up.test", 443)), "each server is one of its own");
        assertNull(none.getCertificateChain("own"));
        assertNull(none.getPrivateKey("own"));
        assertEquals(0, none.getClientAliases("EC", new Principal[0]).length);
        assertEquals(0, none.getServerAliases("EC", new Principal[0]).length);
        assertNull(none.chooseServerAlias("EC", new Principal[0], new Socket()));
    }

    @Test
    void aCertificateOfOursIsShownToWhoeverDemandsOne() throws Exception {
        PeerTls tls = new PeerTls(certificates.having("own"), 1);
        assertEquals("CN=own", subject(tls));
        CertificateChain chain = Pem.chain(certificates.file("own.crt"), certificates.file("own.key"), "");
        PeerKeys keys = new PeerKeys(Optional.of(chain));
        SSLEngine engine = tls.engine("up.test", 443);
        String alias = keys.chooseEngineClientAlias(new String[] {"EC"}, new Principal[0], engine);
        assertArrayEquals(new String[] {alias}, keys.getClientAliases("EC", new Principal[0]));
        assertFalse(keys.lacks(engine));
        assertArrayEquals(chain.certificates().toArray(), keys.getCertificateChain(alias));
        assertEquals(chain.key(), keys.getPrivateKey(alias));
        assertThrows(
                UnsupportedOperationException.class,
                () -> keys.chooseClientAlias(new String[0], new Principal[0], new Socket()));
    }

    /** A judge that says yes where it is not asked the right question is worse than none. */
    @Test
    void onlyServersOfEnginesAreJudged() throws Exception {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init((java.security.KeyStore) null);
        X509TrustManager host = (X509TrustManager) factory.getTrustManagers()[0];
        PeerTrust trust = new PeerTrust(host, true);
        X509Certificate[] none = {};
        assertThrows(UnsupportedOperationException.class, () -> trust.checkServerTrusted(none, "x"));
        assertThrows(UnsupportedOperationException.class, () -> trust.checkServerTrusted(none, "x", new Socket()));
        assertThrows(UnsupportedOperationException.class, () -> trust.checkClientTrusted(none, "x"));
        assertThrows(UnsupportedOperationException.class, () -> trust.checkClientTrusted(none, "x", new Socket()));
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        assertThrows(UnsupportedOperationException.class, () -> trust.checkClientTrusted(none, "x", engine));
        assertArrayEquals(host.getAcceptedIssuers(), trust.getAcceptedIssuers());
    }
}
