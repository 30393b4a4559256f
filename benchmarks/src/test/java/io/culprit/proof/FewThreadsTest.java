package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.ClassPath;
import io.culprit.proof.harness.Curl;
import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user who may have no thread more: what requests need runs since the start, and a start that lacks some says so. */
@Timeout(120)
class FewThreadsTest {
    private static final String USER = "54321";

    @TempDir
    Path directory;

    private final int port = Oracle.freePort();
    private final int tls = Oracle.freePort();
    private final int admin = Oracle.freePort();
    private Path config;
    private String classPath;

    FewThreadsTest() throws IOException {}

    /** The limit is for all processes of a user, so that the process gets one for itself. */
    @BeforeEach
    void prepare() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.err.println("skipped: only root can start a process as a user of its own");
        }
        assumeTrue(root);
        new Certs(directory).selfSigned("site", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        config = Files.writeString(directory.resolve("c.yaml"), """
                listen:
                  - { address: "127.0.0.1:%d" }
                  - { address: "127.0.0.1:%d", tls: { certificate: %s, key: %s } }
                admin: { address: "127.0.0.1:%d" }
                access_log: { format: off }
                error_log: { path: /dev/null }
                journal: { url: off }
                temp_directory: /tmp
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes: [ { upstream: app } ]
                """.formatted(
                        port, tls, directory.resolve("site.crt"), directory.resolve("site.key"), admin));
        classPath = readable(ClassPath.asJars(directory));
        try (var all = Files.walk(directory)) {
            for (Path each : all.toList()) {
                Files.setPosixFilePermissions(
                        each, PosixFilePermissions.fromString(Files.isDirectory(each) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    /** Copies of what another user may not reach. */
    private String readable(String path) throws IOException {
        Path jars = Files.createDirectories(directory.resolve("jars"));
        List<String> copies = new ArrayList<>();
        for (String each : path.split(":")) {
            Path copy = jars.resolve(copies.size() + ".jar");
            if (Files.isRegularFile(Path.of(each))) {
                Files.copy(Path.of(each), copy);
                copies.add(copy.toString());
            }
        }
        return String.join(":", copies);
    }

    private Process start(String threads) throws IOException {
        return new ProcessBuilder(
                        "setpriv",
                        "--reuid=" + USER,
                        "--regid=" + USER,
                        "--clear-groups",
                        "bash",
                        "-c",
                        "ulimit -u " + threads + " && exec \"$@\"",
                        "bash",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:-UseDynamicNumberOfCompilerThreads", // as many in each process
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        classPath,
                        "io.culprit.cli.Main",
                        "run",
                        "-c",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
    }

    private String said() throws IOException {
        return Files.readString(directory.resolve("said"));
    }

    private static int threads(Process process) {
        String[] all = Path.of("/proc/" + process.pid() + "/task").toFile().list();
        return all == null ? 0 : all.length;
    }

    /** Not by a TERM, for which a JVM starts a thread: one that may have none more waits for the KILL. */
    private static void end(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Test
    void withNoThreadMoreThanAtItsStartItServes() throws Exception {
        Process first = start("500");
        int needed;
        try {
            TestGateway.await("it listens", 30_000, () -> GatewayProcess.listens(admin));
            needed = threads(first);
        } finally {
            end(first);
        }
        Process process = start(Integer.toString(needed));
        try {
            TestGateway.await("it listens with " + needed, 30_000, () -> GatewayProcess.listens(admin));
            for (int i = 0; i < 8; i++) {
                assertEquals(502, get(port, "/"), said());
                assertEquals(
                        "502",
                        new Curl(directory, "https://127.0.0.1:" + tls)
                                .with("-k", "-o", "/dev/null", "-w", "%{http_code}")
                                .text("/"),
                        said());
                assertEquals(200, get(admin, "/health"), said());
                assertEquals(200, get(admin, "/api/now"), said());
            }
            assertTrue(process.isAlive(), said());
            assertTrue(!said().contains("\tat "), said());
        } finally {
            end(process);
        }
    }

    @Test
    void aStartThatLacksThreadsSaysSo() throws Exception {
        Process process = start("18"); // those of the JVM, and hardly any for the gateway
        try {
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it runs on");
            assertTrue(process.exitValue() != 0, said());
            assertTrue(said().contains("the system gives no more threads: raise ulimit -u"), said());
            assertTrue(!said().contains("\tat "), said());
        } finally {
            end(process);
        }
    }

    private static int get(int port, String path) throws IOException {
        return RawResponse.exchange(
                        port,
                        ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII),
                        10_000)
                .status();
    }
}
