package io.culprit.proof.harness;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A real program nobody here wrote, run from a template in {@code conf/oracle}. */
public final class Oracle implements AutoCloseable {
    private static final int PORTS = 5_000;
    private static final int FIRST_PORT = 10_000 + PORTS * (Integer.getInteger("test.fork", 1) % 4);
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(new Random().nextInt(PORTS));

    private final Process process;
    private final int port;
    private final Path directory;

    private Oracle(Process process, int port, Path directory) {
        this.process = process;
        this.port = port;
        this.directory = directory;
    }

    /** Path of a program; without it the test is skipped, or fails where {@code CULPRIT_ORACLES=required}. */
    public static String program(String name, String debianPackage) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            Path candidate = Path.of(directory, name);
            if (Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        String how = name + " is missing; apt-get install " + debianPackage;
        if ("required".equals(System.getenv("CULPRIT_ORACLES"))) {
            fail(how);
        }
        return abort(how);
    }

    /**
     * One that nobody listens to and nobody else is told of soon: not one of those that the kernel gives away by itself, nor one
     * of another JVM's that runs tests at the same time.
     */
    public static int freePort() throws IOException {
        for (int tried = 0; tried < PORTS; tried++) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (ServerSocket probe = new ServerSocket(port)) {
                return probe.getLocalPort();
            } catch (BindException e) {
                // somebody has it
            }
        }
        throw new BindException("none is free from " + FIRST_PORT + " to " + (FIRST_PORT + PORTS - 1));
    }

    /** Starts the program of this name with its template filled in. */
    public static Oracle start(String name, Map<String, Integer> ports) throws IOException {
        Path directory = Files.createTempDirectory("o");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        int port = freePort();
        String template = switch (name) {
            case "nginx", "nginx-static", "nginx-fastcgi" -> name + ".conf";
            case "haproxy" -> "haproxy.cfg";
            case "apache" -> "apache.conf";
            default -> throw new IllegalArgumentException(name);
        };
        String text = Files.readString(Path.of("../conf/oracle", template))
                .replace("@DIR@", directory.toString())
                .replace("@PORT@", Integer.toString(port));
        for (Map.Entry<String, Integer> each : ports.entrySet()) {
            text = text.replace("@" + each.getKey() + "@", Integer.toString(each.getValue()));
        }
        Path file = Files.writeString(directory.resolve(template), text);
        List<String> command = switch (name) {
            case "nginx", "nginx-static", "nginx-fastcgi" ->
                List.of(program("nginx", "nginx"), "-c", file.toString(), "-p", directory.toString());
            case "haproxy" -> List.of(program("haproxy", "haproxy"), "-f", file.toString(), "-db");
            default -> List.of(program("apache2", "apache2"), "-f", file.toString(), "-DFOREGROUND");
        };
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        Oracle oracle = new Oracle(process, port, directory);
        TestGateway.await(name + " listens", () -> {
            if (!process.isAlive()) {
                throw new AssertionError(name + " ended: " + output(directory).orElse(""));
            }
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress("127.0.0.1", port), 100);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return oracle;
    }

    private static Optional<String> output(Path directory) {
        try {
            return Optional.of(Files.readString(directory.resolve("output")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public int port() {
        return port;
    }

    /** Its working directory; the static nginx serves it. */
    public Path directory() {
        return directory;
    }

    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
