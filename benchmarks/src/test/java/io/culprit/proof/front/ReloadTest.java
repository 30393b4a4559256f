package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.config.ConfigDiff;
import io.culprit.config.GatewayConfig;
import io.culprit.config.read.ConfigLoader;
import io.culprit.proof.harness.Http2Client;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another configuration while requests run: none is lost, and what did not change stays. */
class ReloadTest {
    /** Reloads under load; CI makes more. */
    @TempDir
    Path directory;

    private Origin origin;
    private Origin other;
    private int port;
    private TestGateway gateway;

    @BeforeEach
    void begin() throws Exception {
        origin = new Origin();
        other = new Origin();
        port = Oracle.freePort();
        gateway = TestGateway.start(yaml(origin, ""));
    }

    @AfterEach
    void end() {
        gateway.close();
        origin.close();
        other.close();
    }

    private String yaml(Origin to, String more) {
        return """
                listen: [ { address: "127.0.0.1:%d", http2: true } ]
                upstreams:
                  app: { servers: [ "127.0.0.1:%d" ] }
                routes:
                  - { match: { path: / }, upstream: app }
                %s
                """.formatted(port, to.port(), more);
    }

    private GatewayConfig config(String yaml) throws Exception {
        Path file = directory.resolve("c.yaml");
        Files.writeString(
                file,
                "error_log: { path: /dev/null }\nexpose: full\naccess_log: { format: off, path: /dev/null }\njournal: { url: off }\n"
                        + yaml);
        return ConfigLoader.load(file, Map.of());
    }

