package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.bench.peers.load.EchoServer;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.TestGateway;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reloads and the drain while everything runs: 500 requests a second, slow requests, uploads and downloads in both protocols, in the clear and over TLS,
 * and tunnels. {@code CULPRIT_RELOADS} sets how many (default 40; CI takes 200).
 */
class ReloadUnderLoadTest {
    private static final int RELOADS = Integer.parseInt(System.getenv().getOrDefault("CULPRIT_RELOADS", "40"));
    private static final int TUNNELS = 4;

    /** Requests that begin each second, whatever becomes of those before them. */
    private static final int PACE = 500;

    @TempDir
    Path directory;

    private final AtomicBoolean going = new AtomicBoolean(true);
    private final AtomicInteger good = new AtomicInteger();
    private final AtomicInteger echoes = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final List<String> bad = Collections.synchronizedList(new ArrayList<>());
    private final List<CompletableFuture<Void>> load = new ArrayList<>();
    private Origin one;
    private Origin two;
    private int echo;
    private int port;
    private int tls;
    private Certs certs;
    private TestGateway gateway;

    @BeforeEach
    void begin() throws Exception {
        certs = new Certs(directory);
        certs.selfSigned("a", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        one = new Origin();
        two = new Origin();
        echo = Oracle.freePort();
        Thread server = new Thread(
                () -> {
                    try {
                        EchoServer.main(new String[] {Integer.toString(echo)});
                    } catch (IOException e) {
                        bad.add("the echo ended: " + e);
                    }
                },
                "echo");
        server.setDaemon(true);
        server.start();
        port = Oracle.freePort();
        tls = Oracle.freePort();
        gateway = TestGateway.start(yaml(one, 0));
    }

    @AfterEach
    void end() {
        going.set(false);
        gateway.close();
        one.close();
        two.close();
    }

    /** Another server, another route and other limits each time; the tunnels' route stays. */
    private String yaml(Origin origin, int number) {
        return """
                listen:
                  - { address: "127.0.0.1:%d", http2: true }
                  - { address: "127.0.0.1:%d", tls: { certificate: %s, key: %s } }
                drain: { idle: 200ms, timeout: 4s }
                limits: { headers: %d }
                upstreams:
                  app: { servers: [ "127.0.0.1:%d" ], timeouts: { read: %ds } }
                  echo: { servers: [ "127.0.0.1:%d" ] }
                routes:
                  - { upstream: app }
                  - { match: { exact: /echo }, upstream: echo }
                  - { match: { path: /r%d }, respond: { status: 204 } }
                """.formatted(
                        port,
                        tls,
                        certs.file("a.crt"),
                        certs.file("a.key"),
                        100 + number % 50,
                        origin.port(),
                        20 + number % 7,
                        echo,
                        number);
    }

    private GatewayConfig config(String yaml) throws Exception {
        return ConfigLoader.load(Files.writeString(directory.resolve("next.yaml"), """
                        error_log: { path: /dev/null }
                        access_log: { format: off, path: /dev/null }
                        journal: { url: off }
                        expose: full
                        """ + yaml), Map.of());
    }

    @Test
    void nothingIsLostByReloadsNorByTheDrain() throws Exception {
        SSLContext trusting = certs.trusting("a");
        for (Version version : Version.values()) {
            requests(
                    "http://127.0.0.1:" + port,
                    HttpClient.newBuilder().version(version).build());
            requests(
                    "https://127.0.0.1:" + tls,
                    HttpClient.newBuilder()
                            .version(version)
                            .sslContext(trusting)
                            .build());
        }
        for (int i = 0; i < TUNNELS; i++) {
            load.add(CompletableFuture.runAsync(this::tunnel));
        }
        ScheduledExecutorService pacer = Executors.newSingleThreadScheduledExecutor();
        HttpClient paced = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
        pacer.scheduleAtFixedRate(() -> begin(paced), 0, 1_000_000 / PACE, TimeUnit.MICROSECONDS);
        long started = System.nanoTime();
        for (int i = 1; i <= RELOADS; i++) {
            gateway.gateway().reload(config(yaml(i % 2 == 0 ? one : two, i)));
            Thread.sleep(20);
        }
        long due = (System.nanoTime() - started) * PACE / 1_000_000_000L;
        TestGateway.await("the pace was kept", () -> begun.get() >= due);
        pacer.shutdown();
        assertTrue(pacer.awaitTermination(10, TimeUnit.SECONDS));
        TestGateway.await("all that were begun have ended", 30_000, () -> ended.get() == begun.get());
        assertTrue(gateway.get("/r" + RELOADS).status() == 204, "the last one is in force");
        int echoed = echoes.get();
        TestGateway.await("the tunnels live", () -> echoes.get() > echoed + 10 * TUNNELS);
        going.set(false);
        load.forEach(CompletableFuture::join);
        assertEquals(List.of(), bad);
        assertTrue(good.get() > RELOADS, good + " requests");
        drain();
    }

    private void begin(HttpClient client) {
        begun.incrementAndGet();
        client.sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/bytes/100"))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray())
                .whenComplete((response, trouble) -> {
                    if (trouble != null || response.statusCode() != 200) {
                        bad.add("paced: " + (trouble == null ? "" + response.statusCode() : trouble));
                    }
                    ended.incrementAndGet();
                });
    }

    private void requests(String base, HttpClient client) {
        for (String path : List.of("/slow", "/echo-not", "/bytes/70000")) {
            load.add(CompletableFuture.runAsync(() -> {
                while (going.get()) {
                    try {
                        HttpResponse<byte[]> response = client.send(
                                HttpRequest.newBuilder(URI.create(base + path))
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(Origin.pattern(20_000)))
                                        .build(),
                                HttpResponse.BodyHandlers.ofByteArray());
                        if (response.statusCode() == 200) {
                            good.incrementAndGet();
                        } else {
                            bad.add(path + " " + response.statusCode() + " " + new String(response.body()));
                        }
                    } catch (IOException | InterruptedException e) {
                        bad.add(client.version() + " " + base + path + " " + e);
                    }
                }
            }));
        }
    }

