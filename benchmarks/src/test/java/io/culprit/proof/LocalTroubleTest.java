package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trouble of the machine rather than of the upstream, and the errors of unix sockets. */
class LocalTroubleTest {
    @TempDir
    Path directory;

    private TestGateway beforeSocket(Path socket) throws IOException {
        return TestGateway.start("""
                upstreams: { app: { servers: [ "unix:%s" ] } }
                routes: [ { upstream: app } ]
                """.formatted(socket));
    }

    @Test
    void aMissingSocketIsNamed() throws IOException {
        try (TestGateway gateway = beforeSocket(directory.resolve("none"))) {
            assertEquals("connect.socket-missing", gateway.get("/").cause());
            assertEquals("ENOENT", gateway.failureOf("/").failure().errno());
        }
    }

    @Test
    void aStaleSocketIsRefused() throws IOException {
        Path path = directory.resolve("stale");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
        }
        try (TestGateway gateway = beforeSocket(path)) {
            assertEquals("connect.refused", gateway.get("/").cause());
        }
    }

    @Test
    void aFullBacklogIsNamed() throws IOException {
        Path path = directory.resolve("full");
        List<SocketChannel> fillers = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path), 1);
            for (int i = 0; i < 2; i++) {
                fillers.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
            }
            try (TestGateway gateway = beforeSocket(path)) {
                RawResponse response = gateway.get("/");
                assertEquals("connect.backlog-full", response.cause(), response.text());
                assertEquals("EAGAIN", gateway.failureOf("/").failure().errno());
            }
        } finally {
            for (SocketChannel each : fillers) {
                each.close();
            }
        }
    }

    @Test
    void aUnixSocketServesAsTcpDoes() throws Exception {
        Path path = directory.resolve("ok");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            Thread thread = new Thread(() -> {
                try (SocketChannel peer = server.accept()) {
                    peer.read(java.nio.ByteBuffer.allocate(4096));
                    peer.write(
                            java.nio.ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes()));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            try (TestGateway gateway = beforeSocket(path)) {
                assertEquals("hello", gateway.get("/").body());
            }
            thread.join();
        }
    }

    @Test
    void aVanishedTemporaryDirectoryFailsOneRequestAndNotTheGateway() throws IOException {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
                TestGateway gateway = TestGateway.before(sim.port(), "", "temp_directory: " + temporary)) {
            Files.delete(temporary);
            RawResponse response =
                    gateway.send("POST /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n"
                            + "x".repeat(200_000));
            assertEquals("gateway.temp-disk-full", response.cause(), response.text());
            assertEquals(500, response.status());
            assertEquals(200, gateway.get("/").status());
        }
    }

    /** In a process of its own with few file descriptors: the gateway says so and serves on when some are free. */
    @Test
    void runningOutOfFileDescriptorsIsNamedAndPasses() throws Exception {
        int port = Oracle.freePort();
        try (HttpUpstream sim = HttpUpstream.start("127.0.0.1", 0, new Rules())) {
            Path config = Files.writeString(directory.resolve("c.yaml"), """
                    listen: [ { address: "127.0.0.1:%d" } ]
                    io_threads: 1
                    access_log: { format: off }
                    error_log: { path: /dev/null }
                    journal: { url: off }
                    upstreams: { app: { servers: [ "127.0.0.1:%d" ], keepalive: { connections: 0 } } }
                    routes: [ { upstream: app } ]
                    """.formatted(port, sim.port()));
            Process gateway = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.culprit.cli.Main",
                            "run",
                            "-c",
                            config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            List<Socket> clients = new ArrayList<>();
            try {
                TestGateway.await("the gateway listens", 20_000, () -> answers(port));
                // What a JVM holds open differs between its versions: the limit is set when all of that is open.
                int files = highest(gateway) + 8;
                limit(gateway, files);
                for (int i = 0; i < 20; i++) {
                    Socket client = new Socket("127.0.0.1", port);
                    clients.add(client);
                    client.getOutputStream().write("GET /?fault=stall HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                }
                // Each running request takes two. One more lets a client in whom no upstream is left for.
                String cause = answered(clients, 1_000);
                if (cause.isEmpty()) {
                    limit(gateway, files + 1);
                    cause = answered(clients, 10_000);
                }
                assertEquals("gateway.fd-limit", cause, Files.readString(directory.resolve("log")));
                for (Socket client : clients) {
                    client.close();
                }
                TestGateway.await("it serves again", 20_000, () -> answers(port));
            } finally {
                gateway.destroy();
                assertTrue(gateway.waitFor(10, TimeUnit.SECONDS));
            }
        }
    }

    /** Limits count from the number of a descriptor, not how many there are: those below it are taken first. */
    private static int highest(Process process) throws IOException {
        try (var open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return open.mapToInt(fd -> Integer.parseInt(fd.getFileName().toString()))
                    .max()
                    .orElseThrow();
        }
    }

    /** The cause of the first answer to any of them, empty when there is none in that time. */
    private static String answered(List<Socket> clients, long millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            for (Socket client : clients) {
                int n = client.getInputStream().available();
                if (n > 0) {
                    return new RawResponse(client.getInputStream().readNBytes(n), RawResponse.End.OPEN).cause();
                }
            }
            LockSupport.parkNanos(5_000_000);
        }
        return "";
    }

    private static void limit(Process process, int files) throws IOException, InterruptedException {
        Process set = new ProcessBuilder("prlimit", "--pid=" + process.pid(), "--nofile=" + files + ":" + files)
                .inheritIO()
                .start();
        assertEquals(0, set.waitFor());
    }

    private static boolean answers(int port) {
        try {
            return RawResponse.exchange(
                                    port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(), 1_000)
                            .status()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
