package io.culprit.proof.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.EchoUpstream;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.RealNginx;
import io.culprit.triage.lint.Edge;
import io.culprit.triage.lint.Flaw;
import io.culprit.triage.lint.Lint;
import io.culprit.triage.lint.Setup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each hole that {@code lint} names is one: the real nginx lets the request through, and with the configuration mended it does not.
 * The upstream of {@code @UP@} answers with the head it got.
 */
class LintAgainstNginxTest {
    /**
     * @param id the rule
     * @param bad within {@code server}, with the hole
     * @param good without
     * @param request as it is sent; the last two lines are added
     * @param through what shows in the response, or in the head the upstream got, where the hole is open
     */
    private record Hole(String id, String bad, String good, String request, String through) {}

    private static final String GET = "GET %s HTTP/1.1\r\nHost: shop.test\r\n";

    private static Hole hole(String id, String bad, String good, String target, String through) {
        return new Hole(id, bad, good, GET.formatted(target), through);
    }

    private static final List<Hole> HOLES = List.of(
            hole(
                    "proxy.open",
                    "location ~ ^/to/(?<where>.*) { proxy_pass http://$where; }",
                    "location ~ ^/to/(?<where>.*) { proxy_pass http://127.0.0.1:1/$where; }",
                    "/to/127.0.0.1:@UP@/x",
                    "GET /x HTTP/1.0"),
            hole(
                    "proxy.open",
                    "location ~ ^/ends(?<rest>.*) { proxy_pass http://127.0.0.1$rest; }",
                    "location ~ ^/ends(?<rest>.*) { proxy_pass http://127.0.0.1:1/x$rest; }",
                    "/ends:@UP@/x",
                    "GET /x HTTP/1.0"),
            hole(
                    "proxy.open",
                    "location / { set $to $arg_to; proxy_pass http://$to/y; }",
                    "location / { set $to 127.0.0.1:1; proxy_pass http://$to/$arg_to; }",
                    "/?to=127.0.0.1:@UP@",
                    "GET /y HTTP/1.0"),
            new Hole(
                    "host.forged",
                    "server_name a.test; location / { proxy_set_header Host $http_host; proxy_pass http://127.0.0.1:@UP@; }",
                    "server_name a.test; location / { proxy_set_header Host $host; proxy_pass http://127.0.0.1:@UP@; }",
                    "GET http://a.test/ HTTP/1.1\r\nHost: evil.test\r\n",
                    "Host: evil.test"),
            hole(
                    "header.splitting",
                    "location / { proxy_pass http://127.0.0.1:@UP@$document_uri; }",
                    "location / { proxy_pass http://127.0.0.1:@UP@$request_uri; }",
                    "/a%0d%0aX-Made:%20up",
                    "\nX-Made: up"),
            hole(
                    "header.splitting",
                    "location ~ ^/v1/([^/]+)/ { proxy_pass http://127.0.0.1:@UP@/$1; }",
                    "location ~ ^/v1/([^/\\s]+)/ { proxy_pass http://127.0.0.1:@UP@/$1; }",
                    "/v1/a%0aX-Made:%20up/",
                    "\nX-Made: up"),
            hole(
                    "header.splitting",
                    "return 301 https://a.test$uri;",
                    "return 301 https://a.test$request_uri;",
                    "/a%0d%0aX-Made:%20up",
                    "\nX-Made: up"),
            hole(
                    "alias.sibling",
                    "location /share { alias @DIR@/a; }",
                    "location /share/ { alias @DIR@/a/; }",
                    "/share-old/x",
                    "left here"),
            hole(
                    "alias.traversal",
                    "location /share { alias @DIR@/a/; }",
                    "location /share/ { alias @DIR@/a/; }",
                    "/share../x",
                    "left here"),
            hole(
                    "header.multiline",
                    "location / { add_header X-A \"one\n two\"; return 204; }",
                    "location / { add_header X-A \"one two\"; return 204; }",
                    "/",
                    "X-A: one\n two"),
            hole(
                    "header.twice",
                    "location / { default_type text/html; add_header Content-Type text/plain; return 200 x; }",
                    "location / { default_type text/plain; return 200 x; }",
                    "/",
                    "Content-Type: text/html\r\nContent-Length: 1\r\nConnection: close\r\nContent-Type: text/plain"),
            new Hole(
                    "origin.loose",
                    "location / { if ($http_origin !~ '^https?://a.test') { return 403; } return 200 inside; }",
                    "location / { if ($http_origin !~ '^https?://a\\.test$') { return 403; } return 200 inside; }",
                    "GET / HTTP/1.1\r\nHost: a.test\r\nOrigin: https://a.test.evil.test\r\n",
                    "inside"),
            new Hole(
                    "origin.loose",
                    "location / { if ($http_referer !~ 'https://a\\.test/') { return 403; } return 200 inside; }",
                    "location / { if ($http_referer !~ '^https://a\\.test/') { return 403; } return 200 inside; }",
                    "GET / HTTP/1.1\r\nHost: a.test\r\nReferer: https://evil.test/?https://a.test/\r\n",
                    "inside"),
            hole(
                    "referer.none",
                    "location / { valid_referers none a.test; if ($invalid_referer) { return 403; } return 200 inside; }",
                    "location / { valid_referers a.test; if ($invalid_referer) { return 403; } return 200 inside; }",
                    "/",
                    "inside"),
            hole(
                    "access.open",
                    "location / { allow 10.0.0.1; proxy_pass http://127.0.0.1:@UP@; }",
                    "location / { allow 10.0.0.1; deny all; proxy_pass http://127.0.0.1:@UP@; }",
                    "/",
                    "GET / HTTP/1.0"),
            hole(
                    "access.bypassed",
                    "location / { deny all; return 200 inside; }",
                    "location / { deny all; proxy_pass http://127.0.0.1:@UP@; }",
                    "/",
                    "inside"),
            hole(
                    "access.bypassed",
                    "location / { auth_basic x; auth_basic_user_file /nowhere; return 200 inside; }",
                    "location / { auth_basic x; auth_basic_user_file /nowhere; proxy_pass http://127.0.0.1:@UP@; }",
                    "/",
                    "inside"),
            hole(
                    "access.bypassed",
                    "location / { deny all; if ($arg_a) { return 200 inside; } proxy_pass http://127.0.0.1:@UP@; }",
                    "location / { deny all; if ($arg_a) { set $b 1; } proxy_pass http://127.0.0.1:@UP@; }",
                    "/?a=1",
                    "inside"),
            hole(
                    "proxy.open",
                    "location / { if ($arg_to ~ ^(.+)$) { set $p $1; } proxy_pass http://$p/y; }",
                    "location / { if ($arg_to ~ ^(a|b)$) { set $p $1; } proxy_pass http://127.0.0.1:1/$p; }",
                    "/?to=127.0.0.1:@UP@",
                    "GET /y HTTP/1.0"),
            hole(
                    "header.splitting",
                    "location / { if ($uri ~ ([^y]+)) { set $q 1; } return 302 http://a.test/$1; }",
                    "location / { if ($uri ~ ([^y]+)) { set $q $1; } return 302 http://a.test/$q; }",
                    "/a%0d%0aX-Made:%20up",
                    "\nX-Made: up"),
            hole(
                    "header.splitting",
                    "location ~ ^/(?<n>[^y]+)$ { set $p $n; return 302 http://a.test/$p; }",
                    "location ~ ^/([^y]+)$ { set $p $1; return 302 http://a.test/$p; }",
                    "/a%0d%0aX-Made:%20up",
                    "\nX-Made: up"),
            hole(
                    "access.unreached",
                    "location / { allow all; deny 127.0.0.1; proxy_pass http://127.0.0.1:@UP@; }",
                    "location / { deny 127.0.0.1; allow all; proxy_pass http://127.0.0.1:@UP@; }",
                    "/",
                    "GET / HTTP/1.0"),
            hole(
                    "if.headers",
                    "location / { set $on 1; if ($on) { add_header X-A 1; } if ($on) { add_header X-B 2; } return 204; }",
                    "location / { add_header X-A 1; add_header X-B 2; return 204; }",
                    "/",
                    "Connection: close\r\nX-B: 2"),
            hole(
                    "if.try-files",
                    "location / { try_files /no @app; set $on 1; if ($on) { set $b 1; } } location @app { return 200 app; }",
                    "location / { try_files /no @app; } location @app { return 200 app; }",
                    "/",
                    "404 Not Found"),
            hole(
                    "if.upstream",
                    "location / { set $on 1; if ($on) { proxy_pass http://127.0.0.1:@UP@; } if ($on) { set $b 1; } }",
                    "location / { set $on 1; if ($on) { set $b 1; } proxy_pass http://127.0.0.1:@UP@; }",
                    "/",
                    "500 Internal Server Error"));

