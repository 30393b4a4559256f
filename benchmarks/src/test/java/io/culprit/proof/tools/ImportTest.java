package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.fpm.RealFpm;
import io.culprit.proof.harness.Dechunk;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.RealNginx;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.triage.translate.NginxTranslation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** nginx, and what {@code culprit import} made of its configuration, side by side: the same requests, the same answers. */
class ImportTest {
    @Test
    void aLoadBalancerOfThreeServers() throws Exception {
        try (HttpUpstream one = HttpUpstream.start("127.0.0.1", 0, new Rules());
                HttpUpstream two = HttpUpstream.start("127.0.0.1", 0, new Rules());
                HttpUpstream three = HttpUpstream.start("127.0.0.1", 0, new Rules());
                Pair pair = Pair.start("""
                          upstream app { least_conn; server 127.0.0.1:%d weight=2; server 127.0.0.1:%d; server 127.0.0.1:%d backup; keepalive 8; }
                          server {
                            listen 127.0.0.1:@PORT@ default_server;
                            location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; proxy_read_timeout 1s; }
                            location /api/ { proxy_pass http://app/v1/; proxy_set_header Host api.test; proxy_read_timeout 1s; }
                            location = /ping { return 200 pong; }
                            location /old/ { return 301 https://new.test$request_uri; }
                            location ~ \\.(env|bak)$ { deny all; }
                            location /gone { return 410; }
                            location /private/ { deny all; allow 10.0.0.0/8; proxy_pass http://app; }
                          }
                        """.formatted(one.port(), two.port(), three.port()))) {
            for (String target : List.of(
                    "/?size=10",
                    "/x?size=10",
                    "/api/users?size=5",
                    "/ping",
                    "/old/page?q=1",
                    "/a/.env",
                    "/x.bak",
                    "/gone",
                    "/gone/away",
                    "/?status=503",
                    "/?status=404",
                    "/?fault=close&at=request",
                    "/?fault=stall&at=request",
                    "/private/")) {
                pair.compare(target);
            }
        }
    }

    /** A name may end with the dot of the root: its server is the same, and so are its rules. */
    @Test
    void aHostWithItsDotIsThatHost() throws Exception {
        try (HttpUpstream app = HttpUpstream.start("127.0.0.1", 0, new Rules());
                Pair pair = Pair.start("""
                          server { listen 127.0.0.1:@PORT@ default_server; location / { proxy_pass http://127.0.0.1:%d; } }
                          server { listen 127.0.0.1:@PORT@; server_name h.test; location / { return 200 "named"; } }
                        """.formatted(app.port()))) {
            for (String host : List.of("h.test", "h.test.", "H.TEST.:80", "other.test.")) {
                pair.compare("/?size=7", host);
            }
        }
    }

    @Test
    void theDistributionsSiteWithPhp() throws Exception {
        try (RealFpm fpm = RealFpm.start("", "pm = static\npm.max_children = 2")) {
            fpm.script(
                    "index.php",
                    "<?php echo 'front ', $_SERVER['REQUEST_METHOD'], ' ', $_SERVER['REQUEST_URI'], ' ', $_GET['a'] ?? '';");
            fpm.script(
                    "info.php",
                    "<?php echo 'info ', $_SERVER['SCRIPT_NAME'], ' ', basename($_SERVER['SCRIPT_FILENAME']), ' ', $_SERVER['QUERY_STRING'];");
            fpm.script("style.css", "body { color: red }");
            fpm.script(".htaccess", "secret");
            try (Pair pair = Pair.start("""
                      include /etc/nginx/mime.types;
                      server {
                        listen 127.0.0.1:@PORT@ default_server;
                        root %s;
                        index index.php index.html;
                        location / { try_files $uri $uri/ /index.php?$args; }
                        location ~ \\.php$ { include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_pass unix:%s; }
                        location ~ /\\.ht { deny all; }
                      }
                    """.formatted(fpm.root(), fpm.socket()))) {
                for (String target :
                        List.of("/", "/?a=b", "/info.php?x=1", "/style.css", "/a/post/?a=1", "/.htaccess")) {
                    pair.compare(target);
                }
            }
        }
    }

    @Test
    void whatHasNoCounterpartIsListedWithItsPlace() throws IOException {
        Path file = RealNginx.write(
                "  map $a $b { default 1; }\n  server { listen 80; stub_status; location / { proxy_pass http://$b; } }\n",
                80);
        NginxTranslation.Result result = NginxTranslation.of(file);
        List<String> left = result.left().stream()
                .map(l -> l.at().name() + ":" + l.at().line())
                .toList();
        assertTrue(left.containsAll(List.of("map:14", "stub_status:15", "proxy_pass:15")), left.toString());
        left.forEach(l ->
                assertTrue(result.yaml().contains(file + ":" + l.substring(l.indexOf(':') + 1)), result.yaml()));
    }

    /** nginx and the gateway that was made of its configuration. */
    private record Pair(RealNginx nginx, TestGateway gateway) implements AutoCloseable {
        static Pair start(String http) throws Exception {
            RealNginx nginx = RealNginx.start(http);
            NginxTranslation.Result result = NginxTranslation.of(nginx.file());
            assertEquals(List.of(), result.problems());
            String yaml = result.yaml()
                    .replace("127.0.0.1:" + nginx.port(), "127.0.0.1:0")
                    .replaceAll("(?m)^(access|error)_log:.*$", "");
            return new Pair(nginx, TestGateway.start(yaml));
        }

        void compare(String target) throws IOException {
            compare(target, "shop.test");
        }

        void compare(String target, String host) throws IOException {
            byte[] request = ("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            RawResponse expected = RawResponse.exchange(nginx.port(), request, 10_000);
            RawResponse given = RawResponse.exchange(gateway.port(), request, 10_000);
            assertEquals(expected.status(), given.status(), target + ": " + given.text());
            assertEquals(expected.header("Location"), given.header("Location"), target);
            boolean own = expected.status() >= 400 && expected.text().contains("<center>nginx");
            if (!own && expected.status() < 300) {
                assertEquals(Dechunk.body(expected), Dechunk.body(given), target);
            }
        }

        @Override
        public void close() throws Exception {
            gateway.close();
            nginx.close();
        }
    }
}
