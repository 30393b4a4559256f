package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.fpm.RealFpm;
import io.culprit.proof.harness.Dechunk;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.sim.HttpUpstream;
import io.culprit.sim.scenario.Rules;
import io.culprit.triage.translate.NginxTranslation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nginx, and what {@code culprit import} made of its configuration, side by side: the same requests, the same answers. */
class ImportTest {
    private static final String MAIN = """
            daemon off;
            worker_processes 1;
            pid @DIR@/nginx.pid;
            error_log @DIR@/error.log info;
            events { worker_connections 512; }
            http {
              access_log off;
              default_type text/plain;
              client_body_temp_path @DIR@/body;
              proxy_temp_path @DIR@/proxy;
              fastcgi_temp_path @DIR@/fastcgi;
              uwsgi_temp_path @DIR@/uwsgi;
              scgi_temp_path @DIR@/scgi;
            %s
            }
            """;

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
    void httpGoesToHttpsOnTheSameName() {
        Path file = write("""
                  server { listen 80; server_name shop.test; return 301 https://$host$request_uri; }
                  server { listen 443 ssl; server_name shop.test; ssl_certificate a.crt; ssl_certificate_key a.key; location / { proxy_pass http://127.0.0.1:8000; } }
                """);
        String yaml = NginxTranslation.of(file).yaml();
        assertTrue(yaml.contains("{ scheme: http, path: / }"), yaml);
        assertTrue(yaml.contains("{ scheme: https, prefix: / }"), yaml);
    }

    /** Of several servers on an address the first takes what no name fits, unless another is called the default. */
    @Test
    void theFirstServerOfAnAddressIsItsDefault() {
        String servers = """
                  server { listen 80; server_name one.test; location / { proxy_pass http://127.0.0.1:8001; } }
                  server { listen 80%s; server_name two.test; location / { proxy_pass http://127.0.0.1:8002; } }
                """;
        String first = NginxTranslation.of(write(servers.formatted(""))).yaml();
        assertTrue(first.contains("match: { prefix: / }"), first);
        assertTrue(first.contains("match: { host: two.test, prefix: / }"), first);
        String second =
                NginxTranslation.of(write(servers.formatted(" default_server"))).yaml();
        assertTrue(second.contains("match: { host: one.test, prefix: / }"), second);
        assertTrue(second.contains("match: { prefix: / }"), second);
    }