    @TestFactory
    Stream<DynamicTest> eachHoleIsOne() {
        return HOLES.stream()
                .map(hole -> DynamicTest.dynamicTest(hole.id + ": " + hole.bad, () -> {
                    try (EchoUpstream up = EchoUpstream.start()) {
                        String open = judged(hole, hole.bad, up, hole.id);
                        assertTrue(open.contains(hole.through), "nginx lets it through: " + open);
                        String shut = judged(hole, hole.good, up, "");
                        assertTrue(!shut.contains(hole.through), "mended: " + shut);
                    }
                }));
    }

    /** What nginx answers with this configuration, of which lint has said what it should. */
    private static String judged(Hole hole, String server, EchoUpstream up, String id)
            throws IOException, InterruptedException {
        String http = "server { listen 127.0.0.1:@PORT@; %s }".formatted(server).replace("@UP@", "" + up.port());
        try (RealNginx nginx = RealNginx.start(http)) {
            Path directory = nginx.file().getParent();
            Files.createDirectories(directory.resolve("a"));
            Files.writeString(directory.resolve("x"), "left here");
            Files.writeString(
                    Files.createDirectories(directory.resolve("a-old")).resolve("x"), "left here");
            Setup setup = new Setup(Edge.NONE, 0);
            setup.add(nginx.file());
            assertEquals(List.of(), setup.problems());
            String ids = Lint.of(setup).stream()
                    .map(Flaw::id)
                    .filter(each -> each.matches("(proxy|host|header|origin|referer|access|if|alias)\\..*"))
                    .distinct()
                    .collect(Collectors.joining(" "));
            assertEquals(id, ids, server);
            String request = (hole.request + "Connection: close\r\n\r\n").replace("@UP@", "" + up.port());
            RawResponse response =
                    RawResponse.exchange(nginx.port(), request.getBytes(StandardCharsets.ISO_8859_1), 10_000);
            return response.text();
        }
    }
}
