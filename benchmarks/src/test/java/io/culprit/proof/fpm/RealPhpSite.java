package io.culprit.proof.fpm;

import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A real site on the real PHP-FPM behind Culprit, without nginx, over a unix socket and over TCP. */
abstract class RealPhpSite {
    static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static RealFpm fpm;

    static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        int port = io.culprit.proof.harness.Oracle.freePort();
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

    static void site() throws IOException {
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
                "loud.php",
                "<?php for ($i = 0; $i < 20; $i++) error_log(str_repeat('w', 900));"
                        + " if (isset($_GET['k'])) posix_kill(posix_getpid(), 9); sleep((int) $_GET['s']);");
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
        foreignLink("passwd.txt", "/etc/passwd");
        foreignLink("up", "/etc");
        Files.createSymbolicLink(fpm.root().resolve("link.txt"), fpm.root().resolve("file.txt"));
        foreignLink("outside.php", "/etc/hostname");
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

    static RawResponse get(String host, String target, String... headers) throws IOException {
        return send("GET", host, target, headers);
    }

    static RawResponse send(String method, String host, String target, String... headers) throws IOException {
        var request =
                new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n");
        for (String each : headers) {
            request.append(each).append("\r\n");
        }
        return gateway.send(request + "\r\n");
    }

    /** A gateway for a client that cannot choose its Host. */
    static TestGateway only(String upstream) throws IOException {
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

    static String evidence(Failure failure, String name) {
        return failure.evidence().stream()
                .filter(e -> e.name().equals(name))
                .map(Evidence::value)
                .findFirst()
                .orElse("");
    }

    /** Body without chunk framing. */
    static String body(RawResponse response) {
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

    /** A link that does not belong to the owner of what it leads to, whoever runs the tests. */
    private static void foreignLink(String name, String target) throws IOException {
        Path link = Files.createSymbolicLink(fpm.root().resolve(name), Path.of(target));
        UserPrincipal owner = Files.getOwner(link, LinkOption.NOFOLLOW_LINKS);
        if (owner.equals(Files.getOwner(Path.of(target)))) {
            Files.getFileAttributeView(link, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(
                            link.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("www-data"));
        }
    }
}