    @Test
    void locationsWithinLocationsAreRoutesOfTheirOwn() {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  server { listen 80; location /app/ { proxy_pass http://127.0.0.1:8001;
                    location /app/api/ { proxy_pass http://127.0.0.1:8002; }
                    location ~ \\.jpg$ { proxy_pass http://127.0.0.1:8003; } } }
                """));
        assertTrue(result.yaml().contains("prefix: /app/api/"), result.yaml());
        assertTrue(
                result.left().stream().anyMatch(each -> each.why().contains("within location /app/ only")),
                result.left().toString());
    }

    /** What cannot be taken over is closed or listed, and never falls to a location that lets others in. */
    @Test
    void nothingIsOpenedThatNginxKeepsShut() {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  server { listen 81; server_name pub.test;
                    location / { proxy_pass http://127.0.0.1:8001; }
                    location /inside { internal; proxy_pass http://127.0.0.1:8002; }
                    location /strip { deny 10.9.0.0/16; proxy_pass http://127.0.0.1:8002/; }
                    location ~ ^/re/(.*)$ { allow 10.1.0.0/16; deny all; proxy_pass http://127.0.0.1:8002/q/$1; }
                    location /sec/ { proxy_pass http://127.0.0.1:8001; location ~* \\.php$ { deny all; } } }
                  server { listen 82; server_name other.test; location / { allow unix:; deny all; proxy_pass http://127.0.0.1:8003; } }
                """));
        String yaml = result.yaml();
        assertTrue(yaml.contains("prefix: /inside }, respond: { status: 404"), yaml);
        assertTrue(yaml.contains("- match: { prefix: /strip }"), yaml);
        assertTrue(yaml.contains("regex: \"^/re/(.*)$\" }, respond: { status: 403"), yaml);
        assertTrue(yaml.contains("regex: \"(?i)^/sec/.*\\\\.php$\" }, respond: { status: 403"), yaml);
        String left = result.left().toString();
        assertTrue(left.contains("not by the address that was asked"), left);
        assertTrue(left.contains("clients by a unix socket"), left);
        assertTrue(left.contains("it takes requests for the other servers' names as well"), left);
    }

    /** nginx takes the first rule that fits. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deny all; allow 10.0.0.0/8;           | deny: [all] |",
                "allow 10.0.0.0/8; deny all;           | allow: [10.0.0.0/8] | deny",
                "deny 10.1.0.0/16; allow 10.0.0.0/8; deny all; | deny: [10.1.0.0/16] |",
                "deny 10.1.0.0/16; allow all;          | deny: [10.1.0.0/16] | allow",
                "allow 10.0.0.0/8;                     | upstream: | allow"
            })
    void accessRulesMeanWhatTheyMeanInTheirOrder(String rules, String has, String lacks) {
        String yaml = NginxTranslation.of(write(
                        "  server { listen 80; location / { " + rules + " proxy_pass http://127.0.0.1:8001; } }\n"))
                .yaml()
                .replaceAll("(?m)^ *#.*", "");
        assertTrue(yaml.replace("[ ", "[").replace(" ]", "]").replace("\"", "").contains(has), yaml);
        assertTrue(lacks == null || !yaml.contains("    " + lacks + ":"), yaml);
    }

    /** What asks for more than an address stays shut: a password, another server's word, a signature, a method. */
    @ParameterizedTest
    @CsvSource({
        "auth_basic closed; auth_basic_user_file /etc/none;, 403, 'guarded by auth_basic'",
        "auth_request /ask;, 403, 'guarded by auth_request'",
        "limit_except GET { deny all; }, 403, 'guarded by limit_except'",
        "'secure_link $arg_md5; if ($secure_link = \"\") { return 403; }', 403, 'guarded by if'",
        "auth_basic off;, , ''",
        "satisfy any; allow 10.0.0.0/8; deny all; auth_basic closed;, , 'allow: [ 10.0.0.0/8 ]'",
        "if ($http_user_agent ~ bot) { return 403; }, , ''",
        "if ($remote_addr != 10.0.0.1) { return 403; }, 403, 'guarded by if'",
        "if ($outsider) { return 403; }, 403, 'guarded by if'",
        "if ($stranger) { return 403; }, 403, 'guarded by if'",
        "'set $in 0; if ($remote_addr ~ ^10) { set $in 1; } if ($in = 0) { return 404; }', 403, 'guarded by if'",
        "if ($slow) { return 403; }, , ''",
        "'set $w $http_x_token; if ($w != s) { return 403; }', 403, 'guarded by if'",
        "'if ($http_cookie !~ token=s) { return 403; }', 403, 'guarded by if'",
        "if ($round) { return 403; }, , ''"
    })
    void whatIsGuardedByMoreThanAnAddressStaysShut(String rules, String status, String says) {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  geo $outsider { default 1; 10.0.0.0/8 0; }
                  map $http_x_api_key $stranger { default 1; secret 0; }
                  map $http_user_agent $slow { default 0; ~*crawler 1; }
                  map "$round$round$round$round$round$round" $round { default 0; }
                  geo { default 1; }
                  server {
                    listen 80;
                    location /a { %s proxy_pass http://127.0.0.1:1; }
                  }
                """.formatted(rules)));
        boolean shut = result.yaml().contains("respond: { status: 403, body: Forbidden }");
        assertEquals(status != null, shut, result.yaml());
        assertEquals(status == null, result.yaml().contains("upstream: "), result.yaml());
        assertTrue(result.yaml().contains(says), result.yaml());
    }

    /** Regular expressions go first here, and a PHP site takes every script: neither may open what nginx keeps shut or does not run. */
    @Test
    void whatIsShutStaysShutForExpressionsAndScripts() {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  server {
                    listen 80; root /srv/www;
                    location ^~ /admin/ { deny all; }
                    location ^~ /adm2/ { auth_basic closed; proxy_pass http://127.0.0.1:1; }
                    location ^~ /wp-content/uploads/ { }
                    location = /wp-login.php { allow 10.0.0.0/8; deny all; fastcgi_pass 127.0.0.1:9000; }
                    location ~ \\.(php|js)$ { fastcgi_pass 127.0.0.1:9000; }
                    location / { try_files $uri /index.php; }
                  }
                """));
        String yaml = result.yaml();
        for (String shut : List.of(
                "regex: \"^/admin/.*\" }, respond: { status: 403",
                "regex: \"^/adm2/.*\" }, respond: { status: 403",
                "regex: \"^/wp-content/uploads/.*(?i)\\\\.(php|phtml|phar).*\" }, respond: { status: 403",
                "exact: /wp-login.php }, respond: { status: 403")) {
            assertTrue(yaml.contains(shut), shut + " is not in " + yaml);
        }
    }

    @Test
    void aScriptOfItsOwnIsNotTakenForTheSite() {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  server {
                    listen 80; root /srv/www;
                    location = /wp-login.php { allow 10.0.0.0/8; deny all; fastcgi_pass 127.0.0.1:9000; }
                    location ~ \\.php$ { fastcgi_pass 127.0.0.1:9001; }
                    location / { try_files $uri /index.php; }
                  }
                """));
        assertTrue(result.yaml().contains("exact: /wp-login.php }, respond: { status: 403"), result.yaml());
        assertTrue(result.yaml().contains("servers: [ \"127.0.0.1:9001\" ]"), result.yaml());
    }

    /** To listen there would let everybody in by the other server's routes. */
    @Test
    void aServerThatIsToldApartByItsAddressAloneIsNotListenedFor() {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  server { listen 18082; location / { proxy_pass http://127.0.0.1:1; } }
                  server { listen 18083; allow 10.0.0.0/8; deny all; location / { proxy_pass http://127.0.0.1:2; } }
                """));
        assertTrue(result.yaml().contains("0.0.0.0:18082"), result.yaml());
        assertTrue(!result.yaml().contains("0.0.0.0:18083"), result.yaml());
        assertTrue(
                result.left().toString().contains("give it a gateway of its own"),
                result.left().toString());
    }

    @Test
    void aServerOfRegularExpressionsDoesNotBecomeTheDefault() {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  server { listen 80; server_name one.test; location / { proxy_pass http://127.0.0.1:1; } }
                  server { listen 80; server_name ~^admin[.]; location / { proxy_pass http://127.0.0.1:2; } }
                """));
        assertTrue(result.yaml().contains("match: { prefix: / }"), result.yaml());
        assertTrue(!result.yaml().contains("127.0.0.1:2"), result.yaml());
        assertTrue(
                result.left().toString().contains("all its names are regular expressions"),
                result.left().toString());
        String first = NginxTranslation.of(write("""
                  server { listen 80; server_name ~^(www[.])?one[.]test$; location / { proxy_pass http://127.0.0.1:1; } }
                """)).yaml();
        assertTrue(first.contains("match: { prefix: / }"), first);
    }

    @Test
    void handshakesThatNginxRejectsAreRefused() {
        String yaml = NginxTranslation.of(write("""
                  server { listen 443 ssl default_server; ssl_reject_handshake on; }
                  server {
                    listen 443 ssl; server_name one.test; ssl_certificate /c.crt; ssl_certificate_key /c.key;
                    location / { proxy_pass http://127.0.0.1:1; }
                  }
                  server { listen 8443 ssl; ssl_reject_handshake on; }
                """)).yaml();
        assertTrue(
                yaml.contains(
                        "address: \"0.0.0.0:443\", tls: { certificates: [ { certificate: /c.crt, key: /c.key } ], unknown_names: refuse }"),
                yaml);
        assertTrue(!yaml.contains("0.0.0.0:8443"), yaml);
        assertTrue(yaml.contains("match: { host: one.test"), yaml);
    }

    /** Both of a port are one here: what one of them says holds, and no port is opened that nginx does not listen on. */
    @Test
    void aRejectingAddressOfBothFamiliesKeepsTheCertificateOfOne() {
        String yaml = NginxTranslation.of(write("""
                  server { listen 443 ssl default_server; listen [::]:443 ssl default_server; ssl_reject_handshake on; }
                  server {
                    listen 443 ssl; server_name one.test; ssl_certificate /c.crt; ssl_certificate_key /c.key;
                    location / { proxy_pass http://127.0.0.1:1; }
                  }
                """)).yaml();
        assertTrue(yaml.contains("address: \"[::]:443\", tls: { certificates: [ { certificate: /c.crt"), yaml);
        assertTrue(yaml.contains("unknown_names: refuse"), yaml);
        assertTrue(!yaml.contains(":80 }"), yaml);
    }

    @Test
    void onlyTheDefaultServersRejectionRefusesUnknownNames() {
        String one = NginxTranslation.of(write("""
                  server {
                    listen 443 ssl default_server; server_name a.test; ssl_certificate /c.crt; ssl_certificate_key /c.key;
                    location / { proxy_pass http://127.0.0.1:1; }
                  }
                  server { listen 443 ssl; server_name old.test; ssl_reject_handshake on; }
                """)).yaml();
        assertTrue(!one.contains("unknown_names"), one);
        String all = NginxTranslation.of(write("""
                  ssl_reject_handshake on;
                  server {
                    listen 443 ssl; server_name a.test; ssl_certificate /c.crt; ssl_certificate_key /c.key;
                    location / { proxy_pass http://127.0.0.1:1; }
                  }
                """)).yaml();
        assertTrue(all.contains("listen: []"), all);
        assertTrue(!all.contains("upstream: app"), all);
    }

    @Test
    void clientsThatMustShowACertificateAreNotLetInWithoutOne() {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  server {
                    listen 443 ssl; ssl_certificate a.crt; ssl_certificate_key a.key;
                    ssl_client_certificate ca.crt; ssl_verify_client on;
                    location / { proxy_pass http://127.0.0.1:1; }
                  }
                """));
        assertTrue(result.yaml().contains("{ match: { prefix: / }, respond: { status: 403"), result.yaml());
    }

    @Test
    void aWholeSiteBehindAPasswordStaysShut() {
        NginxTranslation.Result result = NginxTranslation.of(write("""
                  server {
                    listen 80; root /srv/www; auth_basic closed;
                    location / { try_files $uri /index.php; }
                    location ~ \\.php$ { fastcgi_pass 127.0.0.1:9000; }
                  }
                """));
        assertTrue(result.yaml().contains("{ match: { path: / }, respond: { status: 403"), result.yaml());
    }

    @Test
    void whatHasNoCounterpartIsListedWithItsPlace() {
        Path file = write(
                "  map $a $b { default 1; }\n  server { listen 80; stub_status; location / { proxy_pass http://$b; } }\n");
        NginxTranslation.Result result = NginxTranslation.of(file);
        List<String> left = result.left().stream()
                .map(l -> l.at().name() + ":" + l.at().line())
                .toList();
        assertTrue(left.containsAll(List.of("map:14", "stub_status:15", "proxy_pass:15")), left.toString());
        left.forEach(l ->
                assertTrue(result.yaml().contains(file + ":" + l.substring(l.indexOf(':') + 1)), result.yaml()));
    }

    private static Path write(String http) {
        try {
            return Files.writeString(Files.createTempDirectory("i").resolve("nginx.conf"), MAIN.formatted(http));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** nginx and the gateway that was made of its configuration. */
    private record Pair(Process nginx, int port, TestGateway gateway) implements AutoCloseable {
        static Pair start(String http) throws Exception {
            String program = Oracle.program("nginx", "nginx");
            Path directory = Files.createTempDirectory("i");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            int port = Oracle.freePort();
            String text = MAIN.formatted(http)
                    .replace("@DIR@", directory.toString())
                    .replace("@PORT@", Integer.toString(port));
            Path file = Files.writeString(directory.resolve("nginx.conf"), text);
            Process nginx = new ProcessBuilder(program, "-c", file.toString(), "-p", directory.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output").toFile())
                    .start();
            TestGateway.await("nginx listens", () -> {
                try (Socket probe = new Socket()) {
                    probe.connect(new InetSocketAddress("127.0.0.1", port), 100);
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
            NginxTranslation.Result result = NginxTranslation.of(file);
            assertEquals(List.of(), result.problems());
            String yaml = result.yaml()
                    .replace("127.0.0.1:" + port, "127.0.0.1:0")
                    .replaceAll("(?m)^(access|error)_log:.*$", "");
            return new Pair(nginx, port, TestGateway.start(yaml));
        }

        void compare(String target) throws IOException {
            compare(target, "shop.test");
        }

        void compare(String target, String host) throws IOException {
            byte[] request = ("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            RawResponse expected = RawResponse.exchange(port, request, 10_000);
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
            nginx.destroy();
            nginx.waitFor();
        }
    }
}
