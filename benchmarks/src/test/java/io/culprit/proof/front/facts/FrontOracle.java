package io.culprit.proof.front.facts;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real program with all the listeners that scripts name, from the templates {@code conf/oracle/front-*}. */
final class FrontOracle implements AutoCloseable {
    /** What a listener is, whoever has it. */
    static final List<String> LISTENERS = List.of(
            "plain", // HTTP/1.1
            "h2c", // HTTP/2 by prior knowledge
            "proxy", // behind a PROXY preamble
            "proxy-h2c",
            "tls", // a.test, b.test, ALPN h2 and http/1.1
            "strict", // a.test only, other names are refused
            "tls12",
            "tls13",
            "mtls", // client certificates are required
            "optional", // and judged when they are shown
            "anyca", // and hardly that
            "h1only", // TLS without h2
            "proxy-tls");

    private final Process process;
    private final Map<String, Integer> ports;

    private FrontOracle(Process process, Map<String, Integer> ports) {
        this.process = process;
        this.ports = ports;
    }

    Map<String, Integer> ports() {
        return ports;
    }

    static FrontOracle start(String name, int upstream, Path certs) throws IOException {
        Path directory = Files.createTempDirectory("f");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Map<String, Integer> ports = freePorts();
        List<String> command = switch (name) {
            case "nginx" -> {
                fill("front-nginx-locations.conf", directory, ports, upstream, certs);
                yield List.of(
                        Oracle.program("nginx", "nginx"),
                        "-c",
                        fill("front-nginx.conf", directory, ports, upstream, certs),
                        "-p",
                        directory.toString());
            }
            case "haproxy" ->
                List.of(
                        Oracle.program("haproxy", "haproxy"),
                        "-f",
                        fill("front-haproxy.cfg", directory, ports, upstream, certs),
                        "-db");
            default ->
                List.of(
                        Oracle.program("apache2", "apache2"),
                        "-f",
                        fill("front-apache.conf", directory, ports, upstream, certs),
                        "-DFOREGROUND");
        };
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        FrontOracle oracle = new FrontOracle(process, ports);
        try {
            for (int port : ports.values()) {
                TestGateway.await(name + " listens", () -> listens(process, port));
            }
            return oracle;
        } catch (AssertionError e) {
            oracle.close();
            throw new AssertionError(e.getMessage() + ": " + Files.readString(output), e);
        }
    }

    private static boolean listens(Process process, int port) {
        if (!process.isAlive()) {
            throw new AssertionError("it ended");
        }
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress("127.0.0.1", port), 100);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Map<String, Integer> freePorts() throws IOException {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (String each : LISTENERS) {
            ports.put(each, Oracle.freePort());
        }
        return ports;
    }

    /** The template with {@code @PROXY-TLS@}, {@code @DIR@} and their like filled in. */
    private static String fill(String template, Path directory, Map<String, Integer> ports, int upstream, Path certs)
            throws IOException {
        String text = Files.readString(Path.of("../conf/oracle", template))
                .replace("@DIR@", directory.toString())
                .replace("@CERTS@", certs.toString())
                .replace("@UPSTREAM@", Integer.toString(upstream));
        for (Map.Entry<String, Integer> each : ports.entrySet()) {
            text = text.replace(
                    "@" + each.getKey().toUpperCase(Locale.ROOT) + "@",
                    each.getValue().toString());
        }
        return Files.writeString(directory.resolve(template), text).toString();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
