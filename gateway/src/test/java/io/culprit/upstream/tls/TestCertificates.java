package io.culprit.upstream.tls;

import io.culprit.config.TlsConfig;
import io.culprit.config.UpstreamTls;
import io.culprit.harness.Programs;
import io.culprit.tls.CertificateChain;
import io.culprit.tls.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority and certificates that it has signed, made by openssl in a folder of the test's. */
final class TestCertificates {
    private final Path directory;

    TestCertificates(Path directory) throws Exception {
        this.directory = directory;
        openssl("req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 30 -subj /CN=ca -keyout %s -out %s"
                .formatted(file("ca.key"), file("ca.crt")));
        Files.writeString(file("ca.cnf"), """
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
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Valid for a month; {@code NAME.crt} and {@code NAME.key}. */
    void signed(String name, String alternatives) throws Exception {
        signed(name, alternatives, "20250101000000Z", "20491231000000Z");
    }

    /** @param from such as 20200101000000Z */
    void signed(String name, String alternatives, String from, String to) throws Exception {
        Files.writeString(file(name + ".ext"), "subjectAltName=" + alternatives);
        Files.writeString(file("db"), "");
        openssl("req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=%s -keyout %s -out %s"
                .formatted(name, file(name + ".key"), file(name + ".csr")));
        openssl(
                ("ca -batch -notext -config %s -in %s -out %s -startdate %s -enddate %s -extfile %s -cert %s -keyfile %s")
                        .formatted(
                                file("ca.cnf"),
                                file(name + ".csr"),
                                file(name + ".crt"),
                                from,
                                to,
                                file(name + ".ext"),
                                file("ca.crt"),
                                file("ca.key")));
    }

    private static void openssl(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Programs.path("openssl", "openssl")));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new AssertionError(said);
        }
    }

    /** A server that shows {@code NAME.crt} and knows the authority. */
    SSLContext serving(String name) throws Exception {
        CertificateChain chain = Pem.chain(file(name + ".crt"), file(name + ".key"), "");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("k", chain.key(), new char[0], chain.certificates().toArray(new Certificate[0]));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", Pem.certificates(file("ca.crt")).get(0));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** The gateway's side: it knows the authority and has no certificate of its own. */
    UpstreamTls trusting() {
        return new UpstreamTls(true, Optional.of(file("ca.crt")), Optional.empty(), Optional.empty(), "1.2");
    }

    /** The same with a certificate of its own. */
    UpstreamTls having(String own) {
        return new UpstreamTls(true, Optional.of(file("ca.crt")), Optional.empty(), Optional.of(pair(own)), "1.2");
    }

    TlsConfig.Certificate pair(String name) {
        return new TlsConfig.Certificate(file(name + ".crt"), file(name + ".key"), "");
    }
}
