package io.culprit.triage.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holes and what only looks like one; that nginx has them is proven beside it ({@code LintAgainstNginxTest}). */
@Tag("slow")
class HardeningTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', textBlock = """
            proxy.open      @ location / { proxy_pass $arg_to; }
            proxy.open      @ location / { proxy_pass http://a${arg_x}.test; }
            proxy.open      @ location / { proxy_pass $http_scheme://a.test/; }
            proxy.open      @ location ~ ^/(https?)/(.*?)/(.*) { set $p $1; set $h $2; proxy_pass $p://$h/$3; }
            proxy.open      @ location ~ ^/(?P<to>[^/\\s]+)/ { proxy_pass http://$to; }
            proxy.open      @ location ~ ^/(\\w+)/ { proxy_pass http://$1/; }
                            @ location ~ ^/(\\w+)/ { proxy_pass http://$1.internal.test/; }
                            @ location ~ ^/(a|b)/ { proxy_pass http://$1.internal.test/; }
            proxy.open      @ location ~ ^/([\\w.]+)/ { proxy_pass http://$1.internal.test/; }
                            @ location / { internal; proxy_pass http://$arg_to; }
                            @ location / { proxy_pass http://a.test$request_uri; }
                            @ location / { set $to http://a.test$request_uri; proxy_pass $to; }
                            @ location / { proxy_pass http://a.test:$server_port; }
                            @ location / { proxy_pass http://a.test/?u=$arg_u; }
                            @ location / { proxy_pass http://$host; }
                            @ location ~ ^/(a|b)/(\\W*)$ { set $p $2; proxy_pass http://a.test/$p; }
            header.splitting @ location ~ ^/(a|b)/(?<n>\\W*)$ { set $p $n; proxy_pass http://a.test/$p; }
            proxy.open      @ location / { if ($arg_to ~ ^(.+)$) { set $p $1; } proxy_pass http://$p/y; }
                            @ location / { if ($arg_to ~ ^(a|b)$) { set $p $1; } proxy_pass http://$p.internal.test/y; }
            header.splitting @ location / { if ($uri ~ ([^y]+)) { set $q 1; } return 302 http://a.test/$1; }
                            @ location / { if ($uri ~ ([^y]+)) { set $q 1; } rewrite ^/b/(\\w+)$ http://a.test/$1 redirect; }
                            @ if ($uri ~ ([^y]+)) { set $q 1; } location ~ ^/(\\w+)$ { return 301 http://a.test/$1; }
            header.splitting @ if ($uri ~ (?<n>[^y]+)) { set $q 1; } location / { return 302 http://a.test/$n; }
                            @ location / { if ($uri ~ ([^y]+)) { set $q $1; } return 302 http://a.test/$q; }
                            @ location / { if ($uri ~ ([^y]+)) { return 403; } return 302 http://a.test/$1; }
                            @ location ~ ^/(a|b)/(\\W*)$ { set $p $1; proxy_pass http://a.test/$p; }
                            @ location ~ ^/(.*) { proxy_pass http://a.test/$1; }
            header.splitting @ location / { add_header X-Uri $uri; }
                            @ location / { if ($http_x ~ ([^y]+)) { return 302 http://a.test/$1; } }
            header.splitting @ location / { if ($uri ~ ([^y]+)) { return 302 http://a.test/$1; } }
                            @ location / { rewrite ^/(.*) http://a.test/$1 redirect; }
                            @ location / { return 403 $uri; }
            origin.loose    @ location / { if ($http_origin ~ ^https://(a|b).example\\.com$) { return 204; } }
            origin.loose    @ location / { if ($http_origin ~ '^https://a\\.test$|b\\.test') { return 204; } }
                            @ location / { if ($http_origin ~ '^https?:\\/\\/([^/]+\\.)?a\\.test(:\\d+)?$') { return 204; } }
            origin.loose    @ location / { if ($http_referer !~ '^https://([^/]+.*)?a\\.test/') { return 403; } }
                            @ location / { if ($http_user_agent ~ a.b) { return 204; } }
                            @ location ~ ^/api(/.*)$ { proxy_pass http://127.0.0.1:8080$1$is_args$args; }
                            @ location ~ ^/api(?<rest>/.*)?$ { proxy_pass http://a.test$rest; }
                            @ location / { proxy_pass http://$host.internal.test:8080; }
            origin.loose    @ location / { if ($http_origin ~ '^(https://a\\.test|https://b.test)$') { return 204; } }
                            @ location / { if ($http_origin ~ '^(https://a\\.test|https://b\\.test)$') { return 204; } }
                            @ location / { try_files $uri =404; if ($arg_a) { rewrite ^ /index.php; } }
                            @ deny all; location /health { allow all; return 200 ok; }
                            @ location / { if ($http_referer ~* (viagra|casino)) { return 403; } }
                            @ location / { if ($http_origin ~ .+) { set $has 1; } }
                            @ location / { if ($http_origin !~ '\\Ahttps://example\\.com(:\\d{1,5})?$') { return 403; } }
                            @ location / { if ($http_origin !~ '(?i)^https://.*\\.example\\.com$') { return 403; } }
            origin.loose    @ location / { if ($http_origin !~ '^https?://[^/]*\\.?example\\.com$') { return 403; } }
                            @ location / { if ($http_origin !~ '^https?://(www\\.)?example\\.com$') { return 403; } }
            origin.reflected @ location / { add_header Access-Control-Allow-Origin $http_origin always; add_header Access-Control-Allow-Credentials true; }
                            @ location /int { internal; alias /srv/int/; }
                            @ location / { set $a $a; proxy_pass http://$a; }
                            @ location / { proxy_pass http://127.0.0.1:$arg_port; }
            proxy.open      @ location / { fastcgi_pass $arg_x; }
            access.bypassed @ deny all; location /health { return 200 ok; }
            access.bypassed @ location / { auth_basic x; auth_basic_user_file /x; return 200 secret; }
                            @ location / { auth_basic off; return 200 open; }
            access.bypassed @ location / { deny all; if ($arg_a) { return 200 inside; } proxy_pass http://127.0.0.1:1; }
                            @ location / { auth_basic x; auth_basic_user_file /x; if ($request_method = OPTIONS) { return 204; } root /srv; }
                            @ location / { deny all; if ($arg_a) { return 302 /; } proxy_pass http://127.0.0.1:1; }
            access.unreached @ location / { deny all; allow 10.0.0.0/8; root /srv; }
            access.unreached @ location / { allow all; deny 10.0.0.1; root /srv; }
                            @ location / { limit_except GET { allow 10.0.0.1; deny all; } }
            access.open     @ location / { allow 10.0.0.1; root /srv; }
                            @ location / { satisfy any; allow 10.0.0.1; auth_basic a; root /srv; }
                            @ location / { allow all; root /srv; }
                            @ location / { deny all; return 404; }
                            @ location / { add_header X-A b; if ($arg_a) { add_header X-B c; } }
                            @ location / { try_files $uri /x; if ($arg_a) { return 403; } }
                            @ location / { proxy_pass http://a.test/x/; if ($arg_a) { set $b 1; } }
            if.upstream     @ location / { if ($arg_a) { proxy_pass http://127.0.0.1; } if ($arg_b) { set $b 1; } }
            """)
    void holesAreNamedAndNothingElse(String id, String location) throws IOException {
        Path file = Files.writeString(
                folder.resolve("nginx.conf"),
                "events {}\nhttp { resolver 127.0.0.1; server { listen 80; server_name x.test; " + location + " } }\n");
        Setup setup = new Setup(Edge.NONE, 0);
        setup.add(file);
        String ids = Lint.of(setup).stream()
                .filter(flaw -> flaw.level() != Flaw.Level.NOTE)
                .map(Flaw::id)
                .distinct()
                .collect(Collectors.joining(" "));
        assertEquals(id == null ? "" : id, ids, location);
    }

    /** Whatever way the client's Host takes; one of a query is worse. */
    @ParameterizedTest
    @CsvSource({"$http_host, NOTE", "$h, NOTE", "$arg_h, WARNING", "$host, "})
    void aHostThatTheClientChoosesIsTold(String value, Flaw.Level level) throws IOException {
        Path file = Files.writeString(
                folder.resolve("nginx.conf"),
                "events {}\nhttp { server { listen 80; server_name x.test; location / { set $h $http_host;"
                        + " proxy_set_header Host " + value + "; proxy_pass http://127.0.0.1:1; } } }\n");
        Setup setup = new Setup(Edge.NONE, 0);
        setup.add(file);
        Flaw.Level told = Lint.of(setup).stream()
                .filter(f -> f.id().equals("host.forged"))
                .map(Flaw::level)
                .findFirst()
                .orElse(null);
        assertEquals(level, told, value);
    }

    /** The worst of what is lost decides. */
    @Test
    void allHeadersThatAreLostAreNamed() throws IOException {
        Path file = Files.writeString(
                folder.resolve("nginx.conf"),
                "events {}\nhttp { server { add_header Strict-Transport-Security max-age=1; add_header X-Zzz 1;"
                        + " location / { add_header X-A b; } } }\n");
        Setup setup = new Setup(Edge.NONE, 0);
        setup.add(file);
        Flaw lost = Lint.of(setup).stream()
                .filter(f -> f.id().equals("header.lost"))
                .findFirst()
                .orElseThrow();
        assertEquals(Flaw.Level.WARNING, lost.level());
        assertTrue(lost.message().startsWith("Strict-Transport-Security, X-Zzz are not sent here"), lost.message());
    }

    /** Any depth and number end, and quickly. */
    @Test
    void variablesOfVariablesAndManyLocationsAreLookedThrough() throws IOException {
        StringBuilder text =
                new StringBuilder("events {}\nhttp { resolver 127.0.0.1; server { listen 80; server_name x.test;\n");
        text.append("set $a0 1;\n");
        for (int i = 1; i < 3_000; i++) {
            text.append("set $a%d \"$a%d$a%d\";\nlocation /l%d { add_header A b; proxy_pass http://$arg_x; }\n"
                    .formatted(i, i - 1, i - 1, i));
        }
        text.append("location / { proxy_pass http://$a2999; } } }\n");
        Path file = Files.writeString(folder.resolve("nginx.conf"), text);
        Setup setup = new Setup(Edge.NONE, 0);
        setup.add(file);
        assertEquals(
                2_999,
                Lint.of(setup).stream().filter(f -> f.id().equals("proxy.open")).count());
    }

    /** A server that takes every name lets the client choose. */
    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', textBlock = """
            proxy.open @ listen 80 default_server; server_name x.test;
            proxy.open @ listen 80;
            proxy.open @ listen 80; server_name _;
                       @ listen 80; server_name x.test;
            """)
    void theHostIsTheClientsWhereNoNameIsAsked(String id, String server) throws IOException {
        Path file = Files.writeString(
                folder.resolve("nginx.conf"),
                "events {}\nhttp { resolver 127.0.0.1; server { " + server
                        + " location / { proxy_pass http://$host:8080; } } }\n");
        Setup setup = new Setup(Edge.NONE, 0);
        setup.add(file);
        String ids = Lint.of(setup).stream()
                .map(Flaw::id)
                .filter("proxy.open"::equals)
                .collect(Collectors.joining(" "));
        assertEquals(id == null ? "" : id, ids, server);
    }
}
