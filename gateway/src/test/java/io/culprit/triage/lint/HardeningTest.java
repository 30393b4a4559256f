package io.culprit.triage.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holes and what only looks like one; that nginx has them is proven beside it ({@code LintAgainstNginxTest}). */
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
            header.splitting @ location ~ ^/(a|b)/(\\W*)$ { set $p $2; proxy_pass http://a.test/$p; }
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
            origin.loose    @ location / { if ($http_referer ~ '^https://([^/]+.*)?a\\.test/') { return 204; } }
                            @ location / { if ($http_user_agent ~ a.b) { return 204; } }
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
