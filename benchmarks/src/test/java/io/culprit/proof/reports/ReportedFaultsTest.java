package io.culprit.proof.reports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.EchoUpstream;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import io.culprit.proof.see.RawUpstream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults that were found by real sites and in other gateways' public bug reports, as raw bytes. */
class ReportedFaultsTest {
    private static TestGateway routed(EchoUpstream echo, String routes) throws IOException {
        return TestGateway.start("""
                upstreams: { app: { servers: [ "127.0.0.1:%d" ], keepalive: { connections: 0 } } }
                routes:
                %s
                """.formatted(echo.port(), routes.indent(2)));
    }

    /** The request line the upstream saw. */
    private static String seen(TestGateway gateway, String target) throws IOException {
        return gateway.get(target)
                .body()
                .lines()
                .filter(line -> line.startsWith("GET "))
                .findFirst()
                .orElse("")
                .replace(" HTTP/1.1", "");
    }

    @ParameterizedTest
    @CsvSource({
        "/api../secret, 404",
        "/apifoo, 404",
        "/a/b/..%252fb/y, 400",
        "/a/b/%252e%252e/b/y, 400",
        "/a/b/..;/x, 400",
        "/strip../x, 404",
    })
    void aRewriteStaysBelowItsReplacement(String target, int status) throws IOException {
        try (EchoUpstream echo = EchoUpstream.start();
                TestGateway gateway = routed(echo, """
                        - { match: { path: /api }, upstream: app, rewrite: { replace_prefix: /static/ } }
                        - { match: { path: /a/b }, upstream: app, rewrite: { replace_prefix: /tenants/alice } }
                        - { match: { path: /strip }, upstream: app, rewrite: { strip_prefix: /strip } }
                        """)) {
            assertEquals(status, gateway.get(target).status(), target);
        }
    }

    @Test
    void aRewrittenTargetIsNormal() throws IOException {
        try (EchoUpstream echo = EchoUpstream.start();
                TestGateway gateway = routed(echo, """
                        - { match: { path: /a/b }, upstream: app, rewrite: { replace_prefix: /tenants/alice } }
                        - { match: { path: /strip }, upstream: app, rewrite: { strip_prefix: /strip } }
                        - { match: { path: / }, upstream: app }
                        """)) {
            assertEquals("GET /tenants/alice/y", seen(gateway, "/a/b/../b/y"));
            assertEquals("GET /evil/x", seen(gateway, "/strip//evil/x"));
            assertEquals("GET /untouched//x/../y", seen(gateway, "/untouched//x/../y"), "no rewrite, no change");
        }
    }

    @Test
    void aPathThatLacksARoutesSlashIsSentThere() throws IOException {
        try (EchoUpstream echo = EchoUpstream.start();
                TestGateway gateway = routed(echo, """
                        - { match: { path: /app/ }, upstream: app }
                        - { match: { path: / }, upstream: app }
                        """)) {
            RawResponse response = gateway.get("/app?x=1");
            assertEquals(301, response.status());
            assertEquals("/app/?x=1", response.header("Location"));
            assertEquals("GET /app/?x=1", seen(gateway, "/app/?x=1"));
            assertEquals("GET /apps", seen(gateway, "/apps"));
        }
    }

    @Test
    void aRegularExpressionOfAHostilePathIsAnswered() throws IOException {
        try (EchoUpstream echo = EchoUpstream.start();
                TestGateway gateway = routed(echo, "- { match: { regex: '^(/[a-z0-9-]+)+/?$' }, upstream: app }\n")) {
            String path = "/" + "a/".repeat(4_000) + "!";
            assertEquals("route.none", gateway.get(path).cause());
            assertEquals("route.none", gateway.failureOf(path).failure().cause().id());
            assertEquals(200, gateway.get("/" + "a/".repeat(4_000)).status());
        }
    }

