package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields behind bodies, both ways and in both protocols (rows TR01 to TR05). */
class TrailersTest {
    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nContent-Type: text/plain\r\n\r\n"
                    + "a\r\n0123456789\r\n0\r\nX-T: 1\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\nX-Secret: s\r\nDigest: d\r\n\r\n";

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private ServerSocket upstream;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "trailing-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
    }

    private void serve() {
        while (!upstream.isClosed()) {
            try (Socket client = upstream.accept()) {
                client.setSoTimeout(5_000);
                seen.add(request(client.getInputStream()));
                client.getOutputStream().write(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
                client.shutdownOutput();
            } catch (IOException e) {
                // closed with the test
            }
        }
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        Pattern whole = Pattern.compile("(?s).*\r\n0\r\n(?:[^\r]+\r\n)*\r\n");
        while (true) {
            int c = in.read();
            if (c < 0) {
                return text.toString();
            }
            text.append((char) c);
            String lower = text.toString().toLowerCase(Locale.ROOT);
            int head = lower.indexOf("\r\n\r\n");
            if (head >= 0 && c == '\n') {
                Matcher length = Pattern.compile("content-length: (\\d+)").matcher(lower.substring(0, head));
                boolean chunked = lower.substring(0, head).contains("chunked");
                if (chunked ? whole.matcher(lower).matches() : !length.find()) {
                    return text.toString();
                }
            }
            Matcher length =
                    Pattern.compile("(?s).*?content-length: (\\d+).*?\r\n\r\n").matcher(lower);
            if (length.lookingAt() && lower.length() - length.end() == Integer.parseInt(length.group(1))) {
                return text.toString();
            }
        }
    }

    private TestGateway gateway(String upstreamSettings, String route) throws IOException {
        return TestGateway.start("""
                listen: [ { address: "127.0.0.1:0", http2: true } ]
                upstreams: { app: { servers: [ "127.0.0.1:%d" ]%s } }
                routes: [ { upstream: app%s } ]
                """.formatted(upstream.getLocalPort(), upstreamSettings, route));
    }

    private String ask(int port, String request) throws Exception {
        seen.clear();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(5_000);
            client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder text = new StringBuilder();
            while (!text.toString().matches("(?s).*\r\n0\r\n(?:[^\r]+\r\n)*\r\n")) {
                int c = client.getInputStream().read();
                if (c < 0) {
                    break;
                }
                text.append((char) c);
            }
            return text.toString();
        }
    }

    @Test
    void aResponsesTrailersGoToClientsThatTakeThem() throws Exception {
        try (TestGateway gateway = gateway("", ", response: { remove: [ x-secret ] }")) {
            String told = ask(gateway.port(), "GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
            assertTrue(told.endsWith("\r\n0\r\nX-T: 1\r\nDigest: d\r\n\r\n"), told);
            assertTrue(told.contains("Trailer: X-T\r\n"), told);
            String asked = seen.poll(5, TimeUnit.SECONDS);
            assertTrue(asked.contains("\r\nTE: trailers\r\n"), asked);
            assertTrue(asked.contains("\r\nConnection: TE\r\n"), asked);

            String plain = ask(gateway.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertTrue(plain.endsWith("\r\n0\r\n\r\n"), plain);
            assertFalse(seen.poll(5, TimeUnit.SECONDS).contains("TE:"));
        }
    }

    @Test
    void whatDescribesTheBytesEndsWithThem() throws Exception {
        try (TestGateway gateway = TestGateway.start("""
                compression: { types: [ text/plain ], min: 1B }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes: [ { upstream: app } ]
                """.formatted(upstream.getLocalPort()))) {
            String told = ask(
                    gateway.port(),
                    "GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nAccept-Encoding: gzip\r\nConnection: TE\r\n\r\n");
            assertTrue(told.contains("Content-Encoding: gzip"), told);
            assertTrue(told.endsWith("\r\n0\r\nX-T: 1\r\nX-Secret: s\r\n\r\n"), told);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestsTrailersGoToTheUpstream(boolean buffered) throws Exception {
        try (TestGateway gateway = gateway(
                ", buffering: { request: " + buffered + " }",
                ", headers: { remove: [ x-secret ], set: { x-set: s } }")) {
            for (String body : new String[] {"5\r\nhello\r\n", ""}) {
                ask(
                        gateway.port(),
                        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-T, "
                                + "X-Forwarded-For, X-Secret, X-Set, x_t, X-SSL-Client-Verify\r\n\r\n" + body
                                + "0\r\nX-T: 1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Secret: s\r\nX-Set: 2\r\nx_t: 3\r\n"
                                + "X-SSL-Client-Verify: SUCCESS\r\n\r\n");
                String asked = seen.poll(5, TimeUnit.SECONDS);
                assertTrue(asked.endsWith("\r\n" + body + "0\r\nX-T: 1\r\n\r\n"), asked);
                assertFalse(asked.contains("Content-Length"), asked);
            }
            ask(
                    gateway.port(),
                    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: Host\r\n\r\n2\r\nhi\r\n"
                            + "0\r\nHost: evil\r\nX-T: 1\r\n\r\n");
            String asked = seen.poll(5, TimeUnit.SECONDS);
            assertEquals(buffered, asked.contains("Content-Length: 2"), asked);
            assertFalse(asked.contains("evil"), asked);
            assertFalse(asked.contains("X-T"), "it was not announced: " + asked);
        }
    }

    @Test
    void http2HasThemBothWays() throws Exception {
        String nghttp = Oracle.program("nghttp", "nghttp2-client");
        Path body = Files.writeString(Files.createTempFile(directory, "body", ""), "hello");
        try (TestGateway gateway = gateway("", "")) {
            Process process = new ProcessBuilder(
                            nghttp,
                            "-nv",
                            "-d",
                            body.toString(),
                            "--no-content-length",
                            "--trailer",
                            "x-t: 1",
                            "http://127.0.0.1:" + gateway.port() + "/")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes());
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            String asked = seen.poll(5, TimeUnit.SECONDS);
            assertTrue(asked.endsWith("0\r\nx-t: 1\r\n\r\n"), asked);
            assertTrue(said.contains(":status: 200"), said);
            assertTrue(said.contains("x-t: 1"), said);
            assertTrue(said.indexOf("recv HEADERS frame", said.indexOf("recv DATA frame")) > 0, said);
            assertFalse(said.contains("set-cookie"), said);
        }
    }

    /** TR01: nginx keeps none, HAProxy passes whatever came. */
    @Test
    void whatTheOthersDo() throws Exception {
        int port = upstream.getLocalPort();
        String request = "GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: TE\r\n\r\n";
        Map<String, Integer> ports = Map.of("SIM", port, "BACKLOG", port);
        try (Oracle nginx = Oracle.start("nginx", ports)) {
            String told = ask(nginx.port(), request);
            assertTrue(told.endsWith("\r\n0\r\n\r\n"), told);
        }
        try (Oracle haproxy = Oracle.start("haproxy", ports)) {
            String told = ask(haproxy.port(), request);
            assertTrue(told.contains("\r\nset-cookie: a=b\r\ncontent-length: 3\r\n"), told);
        }
    }
}
