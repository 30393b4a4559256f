package io.culprit.server;

import io.culprit.config.ConfigException;
import io.culprit.config.read.ConfigLoader;
import io.culprit.failure.Outcome;
import io.culprit.loop.IoLoop;
import io.culprit.loop.OnLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/**
 * The whole engine with one IO thread before an upstream that does what the test says, over loopback sockets. What a request came
 * to is in {@link #outcomes}, its only one.
 */
public final class Engine implements AutoCloseable {
    /** An upstream's side of one connection. */
    public interface Peer {
        /**
         * @param number of the connection, from 1
         */
        void serve(Socket connection, int number) throws IOException, InterruptedException;
    }

    private final ServerSocket upstream;
    private final Gateway gateway;
    private final Path access;
    private final Queue<Throwable> troubles = new ConcurrentLinkedQueue<>();
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    private Engine(ServerSocket upstream, Gateway gateway, Path access) {
        this.upstream = upstream;
        this.gateway = gateway;
        this.access = access;
    }

    /**
     * Starts one.
     *
     * @param yaml with {@code %d} where the upstream's port stands, as often as it does; {@code listen}, logs and journal are added
     */
    public static Engine start(Path directory, String yaml, Peer peer) throws IOException, ConfigException {
        ServerSocket upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Path access = directory.resolve("access.log");
        Path file = Files.writeString(
                directory.resolve("engine.yaml"),
                """
                listen: [ { address: "127.0.0.1:0", http2: true } ]
                io_threads: 1
                access_log: { path: %s, format: json }
                error_log: { path: /dev/null }
                journal: { url: off }
                """.formatted(access) + yaml.replace("%d", Integer.toString(upstream.getLocalPort())));
        Engine engine = new Engine(upstream, Gateway.start(ConfigLoader.load(file, Map.of())), access);
        Thread thread = new Thread(() -> engine.accept(peer), "engine-upstream");
        thread.setDaemon(true);
        thread.start();
        return engine;
    }

    private void accept(Peer peer) {
        for (int number = 1; !upstream.isClosed(); number++) {
            try {
                Socket connection = upstream.accept();
                accepted.add(connection);
                int mine = number;
                Thread thread = new Thread(() -> serve(peer, connection, mine), "engine-peer");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return; // closed with the engine
            }
        }
    }

    private void serve(Peer peer, Socket connection, int number) {
        try (connection) {
            connection.setSoTimeout(10_000);
            peer.serve(connection, number);
        } catch (IOException e) {
            return; // the gateway has left, which tests look at on its side
        } catch (InterruptedException | RuntimeException | Error e) {
            troubles.add(e);
        }
    }

    public Gateway gateway() {
        return gateway;
    }

    /** Connections the upstream has accepted so far. */
    public int connections() {
        return accepted.size();
    }

    /** A client's connection. */
    public Socket connect() throws IOException {
        Socket client = new Socket(
                InetAddress.getLoopbackAddress(), gateway.addresses().get(0).getPort());
        client.setTcpNoDelay(true);
        client.setSoTimeout(10_000);
        return client;
    }

    /** Sends a request, which should ask for the connection's end, and returns all that comes. */
    public String ask(String request) throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(bytes(request));
            return rest(client);
        }
    }

    /** Everything until the end of the connection; {@code [reset]} where it was reset. */
    public static String rest(Socket socket) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (IOException e) {
            return all.toString(StandardCharsets.ISO_8859_1) + "[reset]";
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** A head, its empty line included; shorter at the end of the connection. */
    public static String head(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                break;
            }
            text.append((char) c);
        }
        return text.toString();
    }

    /** As many bytes as text. */
    public static String take(Socket socket, int n) throws IOException {
        return new String(socket.getInputStream().readNBytes(n), StandardCharsets.ISO_8859_1);
    }

    public static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Closes with a reset. */
    public static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Waits until so many requests have ended, and returns their lines of the access log. */
    public List<String> outcomes(int requests) {
        await(requests + " outcomes", () -> gateway.recorder().counters().requests() >= requests);
        await(requests + " lines", () -> lines().size() >= requests);
        return lines();
    }

    /** The one outcome. */
    public String outcome() {
        List<String> lines = outcomes(1);
        if (lines.size() != 1) {
            throw new AssertionError(lines);
        }
        return lines.get(0);
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(access);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Requests that ended so. */
    public long ended(Outcome.Ending ending) {
        return gateway.recorder().counters().ended(ending);
    }

    /** Buffers that its IO thread has lent and not got back. */
    public int lent() {
        IoLoop loop = gateway.loops().get(0);
        try {
            return OnLoop.call(loop, loop::lent);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for this, ten seconds at most. */
    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        upstream.close();
        for (Socket each : accepted) {
            each.close();
        }
        if (!troubles.isEmpty()) {
            throw new AssertionError("the upstream of the test failed", troubles.peek());
        }
    }
}
