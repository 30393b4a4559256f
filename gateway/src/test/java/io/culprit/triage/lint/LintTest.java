package io.culprit.triage.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culprit.triage.lint.Flaw.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class LintTest {
    private static final String SITE = "events {}\nhttp { server { location ~ \\.php$ { fastcgi_pass %s; %s } } %s }\n";
    private static final String POOL =
            "[www]\nuser = www-data\nlisten = /run/php/a.sock\npm = static\npm.max_children = %s\n";

    @TempDir
    Path folder;

    /** What is wrong, and the same without the fault. */
    private record Case(String id, Edge edge, Map<String, String> bad, Map<String, String> good) {}

    private static final List<Case> CASES = List.of(
            new Case(
                    "timeout.inverted",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            SITE.formatted("unix:/run/php/a.sock", "", ""),
                            "www.conf",
                            POOL.formatted("5") + "request_terminate_timeout = 120s\n"),
                    Map.of(
                            "nginx.conf",
                            SITE.formatted("unix:/run/php/a.sock", "", ""),
                            "www.conf",
                            POOL.formatted("5") + "request_terminate_timeout = 55s\n")),
            new Case(
                    "timeout.inverted",
                    Edge.CLOUDFLARE,
                    Map.of("nginx.conf", SITE.formatted("127.0.0.1:9000", "fastcgi_read_timeout 300;", "")),
                    Map.of("nginx.conf", SITE.formatted("127.0.0.1:9000", "fastcgi_read_timeout 90s;", ""))),
            new Case(
                    "timeout.inverted",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { server { location / { proxy_pass http://127.0.0.1:8000; } } }",
                            "gunicorn.conf.py",
                            "timeout = 120\n"),
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { server { location / { proxy_pass http://127.0.0.1:8000; } } }",
                            "gunicorn.conf.py",
                            "timeout = 50\n")),
            new Case(
                    "timeout.hides-slowness",
                    Edge.NONE,
                    Map.of("nginx.conf", SITE.formatted("127.0.0.1:9000", "fastcgi_read_timeout 1h;", "")),
                    Map.of("nginx.conf", SITE.formatted("127.0.0.1:9000", "fastcgi_read_timeout 60;", ""))),
            new Case(
                    "socket.nobody",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            SITE.formatted("unix:/run/php/old.sock", "", ""),
                            "www.conf",
                            POOL.formatted("5")),
                    Map.of(
                            "nginx.conf",
                            SITE.formatted("unix:/var/run/php/a.sock", "", ""),
                            "www.conf",
                            POOL.formatted("5"))),
            new Case(
                    "socket.denied",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "user nginx;\n" + SITE.formatted("unix:/run/php/a.sock", "", ""),
                            "www.conf",
                            POOL.formatted("5") + "listen.owner = www-data\nlisten.group = www-data\n"),
                    Map.of(
                            "nginx.conf",
                            "user www-data;\n" + SITE.formatted("unix:/run/php/a.sock", "", ""),
                            "www.conf",
                            POOL.formatted("5") + "listen.owner = www-data\nlisten.group = www-data\n")),
            new Case(
                    "keepalive.above-pool",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            SITE.formatted("php", "", "upstream php { server unix:/run/php/a.sock; keepalive 16; }"),
                            "www.conf",
                            POOL.formatted("5")),
                    Map.of(
                            "nginx.conf",
                            SITE.formatted("php", "", "upstream php { server unix:/run/php/a.sock; keepalive 4; }"),
                            "www.conf",
                            POOL.formatted("5"))),
            new Case(
                    "keepalive.order",
                    Edge.ALB,
                    Map.of("nginx.conf", "events {}\nhttp { keepalive_timeout 30; server { listen 80; } }"),
                    Map.of("nginx.conf", "events {}\nhttp { keepalive_timeout 75s; server { listen 80; } }")),
            new Case(
                    "keepalive.order",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { upstream app { server 127.0.0.1:8000; keepalive 8; } server { location / { proxy_http_version 1.1; proxy_pass http://app; } } }",
                            "gunicorn.conf.py",
                            "worker_class = 'gthread'\nkeepalive = 5\ntimeout = 30\n"),
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { upstream app { server 127.0.0.1:8000; keepalive 8; } server { location / { proxy_http_version 1.1; proxy_pass http://app; } } }",
                            "gunicorn.conf.py",
                            "worker_class = 'gthread'\nkeepalive = 75\ntimeout = 30\n")),
            new Case(
                    "keepalive.http-1.0",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { upstream app { server 127.0.0.1:8000; keepalive 8; } server { location / { proxy_pass http://app; } } }"),
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { proxy_http_version 1.1; upstream app { server 127.0.0.1:8000; keepalive 8; } server { location / { proxy_pass http://app; } } }")),
            new Case(
                    "fpm.memory",
                    Edge.NONE,
                    Map.of("www.conf", POOL.formatted("500")),
                    Map.of("www.conf", POOL.formatted("10"))),
            new Case(
                    "fpm.memory-unlimited",
                    Edge.NONE,
                    Map.of("www.conf", POOL.formatted("5") + "php_admin_value[memory_limit] = -1\n"),
                    Map.of("www.conf", POOL.formatted("5") + "php_admin_value[memory_limit] = 64M\n")),
            new Case(
                    "fpm.max-requests-0",
                    Edge.NONE,
                    Map.of("www.conf", POOL.formatted("5") + "pm.max_requests = 0\n"),
                    Map.of("www.conf", POOL.formatted("5") + "pm.max_requests = 500\n")),
            new Case(
                    "fpm.numbers",
                    Edge.NONE,
                    Map.of(
                            "www.conf",
                            "[www]\nlisten = 9000\npm = dynamic\npm.max_children = 4\npm.start_servers = 8\npm.min_spare_servers = 1\npm.max_spare_servers = 3\n"),
                    Map.of(
                            "www.conf",
                            "[www]\nlisten = 9000\npm = dynamic\npm.max_children = 8\npm.start_servers = 2\npm.min_spare_servers = 1\npm.max_spare_servers = 3\n")),
            new Case(
                    "retry.post",
                    Edge.NONE,
                    Map.of("nginx.conf", "events {}\nhttp { proxy_next_upstream error timeout non_idempotent; }"),
                    Map.of("nginx.conf", "events {}\nhttp { proxy_next_upstream error timeout; }")),
            new Case(
                    "buffer.small",
                    Edge.NONE,
                    Map.of("nginx.conf", "events {}\nhttp { fastcgi_buffer_size 1k; }"),
                    Map.of("nginx.conf", "events {}\nhttp { fastcgi_buffer_size 16k; }")),
            new Case(
                    "buffer.busy",
                    Edge.NONE,
                    Map.of("nginx.conf", "events {}\nhttp { proxy_buffer_size 32k; proxy_busy_buffers_size 16k; }"),
                    Map.of("nginx.conf", "events {}\nhttp { proxy_buffer_size 16k; proxy_busy_buffers_size 32k; }")),
            new Case(
                    "resolver.missing",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { server { set $b app.test; location / { proxy_pass http://$b:80; } } }"),
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { resolver 127.0.0.53; server { set $b app.test; location / { proxy_pass http://$b:80; } } }")),
            new Case(
                    "resolver.missing",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { map $uri $b { default app.test; /x 10.0.0.1:80; }"
                                    + " server { location / { proxy_pass http://$b; } } }"),
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { upstream blue { server 10.0.0.1:80; }"
                                    + " map $uri $b { default blue; /x 10.0.0.1:80; /y unix:/run/y.sock; }"
                                    + " map $uri $d { default bl; }"
                                    + " server { set $c 10.0.0.2; location / { proxy_pass http://$b; }"
                                    + " location /c { proxy_pass http://$c:81; }"
                                    + " location /1 { proxy_pass http://127.0.0.1:81$request_uri; }"
                                    + " location /2 { proxy_pass http://blue$request_uri; }"
                                    + " location /3 { proxy_pass $scheme://blue; }"
                                    + " location /4 { proxy_pass http://127.0.0.1:$server_port/9; }"
                                    + " location /5 { proxy_pass http://${d}ue; } } }")),
            new Case(
                    "resolver.missing",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { server { location / { proxy_pass http://app.test$request_uri; } } }"),
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { server { location / { proxy_pass http://10.0.0.1$request_uri; } } }")),
            new Case(
                    "keepalive.order",
                    Edge.ALB,
                    Map.of(
                            "haproxy.cfg",
                            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 70s\n  timeout server 30s\n"
                                    + "  timeout http-request 10s\n  timeout http-keep-alive 10s\n"),
                    Map.of(
                            "haproxy.cfg",
                            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 70s\n  timeout server 30s\n"
                                    + "  timeout http-request 10s\n  timeout http-keep-alive 70s\n")),
            new Case(
                    "keepalive.above-pool",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            SITE.formatted("php", "", "upstream php { server unix:/run/php/www.sock; keepalive 16; }"),
                            "www.conf",
                            POOL.formatted("5").replace("/run/php/a.sock", "/run/php/$pool.sock")),
                    Map.of(
                            "nginx.conf",
                            SITE.formatted("php", "", "upstream php { server unix:/run/php/www.sock; keepalive 4; }"),
                            "www.conf",
                            POOL.formatted("5").replace("/run/php/a.sock", "/run/php/$pool.sock"))),
            new Case(
                    "body.limit",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { client_max_body_size 2m; }",
                            "php.ini",
                            "[PHP]\npost_max_size = 64M\nupload_max_filesize = 32M\n"),
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { client_max_body_size 64m; }",
                            "php.ini",
                            "[PHP]\npost_max_size = 64M\nupload_max_filesize = 32M\n")),
            new Case(
                    "body.php-limits",
                    Edge.NONE,
                    Map.of("php.ini", "[PHP]\npost_max_size = 8M\nupload_max_filesize = 32M\n"),
                    Map.of("php.ini", "[PHP]\npost_max_size = 8M\nupload_max_filesize = 2M\n")),
            new Case(
                    "worker.connections",
                    Edge.NONE,
                    Map.of("nginx.conf", "events { worker_connections 64; }"),
                    Map.of("nginx.conf", "events { worker_connections 1024; }")),
            new Case(
                    "worker.files",
                    Edge.NONE,
                    Map.of("nginx.conf", "worker_rlimit_nofile 512; events { worker_connections 1024; }"),
                    Map.of("nginx.conf", "worker_rlimit_nofile 4096; events { worker_connections 1024; }")),
            new Case(
                    "wordpress.cron",
                    Edge.NONE,
                    Map.of("wp-config.php", "<?php\ndefine( 'DB_NAME', 'x' );\ndefine('DISABLE_WP_CRON', false);\n"),
                    Map.of("wp-config.php", "<?php\ndefine( 'DB_NAME', 'x' );\ndefine('DISABLE_WP_CRON', true);\n")),
            new Case(
                    "wordpress.debug",
                    Edge.NONE,
                    Map.of("wp-config.php", "<?php\ndefine('WP_DEBUG', true);\ndefine('DISABLE_WP_CRON', true);\n"),
                    Map.of(
                            "wp-config.php",
                            "<?php\ndefine('WP_DEBUG', true);\ndefine('WP_DEBUG_DISPLAY', false);\ndefine('DISABLE_WP_CRON', true);\n")),
            new Case(
                    "haproxy.no-timeout",
                    Edge.NONE,
                    Map.of(
                            "haproxy.cfg",
                            "defaults\n  mode http\nfrontend web\n  bind :80\n  default_backend a\nbackend a\n  server s 127.0.0.1:1\n"),
                    Map.of(
                            "haproxy.cfg",
                            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 50s\n  timeout server 50s\nfrontend web\n  bind :80\n  default_backend a\nbackend a\n  server s 127.0.0.1:1\n")),
            new Case(
                    "gunicorn.no-timeout",
                    Edge.NONE,
                    Map.of("gunicorn.conf.py", "workers = 3\ntimeout = 0\n"),
                    Map.of("gunicorn.conf.py", "workers = 3\ntimeout = 30\n")),
            new Case(
                    "gunicorn.one-worker",
                    Edge.NONE,
                    Map.of("gunicorn.conf.py", "workers = 1\n"),
                    Map.of("gunicorn.conf.py", "workers = 1\nthreads = 8\n")),
            new Case(
                    "alias.traversal",
                    Edge.NONE,
                    Map.of("nginx.conf", "events {}\nhttp { server { location /i { alias /srv/images/; } } }"),
                    Map.of("nginx.conf", "events {}\nhttp { server { location /i/ { alias /srv/images/; } } }")),
            new Case(
                    "header.splitting",
                    Edge.NONE,
                    Map.of("nginx.conf", "events {}\nhttp { server { return 301 https://$host$uri; } }"),
                    Map.of("nginx.conf", "events {}\nhttp { server { return 301 https://$host$request_uri; } }")),
            new Case(
                    "header.lost",
                    Edge.NONE,
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { server { add_header Strict-Transport-Security max-age=1; location / { add_header X-A b; } } }"),
                    Map.of(
                            "nginx.conf",
                            "events {}\nhttp { server { add_header Strict-Transport-Security max-age=1; location / { } } }")));

    @TestFactory
    Stream<DynamicTest> eachRuleSeesItsFaultAndNothingElse() {
        return CASES.stream()
                .map(c -> DynamicTest.dynamicTest(c.id + " " + c.edge.id(), () -> {
                    List<Flaw> bad = lint(c.edge, c.bad, "bad");
                    assertTrue(bad.stream().anyMatch(f -> f.id().equals(c.id)), c.id + " not among " + ids(bad));
                    Flaw flaw = bad.stream()
                            .filter(f -> f.id().equals(c.id))
                            .findFirst()
                            .orElseThrow();
                    assertTrue(!flaw.proof().isEmpty() && !flaw.fix().isEmpty() && flaw.line() > 0, flaw.toString());
                    List<Flaw> good = lint(c.edge, c.good, "good");
                    assertEquals("", ids(good), "a false alarm");
                }));
    }

    @Test
    void poolsOfOneFileAreLookedAtEach() throws Exception {
        Setup setup = setup(
                Edge.NONE,
                Map.of(
                        "nginx.conf",
                        "user www-data;\n" + SITE.formatted("unix:/run/a.sock", "", ""),
                        "fpm.conf",
                        "[a]\nlisten = /run/a.sock\nlisten.owner = root\nlisten.group = root\npm = static\n[b]\nlisten = /run/b.sock\npm = static\n"),
                "two");
        assertTrue(Lint.of(setup).stream().anyMatch(f -> f.id().equals("socket.denied")), ids(Lint.of(setup)));
    }

    /** What the distribution ships is no fault. */
    @Test
    void defaultFilesGiveNoAlarm() throws Exception {
        Path etc = Path.of("/etc");
        assumeTrue(
                Files.exists(etc.resolve("nginx/nginx.conf")),
                "no nginx here: apt-get install nginx php8.2-fpm haproxy apache2");
        Setup setup = new Setup(Edge.NONE, 4L << 30);
        for (String name : List.of(
                "nginx/nginx.conf",
                "php/8.2/fpm/pool.d/www.conf",
                "php/8.2/fpm/php.ini",
                "haproxy/haproxy.cfg",
                "apache2/apache2.conf")) {
            if (Files.exists(etc.resolve(name))) {
                setup.add(etc.resolve(name));
            }
        }
        assertEquals(List.of(), setup.problems());
        assertEquals(
                "",
                ids(Lint.of(setup).stream().filter(f -> f.level() != Level.NOTE).toList()));
    }

    @Test
    void theChainOfTimersIsOneLine() throws Exception {
        Setup setup = setup(
                Edge.CLOUDFLARE,
                Map.of("nginx.conf", SITE.formatted("unix:/run/php/a.sock", "", ""), "www.conf", POOL.formatted("5")),
                "chain");
        assertEquals(
                "cloudflare read 120 s (default) -> nginx fastcgi_read_timeout 60 s (default) -> php-fpm request_terminate_timeout none (default)"
                        + " -> php max_execution_time 30 s (default)",
                TimerChain.of(setup).get(0).text());
    }

    /** Applications that have no file to read are told by name; an edge may ask them without nginx between. */
    @Test
    void keepAliveOrderOfApplicationsThatAreNamed() throws Exception {
        String kept = "events {}\nhttp { upstream app { server 10.0.0.1:3000; keepalive 8; } server { location / {"
                + " proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection \"\"; } } }";
        Path file = Files.writeString(folder.resolve("nginx.conf"), kept);
        for (App app : List.of(App.NODE, App.UVICORN, App.PUMA)) {
            Setup setup = new Setup(Edge.NONE, app, 0);
            setup.add(file);
            List<Flaw> flaws = Lint.of(setup).stream()
                    .filter(f -> f.id().equals("keepalive.order"))
                    .toList();
            assertEquals(1, flaws.size(), app.key());
            assertTrue(flaws.get(0).message().startsWith(app.key() + " lets go of idle connections after"), ids(flaws));
            assertTrue(flaws.get(0).fix().contains(app.set(65)), flaws.get(0).fix());
        }
        Setup direct = new Setup(Edge.ALB, 0);
        direct.add(Files.writeString(folder.resolve("gunicorn.conf.py"), "workers = 4\n"));
        assertTrue(ids(Lint.of(direct)).contains("gunicorn lets go of idle connections after 2 s, before alb does"));
    }

    @Test
    void whatCannotBeReadIsSaidWithItsPlace() throws Exception {
        Setup setup = setup(Edge.NONE, Map.of("nginx.conf", "http {\n  server {\n"), "broken");
        assertEquals(
                List.of(folder.resolve("broken/nginx.conf") + ":3:1: the file ends within a block"), setup.problems());
    }

    private List<Flaw> lint(Edge edge, Map<String, String> files, String name) throws IOException {
        Setup setup = setup(edge, files, name);
        assertEquals(List.of(), setup.problems());
        return Lint.of(setup).stream().filter(f -> f.level() != Level.NOTE).toList();
    }

    private Setup setup(Edge edge, Map<String, String> files, String name) throws IOException {
        Path base = Files.createDirectories(folder.resolve(name));
        Setup setup = new Setup(edge, 4L << 30);
        for (Map.Entry<String, String> each : files.entrySet()) {
            Path file = base.resolve(each.getKey());
            Files.writeString(file, each.getValue());
            setup.add(file);
        }
        return setup;
    }

    private static String ids(List<Flaw> flaws) {
        return flaws.stream().map(f -> f.id() + ": " + f.message()).collect(Collectors.joining("; "));
    }
}
