package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.culprit.proof.harness.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers are compressed, that they come out as they went in, and what becomes of their validators. */
class CompressionTest {
    @TempDir
    Path directory;

    private HttpServer origin;
    private TestGateway gateway;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Half of it compresses well, half of it not at all. */
    private static byte[] content(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            bytes[i] = i / 4096 % 2 == 0 ? (byte) ('a' + i % 7) : bytes[i];
        }
        return bytes;
    }

    @BeforeEach
    void begin() throws IOException {
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.setExecutor(Executors.newCachedThreadPool());
        origin.createContext("/", exchange -> {
            // /STATUS/LENGTH/FORM?header=value
            String[] path = exchange.getRequestURI().getPath().split("/");
            byte[] body = content(Integer.parseInt(path[2]));
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.getResponseHeaders().set("ETag", "\"strong\"");
            exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
            String query = exchange.getRequestURI().getQuery();
            if (query != null) {
                String[] field = query.split("=", 2);
                exchange.getResponseHeaders().set(field[0], field[1]);
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (head) {
                exchange.getResponseHeaders().set("Content-Length", body.length + "");
            }
            exchange.sendResponseHeaders(
                    Integer.parseInt(path[1]), head ? -1 : path[3].equals("chunked") ? 0 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                if (!head) {
                    out.write(body);
                }
            }
        });
        origin.start();
        Files.write(directory.resolve("small.css"), content(5000));
        Files.write(directory.resolve("large.css"), content(3_000_000));
        Files.write(directory.resolve("tiny.css"), content(100));
        Files.write(directory.resolve("picture.png"), content(5000));
        gateway = TestGateway.start("""
                compression: { min: 1KiB }
                upstreams:
                  app: { servers: [ "127.0.0.1:%d" ] }
                  site: { protocol: fastcgi, fastcgi: { root: "%s", static: true }, servers: [ "127.0.0.1:9" ] }
                routes:
                  - { match: { path: / }, upstream: app }
                  - { match: { path: /files }, upstream: site, rewrite: { strip_prefix: /files } }
                """.formatted(origin.getAddress().getPort(), directory));
    }

    @AfterEach
    void end() {
        gateway.close();
        origin.stop(0);
    }

    private HttpResponse<byte[]> get(String target, String acceptEncoding, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + target));
        if (!acceptEncoding.isEmpty()) {
            request.header("Accept-Encoding", acceptEncoding);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String coding(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Encoding").orElse("");
    }

    private static byte[] plain(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/200/5000/length, 5000",
        "/200/1024/length, 1024",
        "/200/5000/chunked, 5000",
        "/200/3000000/length, 3000000",
        "/200/3000000/chunked, 3000000",
        "/404/5000/length, 5000",
        "/200/10/chunked, 10",
        "/files/small.css, 5000",
        "/files/large.css, 3000000"
    })
    void whatIsCompressedComesOutAsItWentIn(String target, int length) throws Exception {
        HttpResponse<byte[]> response = get(target, "br;q=1, gzip;q=0.8");
        assertEquals("gzip", coding(response));
        assertArrayEquals(content(length), plain(response.body()));
        assertTrue(response.body().length < length * 3 / 4 || length < 100, response.body().length + " bytes");
        assertEquals("Accept-Encoding", response.headers().firstValue("Vary").orElse(""));
        assertTrue(response.headers().firstValue("ETag").orElse("").startsWith("W/\""), response.headers() + "");
        assertTrue(response.headers().firstValue("Accept-Ranges").isEmpty(), response.headers() + "");
        HttpResponse<byte[]> again = get(
                target,
                "gzip",
                "If-None-Match",
                response.headers().firstValue("ETag").orElseThrow());
        assertEquals(target.startsWith("/files") ? 304 : response.statusCode(), again.statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "/200/1023/length, gzip",
        "/200/5000/length, ''",
        "/200/5000/length, identity",
        "/200/5000/length, gzip;q=0",
        "/200/5000/length, 'gzip;q=0, *'",
        "/200/5000/length, gzip;q=2",
        "/500/5000/length, gzip",
        "/200/5000/length?Content-Encoding=br, gzip",
        "/200/5000/length?Content-Type=image/png, gzip",
        "/200/5000/length?Cache-Control=no-transform, gzip",
        "/200/5000/length?Content-Digest=x, gzip",
        "/206/5000/length?Content-Range=bytes 0-4999/9000, gzip",
        "/files/tiny.css, gzip",
        "/files/picture.png, gzip",
        "/files/small.css, deflate"
    })
    void theseGoOutAsTheyAre(String target, String acceptEncoding) throws Exception {
        HttpResponse<byte[]> response = get(target.replace(" ", "%20"), acceptEncoding);
        assertEquals(target.contains("Encoding=br") ? "br" : "", coding(response));
        assertEquals(response.headers().firstValueAsLong("Content-Length").orElseThrow(), response.body().length);
        assertEquals(content(response.body().length)[0], response.body()[0]);
        assertTrue(response.headers().firstValue("ETag").orElse("").startsWith("\""), response.headers() + "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/200/5000/length", "/files/small.css"})
    void whoDoesNotTakeItIsToldThatOthersGetAnotherAnswer(String target) throws Exception {
        assertEquals(
                "Accept-Encoding", get(target, "").headers().firstValue("Vary").orElse(""));
    }

    @Test
    void rangesOfFilesAreOfTheFile() throws Exception {
        HttpResponse<byte[]> response = get("/files/large.css", "gzip", "Range", "bytes=10-4009");
        assertEquals(206, response.statusCode());
        assertEquals("", coding(response));
        assertEquals(4000, response.body().length);
    }

    @Test
    void aHeadRequestIsToldWhatGetWouldBring() throws Exception {
        for (String target : new String[] {"/200/5000/length", "/files/small.css"}) {
            HttpResponse<Void> response = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + target))
                            .header("Accept-Encoding", "gzip")
                            .method("HEAD", HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            assertEquals("gzip", coding(response));
            assertTrue(response.headers().firstValue("Content-Length").isEmpty(), response.headers() + "");
        }
    }

    @Test
    void anHttp10ClientGetsItWithItsLength() throws Exception {
        String text = gateway.send("GET /200/5000/length HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
                .text();
        assertTrue(text.contains("Content-Length: 5000"), text);
    }

    @Test
    void aSlowReaderHoldsAFileUpAndNotTheMemory() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setReceiveBufferSize(64 << 10);
            socket.getOutputStream()
                    .write(
                            "GET /files/large.css HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(300); // so long it takes nothing
            byte[] all = socket.getInputStream().readAllBytes();
            assertTrue(new String(all, StandardCharsets.ISO_8859_1).endsWith("\r\n0\r\n\r\n"), all.length + " bytes");
            assertTrue(all.length > 1_400_000, all.length + " bytes");
        }
    }
}
