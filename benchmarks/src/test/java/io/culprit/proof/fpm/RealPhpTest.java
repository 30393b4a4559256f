package io.culprit.proof.fpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.proof.RawResponse;
import io.culprit.proof.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real site on the real PHP-FPM behind Culprit, without nginx, over a unix socket and over TCP. */
class RealPhpTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static RealFpm fpm;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        int port = io.culprit.proof.Oracle.freePort();
        boolean root = "root".equals(System.getProperty("user.name"));
        fpm = RealFpm.start("process_control_timeout = 5", """
                pm = static
                pm.max_children = 6
                pm.status_listen = @DIR@/status.sock
                php_admin_value[upload_max_filesize] = 200M
                php_admin_value[post_max_size] = 200M
                php_admin_value[memory_limit] = 32M
                php_admin_value[max_execution_time] = 1
                php_admin_value[session.save_path] = @DIR@/www
                php_admin_value[upload_tmp_dir] = @DIR@/www
                [tcp]
                %s
                listen = 127.0.0.1:%d
                pm = static
                pm.max_children = 4
                php_admin_value[upload_max_filesize] = 200M
                php_admin_value[post_max_size] = 200M
                php_admin_value[session.save_path] = @DIR@/www
                php_admin_value[upload_tmp_dir] = @DIR@/www
                [pinned]
                %s
                listen = @DIR@/pinned.sock
                listen.mode = 0666
                pm = static
                pm.max_children = 2
                """.formatted(
                        root ? "user = www-data\ngroup = www-data" : "",
                        port,
                        root ? "user = www-data\ngroup = www-data" : ""));
        site();
        String fastcgi =
                "protocol: fastcgi, timeouts: { read: 2s }, fastcgi: { root: %s, static: true, status_path: /fpm-status%s }";
        gateway = TestGateway.start("""
                upstreams:
                  unix: { servers: [ "unix:%s" ], %s }
                  tcp: { servers: [ "127.0.0.1:%d" ], %s }
                  gone: { servers: [ "unix:%s/none.sock" ], %s }
                  file: { servers: [ "unix:%s/fpm.conf" ], %s }
                  pinned: { servers: [ "unix:%s/pinned.sock" ], keepalive: { connections: 8 }, %s }
                  small: { servers: [ "unix:%s" ], protocol: fastcgi, fastcgi: { root: %s, max_body: 10B } }
                routes:
                  - { match: { host: unix }, upstream: unix }
                  - { match: { host: tcp }, upstream: tcp }
                  - { match: { host: gone }, upstream: gone }
                  - { match: { host: file }, upstream: file }
                  - { match: { host: pinned }, upstream: pinned }
                  - { match: { host: small }, upstream: small }
                  - { match: { host: sub, path: /shop/ }, upstream: unix, rewrite: { strip_prefix: /shop } }
                """.formatted(
                        fpm.socket(),
                        fastcgi.formatted(fpm.root(), ", status_listen: \"unix:" + fpm.directory() + "/status.sock\""),
                        port,
                        fastcgi.formatted(fpm.root(), ""),
                        fpm.directory(),
                        fastcgi.formatted(fpm.root(), ""),
                        fpm.directory(),
                        fastcgi.formatted(fpm.root(), ""),
                        fpm.directory(),
                        fastcgi.formatted(fpm.root(), ""),
                        fpm.socket(),
                        fpm.root()));
    }

    private static void site() throws IOException {
        fpm.script("index.php", "<?php echo 'front ', $_SERVER['REQUEST_URI'], ' ', $_SERVER['PATH_INFO'] ?? '-';");
        fpm.script(
                "info.php",
                "<?php echo json_encode([$_SERVER['PATH_INFO'] ?? '', $_SERVER['QUERY_STRING'], $_SERVER['REMOTE_ADDR'], $_SERVER['HTTPS'] ?? '', $_SERVER['HTTP_PROXY'] ?? '', $_SERVER['HTTP_X_A'] ?? '', $_SERVER['SCRIPT_NAME'], $_SERVER['SERVER_NAME']], JSON_UNESCAPED_SLASHES);");
        fpm.script("upload.php", "<?php echo $_FILES['f']['size'], ' ', md5_file($_FILES['f']['tmp_name']);");
        fpm.script(
                "raw.php",
                "<?php $h = hash_init('md5'); $f = fopen('php://input', 'r'); $n = 0; while (!feof($f)) { $b = fread($f, 65536); $n += strlen($b); hash_update($h, $b); } echo $n, ' ', hash_final($h);");
        fpm.script(
                "session.php",
                "<?php session_start(); $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1; setcookie('second', 'two'); echo $_SESSION['n'], ' ', $_COOKIE['second'] ?? '-';");
        fpm.script(
                "stream.php",
                "<?php for ($i = 0; $i < 3; $i++) { echo \"part $i\\n\"; ob_flush(); flush(); usleep(300000); }");
        fpm.script("status.php", "<?php http_response_code((int) $_GET['s']); echo 'status ', $_GET['s'];");
        fpm.script("fatal.php", "<?php undefined_fn();");
        fpm.script("after.php", "<?php echo 'before'; undefined_fn();");
        fpm.script("late.php", "<?php echo str_repeat('x', 10000); ob_flush(); flush(); undefined_fn();");
        fpm.script("memory.php", "<?php $a = str_repeat('x', 100000000); echo 'no';");
        fpm.script("warn.php", "<?php error_log('careful'); echo 'fine';");
        fpm.script("cpu.php", "<?php while (true) { }");
        fpm.script("exit.php", "<?php exit(1);");
        fpm.script("slow.php", "<?php usleep(2600000); echo 'slept';");
        fpm.script("nap.php", "<?php usleep(500000); echo 'slept';");
        fpm.script("die.php", "<?php posix_kill(posix_getpid(), (int) $_GET['n']); sleep(5);");
        fpm.script(
                "torn.php",
                "<?php echo str_repeat('x', 20000); ob_flush(); flush(); usleep(100000); posix_kill(posix_getpid(), 9);");
        fpm.script("short.php", "<?php header('Content-Length: 100'); echo 'four';");
        fpm.script("big.php", "<?php header('X-Big: ' . str_repeat('h', (int) $_GET['n'])); echo 'big';");
        fpm.script("file.txt", "0123456789");
        fpm.script("dir/index.php", "<?php echo 'directory';");
        fpm.script("page/index.html", "<p>page</p>");
        fpm.script("empty/.keep", "");
        fpm.script(".env", "SECRET=1");
        fpm.script("wp-config.php.bak", "<?php // SECRET");
        fpm.script("index.php~", "<?php // SECRET");
        fpm.script("lib.inc", "<?php // SECRET");
        fpm.script("upload/evil.jpg", "<?php echo 'SECRET';");
        fpm.script(".well-known/acme.txt", "token");
        Files.createSymbolicLink(fpm.root().resolve("passwd.txt"), java.nio.file.Path.of("/etc/passwd"));
        Files.createSymbolicLink(fpm.root().resolve("up"), java.nio.file.Path.of("/etc"));
        Files.createSymbolicLink(fpm.root().resolve("link.txt"), fpm.root().resolve("file.txt"));
        Files.createSymbolicLink(fpm.root().resolve("outside.php"), java.nio.file.Path.of("/etc/hostname"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (gateway != null) {
            gateway.close();
        }
        if (fpm != null) {
            fpm.close();
        }
    }

    private static RawResponse get(String host, String target, String... headers) throws IOException {
        return send("GET", host, target, headers);
    }

    private static RawResponse send(String method, String host, String target, String... headers) throws IOException {
        var request =
                new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n");
        for (String each : headers) {
            request.append(each).append("\r\n");
        }
        return gateway.send(request + "\r\n");
    }

    /** Body without chunk framing. */
    private static String body(RawResponse response) {
        String body = response.body();
        if (!response.header("Transfer-Encoding").equals("chunked")) {
            return body;
        }
        var out = new StringBuilder();
        int at = 0;
        while (at < body.length()) {
            int end = body.indexOf("\r\n", at);
            int size = end < 0 ? 0 : Integer.parseInt(body.substring(at, end), 16);
            if (size == 0) {
                break;
            }
            out.append(body, end + 2, end + 2 + size);
            at = end + 4 + size;
        }
        return out.toString();
    }

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

    /** A gateway for a client that cannot choose its Host. */
    private static TestGateway only(String upstream) throws IOException {
        String server = gateway.gateway()
                .upstreams()
                .get(upstream)
                .config()
                .servers()
                .get(0)
                .address()
                .toString();
        return TestGateway.start("""
                upstreams: { php: { servers: [ "%s" ], protocol: fastcgi, timeouts: { read: 20s }, fastcgi: { root: %s } } }
                routes: [ { upstream: php } ]
                """.formatted(server, fpm.root()));
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

    private static String evidence(Failure failure, String name) {
        return failure.evidence().stream()
                .filter(e -> e.name().equals(name))
                .map(Evidence::value)
                .findFirst()
                .orElse("");
    }

    @ParameterizedTest
    @CsvSource({
        "B01, /missing.php, 404, ''",
        "B04, /fatal.php, 500, ''",
        "B05, /after.php, 500, ''",
        "B06, /late.php, 200, ''",
        "B07, /memory.php, 500, ''",
        "B08, /cpu.php, 500, ''",
        "B09, /exit.php, 200, ''",
        "B10, /die.php?n=9, 502, head.reset",
        "B10, /die.php?n=11, 502, head.reset",
        "B10, /die.php?n=6, 502, head.reset",
        "B10, /die.php?n=15, 502, head.reset",
        "B11, /torn.php, 200 torn, body.reset",
        "B14, /slow.php, 504, head.timeout",
        "B15, /short.php, 502, fastcgi.truncated", // nothing had been sent yet: nginx tears a 200
        "B17, /big.php?n=70000, 502, head.too-big",
        "A01, http://gone/, 502, connect.socket-missing",
        "A03b, http://file/, 502, connect.refused"
    })
    void everyMeasuredFailureHasNginxsStatusAndItsCause(String row, String url, String verdict, String cause)
            throws IOException {
        String host = url.startsWith("http") ? URI.create(url).getHost() : "unix";
        String target = (url.startsWith("http") ? "/x.php" : url) + (url.contains("?") ? "&" : "?") + "row=" + row;
        RawResponse response = get(host, target);
        assertEquals(verdict, response.verdict(false), row);
        if (!cause.isEmpty()) {
            assertEquals(cause, gateway.failureOf(target).failure().cause().id(), row);
        }
    }

    @Test
    void missingSocketsAndKilledWorkersComeWithWhatAnEngineerWouldFind() throws IOException {
        get("gone", "/x.php?why");
        String missing = evidence(gateway.failureOf("/x.php?why").failure(), Evidence.FINDING);
        assertTrue(missing.contains("none.sock does not exist"), missing);
        get("unix", "/die.php?n=9&why");
        Failure killed = gateway.failureOf("/die.php?n=9&why").failure();
        assertTrue(evidence(killed, Evidence.FINDING).contains("a worker ended in the middle"), killed.toString());
        assertTrue(evidence(killed, "fpm").contains("pm static"), killed.toString());
        assertTrue(evidence(killed, "processes").contains("pool www with "), killed.toString());
    }

    @Test
    void anExhaustedPoolIsNamedWithItsFigures() throws Exception {
        try (RealFpm small = RealFpm.start("", """
                pm = static
                pm.max_children = 2
                listen.backlog = 4
                pm.status_listen = @DIR@/status.sock
                """);
                TestGateway own = TestGateway.start("""
                        upstreams:
                          php:
                            protocol: fastcgi
                            servers: [ "unix:%s" ]
                            fastcgi: { root: %s, status_path: /fpm-status, status_listen: "unix:%s/status.sock" }
                        routes: [ { upstream: php } ]
                        """.formatted(small.socket(), small.root(), small.directory()))) {
            small.script("nap.php", "<?php usleep(1500000); echo 'slept';");
            ExecutorService threads = Executors.newFixedThreadPool(12);
            try {
                List<Future<RawResponse>> running = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    running.add(threads.submit(() -> own.get("/nap.php")));
                    Thread.sleep(15);
                }
                int refused = 0;
                for (Future<RawResponse> each : running) {
                    RawResponse response = each.get();
                    if (response.status() == 502) {
                        refused++;
                        assertEquals("connect.backlog-full", response.cause());
                        assertTrue(
                                response.body()
                                        .contains("backlog full: 2 of 2 workers busy, 5 waiting in a backlog of 4;"
                                                + " raise pm.max_children or shorten requests"),
                                response.body());
                    }
                }
                assertEquals(5, refused);
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** Facts F01 and F02: a kept connection pins its worker, so two of them starve a third request. */
    @Test
    void keptConnectionsPinWorkers() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                running.add(threads.submit(() -> get("pinned", "/nap.php").status()));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> each : running) {
                statuses.add(each.get());
            }
            statuses.sort(null);
            assertEquals(2, statuses.stream().filter(s -> s == 200).count(), statuses.toString());
            assertEquals(504, statuses.get(2));
        } finally {
            threads.shutdownNow();
        }
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
