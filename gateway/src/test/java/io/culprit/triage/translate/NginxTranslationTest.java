package io.culprit.triage.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of nginx's configuration, and what stays shut where it has no counterpart; beside the real nginx it is held by ImportTest. */
class NginxTranslationTest {
    private static final String MAIN = """
            events { worker_connections 512; }
            http {
              access_log off;
            %s
            }
            """;

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

    private static Path write(String http) {
        try {
            return Files.writeString(Files.createTempDirectory("i").resolve("nginx.conf"), MAIN.formatted(http));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
