package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator's own pages, beside nginx's {@code error_page} with a file. */
class ErrorPagesTest {
    @TempDir
    Path directory;

    private TestGateway start(String expose) throws IOException {
        Path gone = Files.writeString(
                directory.resolve("502.html"), "<p>$status $reason, $cause, <b>$request_id</b>; $(x) $other $</p>");
        Path wrong = Files.writeString(directory.resolve("4xx.html"), "<p>yours: $status</p>");
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        return TestGateway.start("""
                expose: %s
                pages: { 502: %s, 4xx: %s }
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes:
                  - { match: { path: / }, upstream: app }
                  - { match: { path: /never }, upstream: app, deny: [ 0.0.0.0/0 ] }
                """.formatted(expose, gone, wrong, closed));
    }

    private static RawResponse get(TestGateway gateway, String target, String accept) throws IOException {
        return gateway.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: x\r\n"
                + (accept.isEmpty() ? "" : "Accept: " + accept + "\r\n") + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "text/html"})
    void aFailureIsToldByTheOperatorsPage(String accept) throws IOException {
        try (TestGateway gateway = start("cause")) {
            RawResponse response = get(gateway, "/", accept);
            assertEquals(502, response.status());
            assertEquals("text/html; charset=utf-8", response.header("Content-Type"));
            assertEquals(
                    "<p>502 Bad Gateway, connect.refused, <b>%s</b>; $(x) $other $</p>"
                            .formatted(response.header("X-Request-Id")),
                    response.body());
            assertTrue(response.header("Proxy-Status").contains("connect.refused"), response.text());
            assertEquals("<p>yours: 403</p>", get(gateway, "/never", accept).body());
        }
    }

    @Test
    void whoWantsJsonGetsJson() throws IOException {
        try (TestGateway gateway = start("cause")) {
            RawResponse response = get(gateway, "/", "application/json");
            assertEquals("application/problem+json", response.header("Content-Type"));
            assertTrue(response.body().contains("\"cause\":\"connect.refused\""), response.body());
        }
    }

    @Test
    void thePageTellsNoMoreThanExposeAllows() throws IOException {
        try (TestGateway gateway = start("none")) {
            RawResponse response = get(gateway, "/", "text/html");
            assertTrue(response.body().startsWith("<p>502 Bad Gateway, , <b>"), response.body());
            assertFalse(response.text().contains("refused"), response.text());
        }
    }

    @Test
    void headsThatCannotBeReadGetThePageToo() throws IOException {
        try (TestGateway gateway = start("cause")) {
            assertEquals(
                    "<p>yours: 400</p>",
                    gateway.send("GET / HTTP/1.1\r\nHost : a\r\n\r\n").body());
        }
    }
}
