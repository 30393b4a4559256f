package io.culprit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.GatewayProcess.Resources;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.proof.harness.UpstreamFixture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Floods that once took a gateway down, in their full size, against a process with the memory it has by default or less: it
 * serves a fresh client and its health while they last, and all of them afterwards.
 */
@Tag("alone")
@Timeout(120)
class FloodTest extends UpstreamFixture {
    private final List<SocketChannel> held = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void leave() throws IOException {
        for (SocketChannel each : held) {
            each.close();
        }
        held.clear();
    }

    /**
     * @param addresses the clients come from
     */
    @ParameterizedTest
    @CsvSource({
        "bodies of one client, 256m, 5000, 1",
        "bodies, 256m, 5000, 40",
        "heads of one client, 256m, 7000, 1",
        "heads, 256m, 7000, 40",
        "heads, 64m, 2000, 40",
        "slow readers, 64m, 2000, 40"
    })
    void anUnfinishedFloodTakesNothingDown(String what, String heap, int clients, int addresses) throws Exception {
        int admin = Oracle.freePort();
        Path access = directory.resolve("access.log");
        try (GatewayProcess gateway =
                GatewayProcess.start(new Resources(heap, 0), directory, Oracle.freePort(), config(admin, access, ""))) {
            TestGateway.await("the admin listener is there", () -> healthy(admin));
            byte[] sent =
                    what.startsWith("bodies") ? halfABody() : what.startsWith("heads") ? halfAHead() : aBigAnswer();
            for (int i = 0; i < clients; i++) {
                hold(gateway, "127.0.3." + (1 + i % addresses), sent);
                if (i % 1_000 == 999) {
                    assertEquals(200, health(admin, gateway), "after " + (i + 1) + " clients");
                }
            }
            assertEquals(200, fresh(gateway.port()), gateway.errors());
            assertEquals(200, ask(admin, "/health"));
            leave();
            for (int i = 0; i < 20; i++) {
                assertEquals(200, fresh(gateway.port()), gateway.errors());
            }
            TestGateway.await("what was begun is in the log", 20_000, () -> lines(access) > 20);
            assertTrue(!gateway.errors().contains("\tat "), gateway.errors());
            assertTrue(!gateway.errors().contains("OutOfMemoryError"), gateway.errors());
        }
    }

    @Test
    void idleClientsLeaveDescriptorsForTheirRequestsAndForNewClients() throws Exception {
        int admin = Oracle.freePort();
        Path access = directory.resolve("access.log");
        int port = Oracle.freePort();
        String noneKept = ", keepalive: { connections: 0 }";
        try (GatewayProcess gateway =
                GatewayProcess.start(new Resources("", 256), directory, port, config(admin, access, noneKept))) {
            List<Socket> idle = new ArrayList<>();
            try {
                for (int i = 0; i < 250; i++) {
                    idle.add(new Socket("127.0.0.1", port));
                }
                int served = 0;
                for (Socket each : idle) {
                    int status = answer(each, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                    assertTrue(status == 200 || status == 0, "answered, or closed before it asked: " + status);
                    served += status == 200 ? 1 : 0;
                }
                assertTrue(served >= 100, served + " of 250 clients were served");
                assertEquals(200, fresh(port), "a new client");
                assertEquals(200, ask(admin, "/health"));
            } finally {
                for (Socket each : idle) {
                    each.close();
                }
            }
            assertEquals(200, fresh(port));
            assertTrue(
                    !Files.readString(access).contains("gateway.fd-limit"),
                    "a request was not served for want of a file");
        }
    }

    private String config(int admin, Path access, String upstream) {
        return """
                admin: { address: "127.0.0.1:%d" }
                access_log: { path: %s, format: json }
                error_log: { path: /dev/null }
                journal: { url: off }
                drain: { timeout: 100ms }
                limits: { head_timeout: 100s, body_timeout: 100s, send_timeout: 100s }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ]%s } }
                routes: [ { upstream: app } ]
                """.formatted(admin, access, sim.port(), upstream);
    }

    private static byte[] halfABody() {
        return ("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "b".repeat(62_000))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] halfAHead() {
        return ("GET /head HTTP/1.1\r\nHost: x\r\n" + ("X-Filler: " + "a".repeat(3_000) + "\r\n").repeat(10))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] aBigAnswer() {
        return "GET /?size=1000000 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    /** One more client, which sends what its gateway takes of this without a wait, and then nothing. */
    private void hold(GatewayProcess gateway, String address, byte[] sent) throws IOException {
        SocketChannel client = SocketChannel.open();
        held.add(client);
        client.bind(new InetSocketAddress(address, 0));
        client.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
        client.configureBlocking(false);
        try {
            client.write(ByteBuffer.wrap(sent));
        } catch (IOException e) {
            // it was refused already, as most are
        }
    }

    private static boolean healthy(int admin) {
        try {
            return ask(admin, "/health") == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static int health(int admin, GatewayProcess gateway) {
        try {
            return ask(admin, "/health");
        } catch (IOException e) {
            throw new AssertionError(e.getMessage() + "; " + gateway.state() + " and said: " + gateway.errors(), e);
        }
    }

    private static int fresh(int port) throws IOException {
        return ask(port, "/");
    }

    private static int ask(int port, String path) throws IOException {
        try (Socket client = new Socket("127.0.0.1", port)) {
            return answer(client, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        }
    }

    /** @return the status, 0 where the connection was closed without one */
    private static int answer(Socket client, String request) throws IOException {
        client.setSoTimeout(15_000);
        try {
            client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return Math.max(0, RawResponse.readOne(client.getInputStream()).status());
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer within 15 s", e);
        } catch (IOException e) {
            return 0;
        }
    }

    private static long lines(Path file) {
        try (var all = Files.lines(file)) {
            return all.count();
        } catch (IOException e) {
            return 0;
        }
    }
}
