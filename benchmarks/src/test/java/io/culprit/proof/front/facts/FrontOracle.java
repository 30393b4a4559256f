package io.culprit.proof.front.facts;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

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
            "early", // data in the first flight is taken, where the program can
            "proxy-tls",
            "send-v1", // HAProxy's alone: a preamble towards the upstream
            "send-v2",
            "send-v2-cn");

    private final Process process;
    private final Path directory;
    private final Map<String, Integer> ports;

    private FrontOracle(Process process, Path directory, Map<String, Integer> ports) {
        this.process = process;
        this.directory = directory;
        this.ports = ports;
    }

    /** All that it has logged, requests and errors, by file. */
    List<String> logs() throws IOException {
        List<String> all = new ArrayList<>();
        for (String each : List.of("output", "error.log", "access.log")) {
            Path file = directory.resolve(each);
            all.add(Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "");
        }
        return all;
    }

    Map<String, Integer> ports() {
        return ports;
    }

    static FrontOracle start(String name, int upstream, Path certs) throws IOException {
        return start(name, upstream, certs, Map.of());
    }

    /** @param rows ports of servers that speak TLS, each for the path of its name */
    static FrontOracle start(String name, int upstream, Path certs, Map<String, Integer> rows) throws IOException {
        Path directory = Files.createTempDirectory("f");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Map<String, Integer> ports = freePorts();
        List<String> command = switch (name) {
            case "nginx" -> {
                fill("front-nginx-locations.conf", directory, ports, upstream, certs, rows);
                yield List.of(
                        Oracle.program("nginx", "nginx"),
                        "-c",
                        fill("front-nginx.conf", directory, ports, upstream, certs, rows),
                        "-p",
                        directory.toString());
            }
            case "haproxy" ->
                List.of(
                        Oracle.program("haproxy", "haproxy"),
                        "-f",
                        fill("front-haproxy.cfg", directory, ports, upstream, certs, rows),
                        "-db");
            default ->
                List.of(
                        Oracle.program("apache2", "apache2"),
                        "-f",
                        fill("front-apache.conf", directory, ports, upstream, certs, rows),
                        "-DFOREGROUND");
        };
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        FrontOracle oracle = new FrontOracle(process, directory, ports);
        try {
            for (Map.Entry<String, Integer> each : ports.entrySet()) {
                if (name.equals("haproxy") || !each.getKey().startsWith("send-")) {
                    TestGateway.await(name + " listens", () -> listens(process, each.getValue()));
                }
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
    private static String fill(
            String template,
            Path directory,
            Map<String, Integer> ports,
            int upstream,
            Path certs,
            Map<String, Integer> rows)
            throws IOException {
        String text = Files.readString(Path.of("../conf/oracle", template))
                .lines()
                .map(line -> forEach(line, rows))
                .collect(Collectors.joining("\n", "", "\n"))
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

    /** A line with {@code @ROW@} once for each row; {@code \n} in it begins a new one. */
    private static String forEach(String line, Map<String, Integer> rows) {
        return !line.contains("@ROW@")
                ? line
                : rows.entrySet().stream()
                        .map(each -> line.replace("\\n", "\n")
                                .replace("@ROW@", each.getKey())
                                .replace("@ROW-PORT@", each.getValue().toString()))
                        .collect(Collectors.joining("\n"));
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
