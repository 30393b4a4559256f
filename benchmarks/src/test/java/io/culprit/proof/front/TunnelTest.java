package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.Http2Client;
import io.culprit.proof.harness.Origin;
import io.culprit.proof.harness.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels of each end, as in front-cases.tsv WT*: bytes, half-closes, who ended it and how. */
class TunnelTest {
    private static final int MUCH = 20_000_000;

    @TempDir
    Path directory;

    private ServerSocket upstream;
    private TestGateway gateway;

    @BeforeEach
    void begin() throws IOException {
        upstream = new ServerSocket(0);
        Thread server = new Thread(this::serve, "tunnels");
        server.setDaemon(true);
        server.start();
        gateway = TestGateway.start(
                """
                listen: [ { address: "127.0.0.1:0", http2: true } ]
                upstreams: { app: { servers: [ "127.0.0.1:%d" ], timeouts: { tunnel: 1s } } }
                routes: [ { upstream: app } ]
                """.formatted(upstream.getLocalPort()),
                "json",
                directory.resolve("log").toString());
    }

    @AfterEach
    void end() throws IOException {
        gateway.close();
        upstream.close();
    }

    private void serve() {
        while (!upstream.isClosed()) {
            try {
                Socket client = upstream.accept();
                Thread each = new Thread(() -> tunnel(client), "tunnel");
                each.setDaemon(true);
                each.start();
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    private static void tunnel(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            String path = line(in).split(" ")[1];
            String key = "";
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                if (line.toLowerCase().startsWith("sec-websocket-key: ")) {
                    key = line.substring("sec-websocket-key: ".length());
                }
            }
            if (path.equals("/404")) {
                write(client, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
                return;
            }
            String accept = Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes()));
            write(
                    client,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + (path.equals("/other") ? "smtp" : "websocket")
                            + "\r\nConnection: Upgrade\r\n" + "Sec-WebSocket-Accept: " + accept + "\r\n\r\n"
                            + (path.equals("/early") ? "EARLY" : ""));
            switch (path) {
                case "/close", "/other" -> {}
                case "/much" -> {
                    client.getOutputStream().write(Origin.pattern(MUCH));
                }
                case "/slow" -> {
                    Thread.sleep(500); // so long the client's bytes pile up, and its end behind them
                    write(client, in.readAllBytes().length + " bytes");
                }
                case "/reset" -> client.setSoLinger(true, 0);
                default -> {
                    in.transferTo(client.getOutputStream());
                    if (path.equals("/late")) {
                        write(client, "LATE"); // the client had closed its side by then
                    }
                }
            }
        } catch (Exception e) {
            // the other side left, as some tests want
        }
    }

