package io.culprit.proof.harness;

import io.culprit.config.ConfigException;
import io.culprit.config.read.ConfigLoader;
import io.culprit.failure.Outcome;
import io.culprit.server.Gateway;
import io.culprit.upstream.Upstream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** A gateway in this process on a free port, from a configuration given as text. */
public final class TestGateway implements AutoCloseable {
    private static final Pattern JOURNAL = Pattern.compile("(?m)^journal:");
    private static final Pattern EXPOSE = Pattern.compile("(?m)^expose:");
    private static final Pattern LISTEN = Pattern.compile("(?m)^listen:");
    private static final Pattern ACCESS_LOG = Pattern.compile("(?m)^access_log:");

    private final Gateway gateway;

    private TestGateway(Gateway gateway) {
        this.gateway = gateway;
    }

    /** Starts one; {@code listen} and quiet logs are added, and no journal is kept unless the text says where. */
    public static TestGateway start(String yaml) throws IOException {
        return start(yaml, "off", "/dev/null");
    }

    public static TestGateway start(String yaml, String accessFormat, String accessPath) throws IOException {
        Path file = Files.createTempFile("culprit-test", ".yaml");
        try {
            Files.writeString(
                    file,
                    "error_log: { path: /dev/null }\n"
                            + (EXPOSE.matcher(yaml).find() ? "" : "expose: full\n")
                            + (LISTEN.matcher(yaml).find() ? "" : "listen: [ { address: \"127.0.0.1:0\" } ]\n")
                            + (ACCESS_LOG.matcher(yaml).find()
                                    ? ""
                                    : "access_log: { format: %s, path: %s }\n".formatted(accessFormat, accessPath))
                            + (JOURNAL.matcher(yaml).find() ? "" : "journal: { url: off }\n")
                            + yaml);
            return new TestGateway(Gateway.start(ConfigLoader.load(file, Map.of())));
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } finally {
            Files.delete(file);
        }
    }

    /** One route to one upstream with these settings. */
    public static TestGateway before(int port, String settings) throws IOException {
        return before(port, settings, "");
    }

    public static TestGateway before(int port, String settings, String top) throws IOException {
        return start("""
                %s
                upstreams:
                  app: { servers: [ "127.0.0.1:%d" ]%s }
                routes: [ { upstream: app } ]
                """.formatted(top, port, settings.isEmpty() ? "" : ", " + settings));
    }

    public Gateway gateway() {
        return gateway;
    }

    public int port() {
        return gateway.addresses().get(0).getPort();
    }

    /** Port of one of several listeners, from 0. */
    public int port(int listener) {
        return gateway.addresses().get(listener).getPort();
    }

    public Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port());
        socket.setSoTimeout(15_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Sends raw bytes on a fresh connection and reads all that comes back. */
    public RawResponse send(String raw) throws IOException {
        return RawResponse.exchange(port(), raw);
    }

    /** Asks for something slow of upstream {@code app}, leaves, and waits a second at most until the upstream is left too. */
    public void askAndLeave(String raw) throws IOException, InterruptedException {
        Upstream upstream = gateway().upstreams().get("app");
        try (Socket client = connect()) {
            client.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
            await("the upstream is asked", () -> upstream.budget().open() == 1);
            if (raw.contains("at=body") && client.getInputStream().read() < 0) {
                throw new IOException("the response never began");
            }
        }
        await("the upstream connection is closed", 1000, () -> upstream.budget().open() == 0);
    }

    public RawResponse get(String target) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    }

    /** The outcome of the latest request for this target that carries a failure; waits for it to be recorded. */
    public Outcome failureOf(String target) {
        await("a failure of " + target + " is recorded", () -> find(target).isPresent());
        return find(target).get();
    }

    /** The latest outcome that carries a failure, whatever was asked for; waits for one. */
    public static Outcome awaitFailure(TestGateway gateway) {
        await(
                "a failure is recorded",
                () -> !gateway.gateway.recorder().recentFailures().isEmpty());
        return gateway.gateway.recorder().recentFailures().get(0);
    }

    private Optional<Outcome> find(String target) {
        return gateway.recorder().recentFailures().stream()
                .filter(o -> o.target().equals(target))
                .findFirst();
    }

    public static void await(String what, BooleanSupplier condition) {
        await(what, 10_000, condition);
    }

    public static void await(String what, long millis, BooleanSupplier condition) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + millis + " ms: " + what);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Looks all the while, so that it cannot be true only before something has begun or after it has ended. */
    public static void holds(String what, long millis, BooleanSupplier condition) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError("no longer so: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        gateway.close();
    }
}
