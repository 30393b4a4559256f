package io.culprit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.read.ConfigLoader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fault of the gateway's own ends the request it strikes, with a name and one record, and nobody else's. */
class InternalErrorTest {
    @TempDir
    Path directory;

    private static String ask(Gateway gateway, String path) throws IOException {
        try (Socket client = new Socket(
                InetAddress.getLoopbackAddress(), gateway.addresses().get(0).getPort())) {
            client.setSoTimeout(10_000);
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Path config() throws IOException {
        return Files.writeString(directory.resolve("c.yaml"), """
                listen: [ { address: "127.0.0.1:0" } ]
                io_threads: 1
                access_log: { path: %s/access.log, format: json }
                error_log: { path: %s/error.log }
                journal: { url: off }
                upstreams: { app: { servers: [ "127.0.0.1:1" ] } }
                routes:
                  - { match: { exact: /ok }, respond: { status: 200, body: ok } }
                  - { match: { path: / }, upstream: app }
                """.formatted(directory, directory));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "error", "assertion"})
    void whatIsThrownOnTheWayIsOneRecordedOutcome(String kind) throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (Gateway gateway = Gateway.start(ConfigLoader.load(config(), Map.of()), (loop, address, handler) -> {
            switch (kind) {
                case "exception" -> throw new IllegalStateException("broken on purpose");
                case "error" -> throw new StackOverflowError();
                default -> throw new AssertionError("broken on purpose");
            }
        })) {
            String answer = ask(gateway, "/broken");
            assertTrue(answer.startsWith("HTTP/1.1 500 "), answer);
            assertTrue(answer.contains("gateway.internal"), answer);
            assertTrue(ask(gateway, "/ok").startsWith("HTTP/1.1 200 "), "the thread goes on");
            Engine.await("both have their line", () -> lines().size() == 2);
            assertEquals(
                    1,
                    lines().stream()
                            .filter(line -> line.contains("gateway.internal"))
                            .count());
        } finally {
            System.setErr(before);
        }
        String text = said.toString(StandardCharsets.UTF_8);
        assertTrue(!text.contains("\tat "), "no stack trace: " + text);
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(directory.resolve("access.log"));
        } catch (IOException e) {
            return List.of();
        }
    }
}
