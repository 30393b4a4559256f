package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.Http2Client;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway in a process of its own does when it is told something: HUP, TERM, a second TERM, a file that changes. */
class SignalsTest {
    @TempDir
    Path directory;

    private Origin origin;
    private int port;

    @BeforeEach
    void begin() throws Exception {
        origin = new Origin();
        port = Oracle.freePort();
    }

    @AfterEach
    void end() {
        origin.close();
    }

    private String yaml(String more) {
        return """
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes:
                  - { match: { exact: /mark }, respond: { status: 200, body: one } }
                  - { upstream: app }
                access_log: { format: "off" }
                journal: { url: "off" }
                %s
                """.formatted(origin.port(), more);
    }

    private String mark() {
        try {
            return RawResponse.exchange(port, "GET /mark HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .body();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void rewrite(String from, String to) throws IOException {
        Path file = directory.resolve("c.yaml");
        Files.writeString(file, Files.readString(file).replace(from, to));
    }

    @Test
    void hangUpTakesTheFileAnewAndABadOneChangesNothing() throws Exception {
        int admin = Oracle.freePort();
        try (GatewayProcess gateway = GatewayProcess.start(
                directory, port, yaml("admin: { address: \"127.0.0.1:" + admin + "\", token: tok }"))) {
            assertEquals("one", mark());
            rewrite("body: one", "body: two");
            gateway.signal("HUP");
            TestGateway.await("it is in force", () -> mark().equals("two"));

            rewrite("upstream: app", "upstream: nobody");
            gateway.signal("HUP");
            TestGateway.await("the problem is told", () -> gateway.errors().contains("nobody"));
            assertEquals("two", mark());
            RawResponse refused = RawResponse.exchange(
                    admin,
                    "POST /api/reload HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer tok\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assertTrue(refused.text().contains("nobody"), refused.text());
            TestGateway.await(
                    "the dashboard knows", () -> api(admin, "/api/events").contains("config.refused"));

            rewrite("upstream: nobody", "upstream: app");
            rewrite("body: two", "body: three");
            Process command = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.culprit.cli.Main",
                            "reload",
                            "-c",
                            directory.resolve("c.yaml").toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, command.waitFor(), said);
            assertTrue(said.contains("route"), said);
            assertEquals("three", mark());
        }
    }

    /** As under nohup: the JVM leaves it ignored, so that whoever sends it is told what to do instead. */
    @Test
    void aHangUpThatIsIgnoredIsSaid() throws Exception {
        Files.writeString(
                directory.resolve("c.yaml"), "listen: [ { address: \"127.0.0.1:" + port + "\" } ]\n" + yaml(""));
        Process process = new ProcessBuilder(
                        "env",
                        "--ignore-signal=HUP",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.culprit.cli.Main",
                        "run",
                        "-c",
                        directory.resolve("c.yaml").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile())
                .start();
        try {
            TestGateway.await("it is up", 30_000, () -> mark().equals("one"));
            TestGateway.await("it says so", () -> said().contains("SIGHUP is ignored by what started this"));
        } finally {
            process.destroy();
            process.waitFor(20, TimeUnit.SECONDS);
        }
    }

    private String said() {
        try {
            return Files.readString(directory.resolve("out"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String api(int admin, String path) {
        try {
            return RawResponse.exchange(
                            admin,
                            "GET " + path
                                    + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer tok\r\nConnection: close\r\n\r\n")
                    .text();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aWatchedFileIsTakenWhenItsTextChanges() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(directory, port, yaml(""), "--watch=1")) {
            assertEquals("one", mark());
            rewrite("body: one", "body: two");
            TestGateway.await("it is in force", 10_000, () -> mark().equals("two"));
            rewrite("upstream: app", "upstream: nobody");
            TestGateway.await(
                    "the problem is told", 10_000, () -> gateway.errors().contains("nobody"));
            assertEquals("two", mark());
        }
    }

    /** HTTP/1.1 in the clear and over TLS and HTTP/2 at full speed; who was let in is answered, and the process ends by itself with 0. */
    @Test
    void nothingThatWasLetInIsCutByATerm() throws Exception {
        Certs certs = new Certs(directory);
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        int tls = Oracle.freePort();
        Path config = directory.resolve("c.yaml");
        Path log = directory.resolve("access.log");
        GatewayProcess gateway = GatewayProcess.start(
                directory,
                port,
                yaml("drain: { idle: 500ms, timeout: 20s }")
                        .replace("format: \"off\"", "path: " + log + ", format: json"));
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceFirst(
                                "listen: .*",
                                "listen: [ { address: \"127.0.0.1:%d\", http2: true }, { address: \"127.0.0.1:%d\", tls: { certificate: %s, key: %s } } ]"
                                        .formatted(port, tls, certs.file("a.crt"), certs.file("a.key"))));
        TestGateway.await("it is up", () -> gateway.errors().contains("listening on"));
        gateway.signal("HUP");
        AtomicInteger good = new AtomicInteger();
        List<String> bad = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> clients = new CopyOnWriteArrayList<>();
        try (gateway) {
            TestGateway.await("TLS is listened to", () -> listens(tls));
            HttpClient.Builder client = HttpClient.newBuilder().version(Version.HTTP_1_1);
            clients.add(load("http://127.0.0.1:" + port, client.build(), good, bad));
            clients.add(load(
                    "https://127.0.0.1:" + tls,
                    client.sslContext(certs.trusting("a")).build(),
                    good,
                    bad));
            clients.add(CompletableFuture.runAsync(() -> streams(good, bad)));
            TestGateway.await("all run", 20_000, () -> good.get() > 100);
            gateway.signal("TERM");
            assertEquals(0, gateway.exit(), gateway.errors());
            for (CompletableFuture<Void> each : clients) {
                each.get(20, TimeUnit.SECONDS);
            }
            assertEquals(List.of(), bad, good + " were answered\n" + gateway.errors());
            List<String> lines = Files.readAllLines(log);
            assertEquals(good.get(), lines.size(), "each has its line");
            assertTrue(lines.stream().allMatch(line -> line.contains("\"status\":200")), "and each says so");
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks until the port is closed; whatever else goes wrong is bad. */
    private static CompletableFuture<Void> load(String base, HttpClient client, AtomicInteger good, List<String> bad) {
        return CompletableFuture.runAsync(() -> {
            int asked = 0;
            while (true) {
                try {
                    HttpRequest request = HttpRequest.newBuilder(
                                    URI.create(base + (asked++ % 20 == 0 ? "/slow" : "/echo")))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(Origin.pattern(3_000)))
                            .build();
                    int status = client.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode();
                    if (status == 200) {
                        good.incrementAndGet();
                    } else {
                        bad.add(base + " " + status);
                    }
                } catch (ConnectException e) {
                    return;
                } catch (IOException e) {
                    bad.add(client.version() + " " + base + " " + e);
                    return;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
    }

    /** One stream after the other (the JDK's client fails streams that a GOAWAY lets live, JDK-8335181). */
    private void streams(AtomicInteger good, List<String> bad) {
        while (listens(port)) {
            try (Http2Client client = new Http2Client(port)) {
                int last = Integer.MAX_VALUE;
                for (int id = 1; id <= last; id += 2) {
                    client.frame(
                            Http2Client.HEADERS,
                            Http2Client.END_HEADERS | Http2Client.END_STREAM,
                            id,
                            Http2Client.get(id % 40 == 1 ? "/slow" : "/head"));
                    Http2Client.Frame frame = client.next();
                    while (frame != null && !(frame.stream() == id && frame.endsStream())) {
                        if (frame.type() == Http2Client.GOAWAY) {
                            last = ByteBuffer.wrap(frame.payload()).getInt();
                            if (id > last) {
                                return;
                            }
                        }
                        frame = client.next();
                    }
                    if (frame == null) {
                        bad.add("HTTP/2 stream " + id + " had no end, the last was to be " + last);
                        return;
                    }
                    good.incrementAndGet();
                }
            } catch (ConnectException e) {
                return;
            } catch (IOException e) {
                bad.add("HTTP/2 " + e);
                return;
            }
        }
    }

    @Test
    void aSecondTermEndsAtOnceWithAnAnswerAndALineOfWhatWasCut() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                GatewayProcess gateway = GatewayProcess.start(
                        directory,
                        port,
                        yaml("drain: { timeout: 60s }")
                                .replace(Integer.toString(origin.port()), Integer.toString(silent.getLocalPort())));
                Socket client = new Socket("127.0.0.1", port)) {
            client.setSoTimeout(20_000);
            client.getOutputStream()
                    .write("GET /never HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            silent.accept().getInputStream().read(); // the request has come to its upstream, which never answers
            gateway.signal("TERM");
            TestGateway.await("it drains", () -> !listens(port));
            gateway.signal("TERM");
            assertEquals(0, gateway.exit(), gateway.errors());
            String told = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(told.startsWith("HTTP/1.1 503 "), told);
            assertTrue(gateway.errors().contains("one request or tunnel"), gateway.errors());
            assertFalse(gateway.errors().contains("Exception"), gateway.errors());
        }
    }
}
