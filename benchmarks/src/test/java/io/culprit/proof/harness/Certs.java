package io.culprit.proof.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.tls.CertificateChain;
import io.culprit.tls.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates as people have them, made by openssl in a folder of the test's. */
public final class Certs {
    private final Path directory;

    public Certs(Path directory) {
        this.directory = directory;
    }

    public Path file(String name) {
        return directory.resolve(name);
    }

    /** A certificate {@code NAME.crt} that signs itself, and its key {@code NAME.key}; the host is NAME.test. */
    public void selfSigned(String name, String... keyKind) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "req",
                "-x509",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=" + name + ".test",
                "-addext",
                "subjectAltName=DNS:" + name + ".test,DNS:*." + name + ".test,IP:127.0.0.1",
                "-keyout",
                file(name + ".key").toString(),
                "-out",
                file(name + ".crt").toString()));
        command.addAll(List.of(keyKind));
        openssl(command);
    }

    /** A certificate signed by another one, with these extensions, valid for a month. */
    public void signed(String name, String authority, String extensions) throws Exception {
        request(name, extensions);
        sign(name, authority);
    }

    private void sign(String name, String authority) throws Exception {
        openssl(List.of(
                "x509",
                "-req",
                "-days",
                "30",
                "-in",
                file(name + ".csr").toString(),
                "-CA",
                file(authority + ".crt").toString(),
                "-CAkey",
                file(authority + ".key").toString(),
                "-CAcreateserial",
                "-extfile",
                file(name + ".ext").toString(),
                "-out",
                file(name + ".crt").toString()));
    }

    /** The same, valid between two moments such as 20200101000000Z. */
    public void signed(String name, String authority, String extensions, String from, String to) throws Exception {
        request(name, extensions);
        Files.writeString(file("db"), "");
        Path config = Files.writeString(file("ca.cnf"), """
                [ca]
                default_ca = here
                [here]
                database = %s
                new_certs_dir = %s
                rand_serial = yes
                default_md = sha256
                policy = any
                [any]
                commonName = supplied
                """.formatted(file("db"), directory));
        openssl(List.of(
                "ca",
                "-batch",
                "-notext",
                "-config",
                config.toString(),
                "-in",
                file(name + ".csr").toString(),
                "-out",
                file(name + ".crt").toString(),
                "-startdate",
                from,
                "-enddate",
                to,
                "-extfile",
                file(name + ".ext").toString(),
                "-cert",
                file(authority + ".crt").toString(),
                "-keyfile",
                file(authority + ".key").toString()));
    }

    /** As {@link #signed(String, String, String)}, with an RSA key of 1,024 bits. */
    public void signedWeak(String name, String authority, String extensions) throws Exception {
        request(name, extensions, "rsa:1024");
        sign(name, authority);
    }

    private void request(String name, String extensions) throws Exception {
        request(name, extensions, "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    }

    private void request(String name, String extensions, String... key) throws Exception {
        Files.writeString(file(name + ".ext"), extensions);
        List<String> command = new ArrayList<>(List.of(
                "req",
                "-new",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file(name + ".key").toString(),
                "-out",
                file(name + ".csr").toString(),
                "-newkey"));
        command.addAll(List.of(key));
        openssl(command);
    }

    /** A client's context that trusts {@code NAME.crt}. */
    public SSLContext trusting(String name) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (InputStream in = Files.newInputStream(file(name + ".crt"))) {
            store.setCertificateEntry(
                    name, CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** A server's context that shows {@code NAME.crt}. */
    public SSLContext serving(String name) throws Exception {
        CertificateChain chain = Pem.chain(file(name + ".crt"), file(name + ".key"), "");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("k", chain.key(), new char[0], chain.certificates().toArray(new Certificate[0]));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /**
     * A gateway on one IO thread that speaks TLS with the pair {@code a}.
     *
     * @param library {@code boring} or {@code jdk}; the property {@code culprit.tls} stays set
     * @param limits what stands in {@code limits}
     */
    public TestGateway gateway(String library, Origin origin, String limits) throws IOException {
        System.setProperty("culprit.tls", library);
        return TestGateway.start("""
                io_threads: 1
                listen: [ { address: "127.0.0.1:0", tls: { certificate: %s, key: %s } } ]
                limits: { %s }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(file("a.crt"), file("a.key"), limits, origin.port()));
    }

    public static String openssl(List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Oracle.program("openssl", "openssl")));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    /** What openssl's client says to a handshake that need not succeed. */
    public static String client(int port, String... arguments) throws IOException, InterruptedException {
        return talk(port, "", arguments);
    }

    /** The same, with something said over the connection; with {@code -ign_eof} its answer is waited for. */
    public static String talk(int port, String said, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Oracle.program("openssl", "openssl"), "s_client", "-connect", "127.0.0.1:" + port));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        return answer;
    }
}