    /** Expect is a list, over several lines too: the client waits for its 100. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Expect: 100-continue, foo\r\n",
                "Expect: foo\r\nExpect: 100-Continue\r\n",
                "Expect: foo ,100-continue\r\n"
            })
    void oneExpectationAmongOthersIsMet(String expect) throws IOException {
        try (EchoUpstream echo = EchoUpstream.start();
                TestGateway gateway = routed(echo, "- { upstream: app }\n");
                Socket client = gateway.connect()) {
            client.getOutputStream()
                    .write(("POST / HTTP/1.1\r\nHost: x\r\n" + expect
                                    + "Content-Length: 5\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertEquals(
                    "HTTP/1.1 100 Continue\r\n\r\n",
                    new String(client.getInputStream().readNBytes(25)));
            client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            assertEquals(200, RawResponse.readAll(client).status());
        }
    }

    @Test
    void headersWithUnderscoresStayBehind() throws IOException {
        String head = "GET / HTTP/1.1\r\nHost: x\r\nX_Forwarded_For: 6.6.6.6\r\nX_Debug: 1\r\nX-Fine: 2\r\n"
                + "Content_Length: 5\r\nConnection: close\r\n\r\n";
        try (EchoUpstream echo = EchoUpstream.start()) {
            try (TestGateway gateway = routed(echo, "- { upstream: app, headers: { remove: [X-Debug] } }\n")) {
                String seen = gateway.send(head).body();
                assertFalse(seen.contains("X_"), seen);
                assertFalse(seen.contains("Content_Length"), seen);
                assertTrue(seen.contains("X-Fine: 2"), seen);
            }
            try (TestGateway gateway = TestGateway.before(
                    echo.port(), "keepalive: { connections: 0 }", "limits: { underscores: refuse }")) {
                assertEquals(400, gateway.send(head).status());
            }
            try (TestGateway gateway = TestGateway.start("""
                    limits: { underscores: pass }
                    upstreams: { app: { servers: [ "127.0.0.1:%d" ], keepalive: { connections: 0 } } }
                    routes: [ { upstream: app, headers: { remove: [X-Debug], set: { X-Forwarded-Host: a } } } ]
                    """.formatted(echo.port()))) {
                String seen = gateway.send(head).body();
                assertTrue(seen.contains("X_Forwarded_For: 6.6.6.6"), seen);
                assertFalse(seen.contains("X_Debug"), "both spellings are one: " + seen);
            }
        }
    }

    @Test
    void whatAnApplicationTellsItsServerIsNotToldToClients() throws IOException {
        try (RawUpstream app = RawUpstream.answering("HTTP/1.1 200 OK\r\nX-Accel-Redirect: /secret\r\n"
                        + "x-sendfile: /srv/secret\r\nX-LIGHTTPD-send-file: /a\r\nX-LiteSpeed-Location: /b\r\n"
                        + "X-Accel-Expires: 5\r\nX-Fine: 1\r\nContent-Length: 2\r\n\r\nok");
                TestGateway gateway = TestGateway.before(app.port(), "")) {
            String head = gateway.get("/").head();
            assertTrue(head.contains("X-Fine: 1"), head);
            assertFalse(
                    head.toLowerCase(java.util.Locale.ROOT).matches("(?s).*(accel|sendfile|send-file|litespeed).*"),
                    head);
        }
    }

    @Test
    void extensionsAreCountedForEachChunk() throws IOException {
        StringBuilder chunks = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 3_000; i++) {
            chunks.append("1;ext=aa\r\nx\r\n");
        }
        try (RawUpstream app = RawUpstream.answering(chunks + "0\r\n\r\n");
                TestGateway gateway = TestGateway.before(app.port(), "")) {
            RawResponse response = gateway.get("/");
            assertEquals("200", response.verdict(false));
            assertEquals(3_000, response.body().chars().filter(c -> c == 'x').count());
        }
        try (RawUpstream app = RawUpstream.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"
                        + "e".repeat(5_000) + "\r\nx\r\n0\r\n\r\n");
                TestGateway gateway = TestGateway.before(app.port(), "buffering: { hold: 1KiB }")) {
            assertEquals("body.bad-chunk", gateway.get("/").cause());
        }
    }

    @Test
    void aHigherMinorVersionIsRelayed() throws IOException {
        try (RawUpstream app = RawUpstream.answering("HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok");
                TestGateway gateway = TestGateway.before(app.port(), "")) {
            RawResponse response = gateway.get("/");
            assertEquals(200, response.status());
            assertTrue(response.head().startsWith("HTTP/1.1 200"), response.head());
        }
    }

    @Test
    void twoServersMayHaveOneAddress() throws IOException {
        try (EchoUpstream echo = EchoUpstream.start();
                TestGateway gateway = TestGateway.start("""
                        upstreams: { app: { servers: [ "127.0.0.1:%1$d", "127.0.0.1:%1$d" ] } }
                        routes: [ { upstream: app } ]
                        """.formatted(echo.port()))) {
            assertEquals(200, gateway.get("/").status());
            assertEquals(
                    2,
                    gateway.gateway()
                            .upstreams()
                            .get("app")
                            .peers()
                            .group()
                            .all()
                            .size());
            String metrics = new String(
                    gateway.gateway().monitor().metrics().page("text/plain").content(),
                    java.nio.charset.StandardCharsets.UTF_8);
            assertTrue(metrics.contains("peer=\"127.0.0.1:" + echo.port() + " #2\""), "each has its own series");
        }
    }
}
