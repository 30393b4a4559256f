package io.culprit.cli;

import io.culprit.config.ConfigException;
import io.culprit.process.Running;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code culprit train}: starts a gateway as {@code culprit run} does, sends it a few requests and ends. The launcher runs
 * it once under {@code -XX:ArchiveClassesAtExit}, so that the classes which a start needs are in the class-data archive.
 */
@Command(name = "train", hidden = true, description = "Load what a start needs, for the class-data archive.")
final class TrainCommand implements Callable<Integer> {
    /** Since then the cache holds what the interpreter has seen of methods (JEP 515), and a start compiles them at once. */
    private static final int KEEPS_PROFILES = 25;

    private static final int CLIENTS = 8;
    private static final long LOAD_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @Override
    public Integer call() throws IOException, ConfigException, InterruptedException {
        Path directory = Files.createTempDirectory("t");
        try (ServerSocket upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> serve(upstream), "train-upstream");
            thread.setDaemon(true);
            thread.start();
            Path file =
                    Files.writeString(directory.resolve("c.yaml"), """
                    listen: [ { address: "127.0.0.1:0" } ]
                    admin: { address: "127.0.0.1:0" }
                    access_log: { path: /dev/null }
                    error_log: { path: /dev/null }
                    journal: { url: "jdbc:h2:%s/journal" }
                    upstreams:
                      app: { servers: [ "127.0.0.1:%d" ] }
                      none: { servers: [ "127.0.0.1:1" ] }
                    routes:
                      - { match: { path: / }, upstream: app }
                      - { match: { path: /none }, upstream: none }
                    """.formatted(directory, upstream.getLocalPort()));
            try (Running running = RunCommand.begin(file)) {
                ask(running.url(), "/");
                ask(running.url(), "/none");
                ask(running.dashboard().orElseThrow(), "/");
                Thread.sleep(600); // journal and watch have had their turn
                if (Runtime.version().feature() >= KEEPS_PROFILES) {
                    load(running.url());
                }
            }
            tools(directory);
        } finally {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
        }
        return 0;
    }

    /** The tools end within a second or two, of which loading classes is a large part. */
    private static void tools(Path directory) throws IOException {
        Path log = Files.writeString(
                directory.resolve("error.log"),
                "2026/11/26 22:42:45 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client:"
                        + " 198.51.100.1, server: s, request: \"GET / HTTP/1.1\", upstream: \"http://192.0.2.1:80/\", host: \"a\"\n");
        Main.commandLine().execute("triage", log.toString());
        Main.commandLine().execute("explain", "502");
    }

    /** What a busy gateway does, for a while: the same few requests over kept connections. */
    private static void load(String url) throws InterruptedException {
        long end = System.nanoTime() + LOAD_NANOS;
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> askUntil(end, url), "train-client");
            client.start();
            clients.add(client);
        }
        for (Thread each : clients) {
            each.join();
        }
    }

    private static void askUntil(long end, String url) {
        byte[] request = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] answer = new byte[8192];
        try (Socket socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            while (System.nanoTime() < end) {
                socket.getOutputStream().write(request);
                if (in.read(answer) < 0) {
                    return;
                }
            }
        } catch (IOException e) {
            System.err.println("culprit: training goes on with a client less: " + e.getMessage());
        }
    }

    private static void serve(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread thread = new Thread(() -> answer(client), "train-server");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return; // the listener was closed: the training is over
            }
        }
    }

    private static void answer(Socket client) {
        byte[] request = new byte[8192];
        byte[] answer = ANSWER.getBytes(StandardCharsets.US_ASCII);
        try (client) {
            client.setTcpNoDelay(true);
            while (client.getInputStream().read(request) > 0) {
                client.getOutputStream().write(answer);
            }
        } catch (IOException e) {
            return; // the gateway closed its connection
        }
    }

    private static void ask(String url, String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
            String head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }
}