    private Socket upgraded() throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("GET /echo HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                throw new IOException("no tunnel: " + head);
            }
            head.append((char) c);
        }
        return socket;
    }

    private void tunnel() {
        try (Socket socket = upgraded()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] message = Origin.pattern(500);
            byte[] back = new byte[message.length];
            while (going.get()) {
                socket.getOutputStream().write(message);
                in.readFully(back);
                if (!java.util.Arrays.equals(message, back)) {
                    bad.add("a tunnel brought other bytes");
                }
                echoes.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(2);
            }
        } catch (IOException | InterruptedException e) {
            bad.add("tunnel: " + e);
        }
    }

    /** A slow request and an upload end as they should, a tunnel at the drain's end. */
    private void drain() throws Exception {
        try (Socket slow = new Socket("127.0.0.1", port);
                Socket upload = new Socket("127.0.0.1", port);
                Socket tunnel = upgraded()) {
            slow.getOutputStream().write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            upload.getOutputStream()
                    .write("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf!"
                            .getBytes(StandardCharsets.US_ASCII));
            TestGateway.await(
                    "they run",
                    () -> gateway.gateway().upstreams().get("app").budget().open() > 0);
            CompletableFuture<Integer> cut = CompletableFuture.supplyAsync(() -> {
                try {
                    return gateway.gateway().drain();
                } catch (InterruptedException e) {
                    return -1;
                }
            });
            TimeUnit.MILLISECONDS.sleep(500); // the drain is under way
            upload.getOutputStream().write("whole".getBytes(StandardCharsets.US_ASCII));
            for (Socket each : List.of(slow, upload)) {
                String told = new String(each.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertTrue(told.startsWith("HTTP/1.1 200 "), told);
                assertTrue(told.contains("\r\nConnection: close\r\n"), told);
            }
            assertEquals(1, cut.get(20, TimeUnit.SECONDS), "the tunnel is what was cut");
            gateway.close();
            assertEquals(-1, tunnel.getInputStream().read());
        }
    }
}