    private String get(String target) throws IOException {
        return RawResponse.exchange(port, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".formatted(target))
                .text();
    }

    @Test
    void whatChangedIsSaidAndInForce() throws Exception {
        int added = Oracle.freePort();
        assertTrue(get("/new").startsWith("HTTP/1.1 200 "));
        ConfigDiff diff = gateway.gateway()
                .reload(config(yaml(other, "  - { match: { exact: /new }, respond: { status: 418, body: tea } }")
                        .replace("http2: true } ]", "http2: true }, { address: \"127.0.0.1:" + added + "\" } ]")));
        assertEquals(
                List.of("upstream app changed", "route =/new added", "listener 127.0.0.1:" + added + " added"),
                diff.changed());
        assertTrue(get("/new").startsWith("HTTP/1.1 418 "));
        assertTrue(get("/head").startsWith("HTTP/1.1 200 "));
        assertEquals(
                200,
                RawResponse.exchange(added, "GET /head HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                        .status());
        gateway.gateway().reload(config(yaml(origin, "")));
        TestGateway.await("the listener is closed", () -> refused(added));
        assertTrue(get("/new").startsWith("HTTP/1.1 200 "));
    }

    /** Whom to believe and how much to read holds from the next request on, on connections that were there before. */
    @Test
    void keptConnectionsBelieveWhomTheNewFileTrusts() throws Exception {
        String route =
                "  - { match: { exact: /inside }, allow: [ 203.0.113.7 ], respond: { body: in } }\n" + "underscores";
        String trusting = yaml(origin, route.replace("underscores", "trusted_proxies: [ 127.0.0.1 ]"));
        gateway.gateway().reload(config(trusting));
        byte[] request = "GET /inside HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n"
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] fields = Http2Client.get("/inside", "x-forwarded-for", "203.0.113.7");
        try (Socket kept = new Socket("127.0.0.1", port);
                Http2Client streams = new Http2Client(port)) {
            kept.setSoTimeout(5_000);
            kept.getOutputStream().write(request);
            assertEquals(200, RawResponse.readOne(kept.getInputStream()).status());
            streams.frame(Http2Client.HEADERS, Http2Client.END_HEADERS | Http2Client.END_STREAM, 1, fields);
            assertEquals("200 END", streams.answer(1));

            gateway.gateway()
                    .reload(config(yaml(origin, route.replace("underscores", "limits: { underscores: refuse }"))));
            kept.getOutputStream().write(request);
            assertEquals(403, RawResponse.readOne(kept.getInputStream()).status());
            streams.frame(Http2Client.HEADERS, Http2Client.END_HEADERS | Http2Client.END_STREAM, 3, fields);
            assertEquals("403 END", streams.answer(3));
            streams.frame(
                    Http2Client.HEADERS,
                    Http2Client.END_HEADERS | Http2Client.END_STREAM,
                    5,
                    Http2Client.get("/head", "x_debug", "1"));
            assertEquals("400 END", streams.answer(5));

            String big = "x".repeat(2_000);
            gateway.gateway().reload(config(yaml(origin, "limits: { head: 64KiB }")));
            List<String> large = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                large.addAll(List.of("big-" + i, big));
            }
            byte[] block = Http2Client.get("/head", large.toArray(new String[0]));
            streams.frame(Http2Client.HEADERS, Http2Client.END_STREAM, 7, Arrays.copyOf(block, 16_000));
            streams.frame(Http2Client.CONTINUATION, 0, 7, Arrays.copyOfRange(block, 16_000, 32_000));
            streams.frame(
                    Http2Client.CONTINUATION,
                    Http2Client.END_HEADERS,
                    7,
                    Arrays.copyOfRange(block, 32_000, block.length));
            assertEquals("200 END", streams.answer(7), "what is raised is raised for the next request");

            gateway.gateway().reload(config(yaml(origin, "limits: { head: 1KiB }")));
            streams.frame(
                    Http2Client.HEADERS,
                    Http2Client.END_HEADERS | Http2Client.END_STREAM,
                    9,
                    Http2Client.get("/head", "big", big));
            assertEquals("400 END", streams.answer(9));
            kept.getOutputStream()
                    .write(("GET /head HTTP/1.1\r\nHost: a\r\nBig: " + big + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            assertEquals(
                    "client.head-too-big",
                    RawResponse.readOne(kept.getInputStream()).cause());
        }
    }

    private static boolean refused(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void anUpstreamThatDidNotChangeKeepsWhatItKnows() throws Exception {
        var before = gateway.gateway().upstreams().get("app");
        get("/head");
        gateway.gateway().reload(config(yaml(origin, "  - { match: { exact: /x }, respond: { body: x } }")));
        assertTrue(before == gateway.gateway().upstreams().get("app"));
    }

    @Test
    void anUpstreamThatChangedKeepsWhatItKnowsOfServersThatStay() throws Exception {
        int dead = Oracle.freePort();
        String before = yaml(origin, "").replace("servers: [", "servers: [ \"127.0.0.1:" + dead + "\",");
        gateway.gateway().reload(config(before));
        var old = gateway.gateway().upstreams().get("app");
        for (int i = 0; i < 4; i++) {
            assertTrue(get("/head").startsWith("HTTP/1.1 200 "));
        }
        assertEquals(
                1,
                old.peers().group().all().stream()
                        .filter(each -> each.ejection().isPresent())
                        .count());
        TestGateway.await("a connection is kept", () -> old.idleConnections() > 0);
        int kept = old.idleConnections();
        var admission = gateway.gateway().admissions().get("app");
        gateway.gateway().reload(config(before.replace(" ] }", " ], timeouts: { read: 7s } }")));
        var next = gateway.gateway().upstreams().get("app");
        assertTrue(next != old);
        assertEquals(7, next.config().timeouts().head().toSeconds());
        assertEquals(
                1,
                next.peers().group().all().stream()
                        .filter(each -> each.ejection().isPresent())
                        .count());
        TestGateway.await("the kept connections changed hands", () -> next.idleConnections() == kept);
        assertEquals(0, old.idleConnections());
        assertTrue(admission == gateway.gateway().admissions().get("app"));
        assertEquals(kept, next.budget().open());
        assertTrue(get("/head").startsWith("HTTP/1.1 200 "));
    }

    private GatewayConfig recorded(String file, String more, Origin to) throws Exception {
        Path yaml = Files.writeString(
                directory.resolve("r.yaml"),
                "journal: { url: off }\naccess_log: { path: \"%s\", format: combined }\nerror_log: { path: \"%s\" }\n%s"
                        .formatted(directory.resolve(file), directory.resolve("errors-" + file), yaml(to, more)));
        return ConfigLoader.load(yaml, Map.of());
    }

    @Test
    void logsGoOnInAnotherFileAndNoLineIsLost() throws Exception {
        gateway.gateway().reload(recorded("a.log", "", origin));
        assertTrue(get("/head?one").startsWith("HTTP/1.1 200 "));
        TestGateway.await("the line is there", () -> lines("a.log").size() == 1);
        ConfigDiff diff = gateway.gateway().reload(recorded("b.log", "", origin));
        assertEquals(
                List.of("access_log", "error_log"),
                diff.changed().stream().sorted().toList());
        assertEquals(List.of(), diff.atNextStart());
        assertTrue(get("/head?two").startsWith("HTTP/1.1 200 "));
        TestGateway.await("the line is there", () -> lines("b.log").size() == 1);
        assertEquals(1, lines("a.log").size());
        assertTrue(lines("a.log").get(0).contains("/head?one"));
        assertThrows(IOException.class, () -> gateway.gateway().reload(recorded("none/c.log", "", other)));
        assertTrue(get("/head?three").startsWith("HTTP/1.1 200 "));
        TestGateway.await("the old log stays in use", () -> lines("b.log").size() == 2);
        assertEquals(0, gateway.gateway().recorder().dropped());
    }

    /** How many clients there may be holds at once: fewer are let in, or those that wait are. */
    @Test
    void theNumberOfClientsAndTheirMemoryAreTaken() throws Exception {
        assertEquals(200, gateway.get("/head").status());
        ConfigDiff diff = gateway.gateway()
                .reload(config(yaml(origin, "limits: { connections: 3, memory: 1MiB, client_share: 10% }")));
        assertEquals(List.of("limits"), diff.changed());
        assertEquals(List.of(), diff.atNextStart());
        assertEquals(3, gateway.gateway().clientsHeld().most());
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Socket client = gateway.connect();
            client.getOutputStream().write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            idle.add(client);
        }
        TestGateway.await("all are in", () -> gateway.gateway().clientsHeld().connections() == 3);
        try (Socket fourth = gateway.connect()) {
            fourth.getOutputStream()
                    .write("GET /head HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            TestGateway.await("it waits", () -> gateway.gateway().clientsHeld().paused());
            gateway.gateway().reload(config(yaml(origin, "limits: { connections: 10 }")));
            assertEquals("200", RawResponse.readAll(fourth).verdict(false));
        }
        for (Socket each : idle) {
            each.close();
        }
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(directory.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    @Test
    void anUpstreamThatCameByAReloadIsWatchedAndOneThatWentIsNot() throws Exception {
        String added = "  - { match: { path: /dead }, upstream: dead }";
        String rules = "\nalerts: { webhooks: [ { url: \"http://127.0.0.1:1/\" } ], rules: [ { on: outage } ] }\n";
        String yaml = yaml(origin, added)
                        .replace("routes:", "  dead: { servers: [ \"127.0.0.1:" + Oracle.freePort() + "\" ] }\nroutes:")
                + rules;
        gateway.gateway().reload(config(yaml));
        for (int i = 0; i < 5; i++) {
            assertTrue(get("/dead").startsWith("HTTP/1.1 502 "));
        }
        var monitor = gateway.gateway().monitor();
        TestGateway.await(
                "its outage is seen",
                10_000,
                () -> monitor.watch().outages().open().containsKey("dead"));
        TestGateway.await("it is told", 10_000, () -> monitor.alerts().firing().size() == 1);
        gateway.gateway().reload(config(yaml(origin, "") + rules));
        assertTrue(monitor.watch().outages().open().isEmpty());
        assertTrue(monitor.alerts().firing().isEmpty());
    }

    @Test
    void whatDidNotChangeIsNotSaidToHaveChangedAndForgivesNobody() throws Exception {
        String yaml = yaml(origin, """
                  - { match: { path: /often }, upstream: app, rate: { requests: 1/h } }
                  - { match: { path: /closed }, upstream: app, deny: [ 0.0.0.0/0 ] }
                """);
        gateway.gateway().reload(config(yaml));
        assertTrue(get("/often").startsWith("HTTP/1.1 200 "));
        assertTrue(get("/often").startsWith("HTTP/1.1 429 "));
        ConfigDiff diff = gateway.gateway().reload(config(yaml));
        assertEquals(List.of(), diff.changed());
        assertTrue(get("/often").startsWith("HTTP/1.1 429 "));
        gateway.gateway().reload(config(yaml.replace("1/h", "2/h")));
        assertTrue(get("/often").startsWith("HTTP/1.1 200 "));
    }

    @Test
    void whileItComesToItsEndNothingIsReloaded() throws Exception {
        GatewayConfig next = config(yaml(other, ""));
        gateway.gateway().drain();
        org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class, () -> gateway.gateway().reload(next));
    }

    @Test
    void anAddressThatIsTakenChangesNothing() throws Exception {
        try (Origin taken = new Origin()) {
            IOException e = org.junit.jupiter.api.Assertions.assertThrows(
                    IOException.class,
                    () -> gateway.gateway()
                            .reload(config(yaml(other, "  - { match: { exact: /x }, respond: { status: 418 } }")
                                    .replace(
                                            "http2: true } ]",
                                            "http2: true }, { address: \"127.0.0.1:" + taken.port() + "\" } ]"))));
            assertTrue(e.getMessage().contains("already in use"), e.getMessage());
            assertTrue(get("/x").startsWith("HTTP/1.1 200 "));
        }
    }
}
