package io.culprit.proof.fpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which file a path leads to, what is denied, and static files as a browser asks for them. */
class SiteFilesTest extends RealPhpSite {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ | 200 | front / -",
                "/?a=1 | 200 | front /?a=1 -",
                "/missing/page?x=1 | 200 | front /missing/page?x=1 -",
                "/index.php/path/info?q=1 | 200 | front /index.php/path/info?q=1 /path/info",
                "/dir/ | 200 | directory",
                "/page/ | 200 | <p>page</p>",
                "/file.txt | 200 | 0123456789",
                "/file%2etxt | 200 | 0123456789",
                "/link.txt | 200 | 0123456789",
                "/./dir/../file.txt | 200 | 0123456789",
                "/.well-known/acme.txt | 200 | token",
                "/file.txt/ | 200 | front /file.txt/ -",
                "/missing.php | 404 | File not found.",
                "/status.php?s=403 | 403 | status 403",
                "/status.php?s=500 | 500 | status 500",
                "/exit.php | 200 | ''",
                "/warn.php | 200 | fine"
            })
    void pathsLeadWhereNginxWouldLeadThem(String target, int status, String expected) throws IOException {
        for (String host : List.of("unix", "tcp")) {
            RawResponse response = get(host, target);
            assertEquals(status, response.status(), target);
            assertEquals(expected, body(response).strip(), target);
            assertTrue(response.whole(false), target);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.env",
                "/wp-config.php.bak",
                "/index.php~",
                "/lib.inc",
                "/passwd.txt",
                "/up/passwd",
                "/outside.php",
                "/upload/evil.jpg/x.php",
                "/empty/",
                "/%2eenv",
                "/dir/..%2f.env"
            })
    void whatIsNotForClientsIsDeniedAndNamed(String target) throws IOException {
        RawResponse response = get("unix", target);
        assertEquals(403, response.status(), target);
        assertEquals("static.denied", response.cause(), target);
        assertFalse(response.text().contains("SECRET") || response.text().contains("root:"), target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/../etc/passwd", "/%2e%2e/etc/passwd", "/%2e%2e%2fetc/passwd", "/x/%00", "/..%2f..%2fetc/passwd"
            })
    void nothingLeavesTheRoot(String target) throws IOException {
        assertEquals(400, get("unix", target).status(), target);
    }

    @Test
    void directoriesGetTheirSlashAndNobodyIsSentElsewhere() throws IOException {
        RawResponse response = get("unix", "/dir?x=1");
        assertEquals(301, response.status());
        assertEquals("/dir/?x=1", response.header("Location"));
        assertEquals("/dir/", get("unix", "//dir").header("Location"));
    }

    @Test
    void staticFilesKnowHeadRangesAndConditions() throws IOException {
        RawResponse head = send("HEAD", "unix", "/file.txt");
        assertEquals("10", head.header("Content-Length"));
        assertEquals("", head.body());
        RawResponse range = get("unix", "/file.txt", "Range: bytes=2-4");
        assertEquals(206, range.status());
        assertEquals("234", range.body());
        assertEquals("bytes 2-4/10", range.header("Content-Range"));
        assertEquals(416, get("unix", "/file.txt", "Range: bytes=99-").status());
        String etag = get("unix", "/file.txt").header("ETag");
        RawResponse unchanged = get("unix", "/file.txt", "If-None-Match: " + etag);
        assertEquals(304, unchanged.status());
        assertEquals(etag, unchanged.header("ETag"));
        assertEquals(304, get("unix", "/file.txt", "If-None-Match: *").status());
        String date = get("unix", "/file.txt").header("Last-Modified");
        assertEquals(304, get("unix", "/file.txt", "If-Modified-Since: " + date).status());
        assertEquals(
                200,
                get("unix", "/file.txt", "If-None-Match: \"x\"", "If-Modified-Since: " + date)
                        .status());
        RawResponse refused = send("POST", "unix", "/file.txt", "Content-Length: 0");
        assertEquals(405, refused.status());
        assertEquals("GET, HEAD", refused.header("Allow"));
        RawResponse php = send("HEAD", "unix", "/");
        assertEquals(200, php.status());
        assertEquals("", php.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "file.txt | 0-1,5-6 | 01,56",
                "file.txt | 0-0,-1 | 0,9",
                "file.txt | 0-3,2-4,8- | 0123,234,89",
                "big.txt | 0-49999,100000-199999,-30000 | ",
                "big.txt | 0-9,50000-299999 | "
            })
    void severalRangesComeInParts(String name, String ranges, String expected) throws IOException {
        String big = "0123456789".repeat(30_000);
        fpm.script("big.txt", big);
        RawResponse response = get("unix", "/" + name, "Range: bytes=" + ranges);
        assertEquals(206, response.status());
        assertTrue(response.whole(false));
        Matcher type =
                Pattern.compile("multipart/byteranges; boundary=(\\S+)").matcher(response.header("Content-Type"));
        assertTrue(type.matches(), response.head());
        String body = response.body();
        assertTrue(body.endsWith("\r\n--" + type.group(1) + "--\r\n"));
        String whole = name.equals("big.txt") ? big : "0123456789";
        List<String> parts = new ArrayList<>();
        for (String each : body.split("\r\n--" + type.group(1) + "(--)?\r\n|^--" + type.group(1) + "\r\n")) {
            if (!each.isEmpty()) {
                Matcher head = Pattern.compile(
                                "(?s).*Content-Range: bytes ([0-9]+)-([0-9]+)/" + whole.length() + "\r\n\r\n(.*)")
                        .matcher(each);
                assertTrue(head.matches(), each.substring(0, Math.min(200, each.length())));
                assertEquals(
                        whole.substring(Integer.parseInt(head.group(1)), Integer.parseInt(head.group(2)) + 1),
                        head.group(3));
                parts.add(head.group(3));
            }
        }
        assertEquals(ranges.split(",").length, parts.size());
        if (expected != null) {
            assertEquals(expected, String.join(",", parts));
        }
        assertEquals(Integer.toString(body.length()), response.header("Content-Length"));
    }

    @Test
    void aRangeHoldsOnlyForTheFileThatWasMeant() throws IOException {
        String etag = get("unix", "/file.txt").header("ETag");
        assertEquals(
                206,
                get("unix", "/file.txt", "Range: bytes=2-4", "If-Range: " + etag)
                        .status());
        assertEquals(
                200,
                get("unix", "/file.txt", "Range: bytes=2-4", "If-Range: \"other\"")
                        .status());
        assertEquals(412, get("unix", "/file.txt", "If-Match: \"other\"").status());
    }

    /** A body nobody asked for is read all the same: closing over it would reset the connection under the file. */
    @Test
    void aFileIsWholeAlsoWhenTheRequestHadABody() throws IOException {
        fpm.script("large.txt", "x".repeat(3_000_000));
        RawResponse response = gateway.send(
                "GET /large.txt HTTP/1.1\r\nHost: unix\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n"
                        + "b".repeat(200_000));
        assertEquals("200", response.verdict(false));
        assertEquals(RawResponse.End.CLOSED, response.ended());
    }

    @Test
    void clientsThatLeaveLeaveNoOpenFile() throws Exception {
        fpm.script("huge.txt", "x".repeat(20_000_000));
        for (int i = 0; i < 40; i++) {
            try (Socket socket = gateway.connect()) {
                socket.setReceiveBufferSize(4096);
                socket.getOutputStream()
                        .write("GET /huge.txt HTTP/1.1\r\nHost: unix\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().read(new byte[1000]);
                Thread.sleep(30); // the server has filled what the client does not read, and waits
                socket.setSoLinger(i % 2 == 0, 0);
            }
        }
        TestGateway.await("no file is open", () -> openFiles("huge.txt") == 0);
    }

    private static long openFiles(String name) {
        try (var all = Files.list(java.nio.file.Path.of("/proc/self/fd"))) {
            return all.filter(each -> {
                        try {
                            return Files.readSymbolicLink(each).endsWith(name);
                        } catch (IOException e) {
                            return false; // closed meanwhile
                        }
                    })
                    .count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
