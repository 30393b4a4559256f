package io.culprit.proof.fpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PHP itself, through the gateway: bodies, sessions, output as it is flushed, variables, stderr. */
class RealPhpTest extends RealPhpSite {
    @ParameterizedTest
    @ValueSource(strings = {"unix", "tcp"})
    void aHundredMegabytesGoUp(String host) throws Exception {
        byte[] file = new byte[100 << 20];
        new java.util.Random(1).nextBytes(file);
        String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(file));
        byte[] head = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.bin\"\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII);
        byte[] tail = "\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII);
        HttpRequest upload = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/upload.php"))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.concat(
                        HttpRequest.BodyPublishers.ofByteArray(head),
                        HttpRequest.BodyPublishers.ofByteArray(file),
                        HttpRequest.BodyPublishers.ofByteArray(tail)))
                .build();
        try (TestGateway own = only(host)) {
            HttpRequest there = HttpRequest.newBuilder(upload, (n, v) -> true)
                    .uri(URI.create("http://127.0.0.1:" + own.port() + "/upload.php"))
                    .build();
            assertEquals((100 << 20) + " " + md5, text(there));
            // Chunked: FPM needs CONTENT_LENGTH, so the gateway counts first.
            HttpRequest chunked = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + own.port() + "/raw.php"))
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(file)))
                    .build();
            assertEquals((100 << 20) + " " + md5, text(chunked));
        }
    }

    private static String text(HttpRequest request) throws Exception {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "tcp"})
    void sessionsAndCookiesLast(String host) throws IOException {
        RawResponse first = get(host, "/session.php");
        assertEquals("1 -", body(first));
        String cookie = first.header("Set-Cookie").replaceAll(";.*", "");
        assertTrue(first.head().contains("second=two"), first.head());
        assertEquals("2 two", body(get(host, "/session.php", "Cookie: " + cookie, "Cookie: second=two")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "tcp"})
    void outputThatIsFlushedArrivesAtOnce(String host) throws IOException {
        try (Socket socket = gateway.connect()) {
            socket.getOutputStream()
                    .write(("GET /stream.php HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            var text = new StringBuilder();
            byte[] buffer = new byte[4096];
            long first = 0;
            long last = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                first = first == 0 && text.indexOf("part 0") >= 0 ? System.nanoTime() : first;
                last = last == 0 && text.indexOf("part 2") >= 0 ? System.nanoTime() : last;
            }
            assertTrue(
                    last - first > 400_000_000L, "between first and last part: " + (last - first) / 1_000_000 + " ms");
        }
    }

    @Test
    void requestsOfOneConnectionFollowEachOther() throws IOException {
        String each = " HTTP/1.1\r\nHost: unix\r\n\r\n";
        RawResponse all = gateway.send("GET /file.txt" + each + "GET /" + each + "HEAD /file.txt" + each
                + "GET /file.txt HTTP/1.1\r\nHost: unix\r\nConnection: close\r\n\r\n");
        assertEquals(4, all.text().split("HTTP/1.1 200 OK", -1).length - 1, all.text());
    }

    @Test
    void variablesAreWhatPhpExpectsAndNothingForged() throws IOException {
        RawResponse response = get(
                "unix",
                "/info.php/a%20b?q=%20",
                "Proxy: http://evil",
                "X_A: forged",
                "X-A: 1",
                "X-A: 2",
                "X-Forwarded-Proto: https");
        assertEquals("[\"/a b\",\"q=%20\",\"127.0.0.1\",\"\",\"\",\"1, 2\",\"/info.php\",\"unix\"]", body(response));
        assertEquals("front /shop/x -", body(get("sub", "/shop/x")));
    }

    @Test
    void stderrIsEvidenceAlsoWhenAllIsWell() throws IOException {
        get("unix", "/warn.php?mine");
        get("unix", "/fatal.php?mine");
        Outcome fatal = gateway.failureOf("/fatal.php?mine");
        assertEquals("origin.error", fatal.failure().cause().id());
        assertTrue(evidence(fatal.failure(), "stderr").contains("Call to undefined function undefined_fn()"));
        assertTrue(fatal.attempts().get(0).stderr().startsWith("PHP message: PHP Fatal error:"));
    }

    @Test
    void bodiesHaveTheSitesOwnLimit() throws IOException {
        RawResponse response = gateway.send(
                "POST /x.php HTTP/1.1\r\nHost: small\r\nConnection: close\r\nContent-Length: 11\r\n\r\n12345678901");
        assertEquals(413, response.status());
        assertEquals("client.body-too-big", response.cause());
        assertTrue(response.body().contains("fastcgi.max_body of 10 bytes"), response.body());
    }
}