    private static void write(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Socket open(String path) throws IOException {
        Socket socket = gateway.connect();
        write(
                socket,
                "GET " + path + " HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        return socket;
    }

    /** The extended CONNECT of RFC 8441, on stream 1. */
    private static void connect(Http2Client client, String path) throws IOException {
        client.frame(
                Http2Client.HEADERS,
                Http2Client.END_HEADERS,
                1,
                Http2Client.fields(
                        ":method",
                        "CONNECT",
                        ":protocol",
                        "websocket",
                        ":scheme",
                        "http",
                        ":path",
                        path,
                        ":authority",
                        "a.test",
                        "sec-websocket-version",
                        "13"));
    }

    private static String head(Socket socket) throws IOException {
        String status = line(socket.getInputStream());
        for (String line = line(socket.getInputStream()); !line.isEmpty(); line = line(socket.getInputStream())) {
            status += "\n" + line;
        }
        return status;
    }

    private static String rest(Socket socket) {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "RESET";
        }
    }

    private String logged(String field) {
        TestGateway.await("the tunnel is logged", () -> {
            try {
                return Files.readString(directory.resolve("log")).contains("tunnel_end");
            } catch (IOException e) {
                return false;
            }
        });
        try {
            return Files.readString(directory.resolve("log"))
                    .replaceAll("(?s).*?\"" + field + "\":\"?([^\",]*).*", "$1");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void bytesPassBothWaysAndTheClientEndsIt() throws IOException {
        try (Socket socket = open("/echo")) {
            String head = head(socket);
            assertTrue(head.startsWith("HTTP/1.1 101 "), head);
            assertTrue(head.toLowerCase().contains("upgrade: websocket"), head);
            byte[] sent = Origin.pattern(3_000_000);
            Thread writer = new Thread(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            writer.start();
            org.junit.jupiter.api.Assertions.assertArrayEquals(
                    sent, socket.getInputStream().readAllBytes());
        }
        assertEquals("tunnel.client-closed", logged("tunnel_end"));
        assertEquals("delivered", logged("ending"));
        assertEquals("3000000", logged("bytes_in"));
    }

    @Test
    void bytesBehindTheHeadsAreNotLost() throws IOException {
        try (Socket socket = gateway.connect()) {
            write(socket, "GET /early HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nFIRST");
            head(socket);
            socket.shutdownOutput();
            assertEquals("EARLYFIRST", rest(socket));
        }
    }

    @Test
    void whoHasClosedItsSideStillGetsTheOthers() throws IOException {
        try (Socket socket = open("/late")) {
            head(socket);
            write(socket, "X");
            socket.shutdownOutput();
            assertEquals("XLATE", rest(socket));
        }
        assertEquals("tunnel.client-closed", logged("tunnel_end"));
    }

    @Test
    void theUpstreamEndsItOrResetsIt() throws IOException {
        try (Socket socket = open("/close")) {
            head(socket);
            assertEquals("", rest(socket));
        }
        assertEquals("tunnel.upstream-closed", logged("tunnel_end"));
        try (Socket socket = open("/reset")) {
            head(socket);
            rest(socket);
        }
        Outcome outcome = gateway.failureOf("/reset");
        assertEquals("tunnel.upstream-reset", outcome.failure().cause().id());
        assertEquals("tunnel", outcome.failure().cause().phase().id());
    }

    @Test
    void theClientResetsIt() throws IOException {
        try (Socket socket = open("/echo")) {
            head(socket);
            socket.setSoLinger(true, 0);
        }
        assertEquals(
                "tunnel.client-reset",
                gateway.failureOf("/echo").failure().cause().id());
    }

    /** The upstream has ended properly: it is the client that does not. */
    @Test
    void whoStaysSilentBehindTheOthersEndIsWaitedFor() throws IOException {
        try (Socket socket = open("/close")) {
            head(socket);
            assertEquals("", rest(socket));
            Outcome outcome = gateway.failureOf("/close");
            assertEquals("tunnel.client-idle", outcome.failure().cause().id());
            assertTrue(
                    outcome.failure().detail().contains(" ago and has ended its side; "),
                    outcome.failure().detail());
        }
    }

    @Test
    void silenceOfBothEndsIt() throws IOException {
        try (Socket socket = open("/echo")) {
            head(socket);
            assertEquals("", rest(socket));
        }
        assertEquals(
                "tunnel.client-idle",
                gateway.failureOf("/echo").failure().cause().id());
    }

    @Test
    void aRefusedUpgradeIsAnAnswerAndTheConnectionGoesOn() throws IOException {
        try (Socket socket = open("/404")) {
            assertTrue(head(socket).startsWith("HTTP/1.1 404 "));
            socket.getInputStream().readNBytes(2);
            write(socket, "GET /404 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertTrue(head(socket).startsWith("HTTP/1.1 404 "));
        }
    }

    @Test
    void anotherProtocolThanTheOneAskedForIsNoTunnel() throws IOException {
        try (Socket socket = open("/other")) {
            assertTrue(head(socket).startsWith("HTTP/1.1 502 "));
        }
    }

    @Test
    void whatAClientSentBeforeItsEndArrivesHoweverSlowTheUpstreamIs() throws IOException {
        try (Socket socket = open("/slow")) {
            head(socket);
            socket.getOutputStream().write(Origin.pattern(7_000_000));
            socket.shutdownOutput();
            assertEquals("7000000 bytes", rest(socket));
        }
        assertEquals("delivered", logged("ending"));
    }

    @Test
    void aClientOfHttp2ThatFallsBehindGetsItAllTheSame() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            connect(client, "/much");
            long got = 0;
            boolean ended = false;
            for (Http2Client.Frame frame = client.next(); frame != null && !ended; frame = client.next()) {
                if (frame.type() == Http2Client.DATA) {
                    got += frame.payload().length;
                    ended = frame.endsStream();
                    byte[] more = java.nio.ByteBuffer.allocate(4)
                            .putInt(frame.payload().length)
                            .array();
                    if (frame.payload().length > 0) {
                        client.frame(Http2Client.WINDOW_UPDATE, 0, 0, more);
                        client.frame(Http2Client.WINDOW_UPDATE, 0, 1, more);
                    }
                }
                if (ended) {
                    break;
                }
            }
            assertEquals(MUCH, got);
        }
    }

    @Test
    void http2InTheClearIsNoTunnelPastTheRoutes() throws IOException {
        try (Socket socket = gateway.connect()) {
            write(
                    socket,
                    "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                            + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
            // the upstream switches although it was not asked to
            assertTrue(head(socket).startsWith("HTTP/1.1 502 "));
        }
        assertEquals(
                "head.unrequested-upgrade",
                gateway.failureOf("/x").failure().cause().id());
    }

    @Test
    void anExtendedConnectOfHttp2IsATunnelToo() throws IOException {
        try (Http2Client client = new Http2Client(gateway.port())) {
            connect(client, "/echo");
            client.frame(Http2Client.DATA, 0, 1, "PING".getBytes());
            client.frame(Http2Client.DATA, Http2Client.END_STREAM, 1, "END".getBytes());
            StringBuilder echoed = new StringBuilder();
            for (Http2Client.Frame frame = client.next(); frame != null; frame = client.next()) {
                if (frame.type() == Http2Client.DATA) {
                    echoed.append(new String(frame.payload()));
                    if (frame.endsStream()) {
                        break;
                    }
                }
            }
            assertEquals("PINGEND", echoed.toString());
        }
        assertEquals("tunnel.client-closed", logged("tunnel_end"));
        assertEquals("1", logged("stream"));
    }
}
