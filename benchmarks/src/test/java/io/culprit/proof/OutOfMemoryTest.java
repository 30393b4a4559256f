package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.read.ConfigLoader;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import io.culprit.server.Gateway;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that runs out on an IO thread ends the process, with a word of why, for a supervisor to start it again. */
class OutOfMemoryTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"heap", "direct"})
    void theProcessEndsWithStatus3(String which) throws Exception {
        int port = Oracle.freePort();
        Path said = directory.resolve("said");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hungry.class.getName(),
                        which,
                        Integer.toString(port))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            TestGateway.await("it listens", 20_000, () -> answers(port));
            try (Socket client = new Socket("127.0.0.1", port)) {
                client.getOutputStream()
                        .write("GET /up HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertTrue(process.waitFor(10, TimeUnit.SECONDS), "it runs on without memory");
            }
            assertEquals(3, process.exitValue());
            String text = Files.readString(said);
            assertTrue(text.contains("culprit: out of memory, ending with status 3"), text);
            assertTrue(!text.contains("\tat "), "one line, no stack trace: " + text);
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean answers(int port) {
        try (Socket client = new Socket("127.0.0.1", port)) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return client.getInputStream().read() == 'H';
        } catch (IOException e) {
            return false;
        }
    }

    /** A gateway whose way to its upstream takes more memory than there is. */
    static final class Hungry {
        private Hungry() {}

        public static void main(String[] args) throws Exception {
            Path config = Files.writeString(Path.of("c.yaml"), """
                    listen: [ { address: "127.0.0.1:%s" } ]
                    journal: { url: off }
                    access_log: { path: /dev/null }
                    upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                    routes:
                      - { match: { exact: / }, respond: { status: 200, body: ok } }
                      - { match: { path: /up }, upstream: app }
                    """.formatted(args[1]));
            Gateway.start(ConfigLoader.load(config, Map.of()), (loop, address, handler) -> {
                byte[][] all = new byte[1 << 20][];
                for (int i = 0; i < all.length; i++) {
                    all[i] = args[0].equals("heap")
                            ? new byte[1 << 20]
                            : new byte[] {ByteBuffer.allocateDirect(64 << 20).get(0)};
                }
                throw new IOException("there is more memory than expected: " + all.length);
            });
        }
    }
}
