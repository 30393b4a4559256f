package io.culprit.server.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.server.Engine;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may come in by a route, and paths that would come in by another where they are read differently. */
class RouteGateTest {
    @TempDir
    Path directory;

    private Engine engine;

    @BeforeEach
    void begin() throws Exception {
        engine = Engine.start(directory, """
                upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
                routes:
                  - { match: { path: / }, respond: { status: 200 } }
                  - { match: { path: /admin }, allow: [ 10.0.0.0/8 ], respond: { status: 200 } }
                  - { match: { path: /here }, allow: [ 127.0.0.0/8 ], respond: { status: 200 } }
                  - { match: { path: /not }, deny: [ 127.0.0.1/32 ], respond: { status: 200 } }
                  - { match: { path: /but }, allow: [ 127.0.0.0/8 ], deny: [ 127.0.0.1/32 ], respond: { status: 200 } }
                  - { match: { path: /others }, deny: [ 10.0.0.0/8 ], respond: { status: 200 } }
                  - { match: { path: /slow }, rate: { requests: 6/m, burst: 1 }, respond: { status: 200 } }
                """, (connection, number) -> {});
    }

    @AfterEach
    void end() throws Exception {
        engine.close();
    }

    private String ask(String path) throws Exception {
        return engine.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/, ''",
        "/admin, route.denied",
        "/admin/x, route.denied",
        "/here, ''",
        "/not, route.denied",
        "/but, route.denied",
        "/others, ''",
        "/x/..%2fadmin, route.denied",
        // what another reader takes for /admin
        "/x/..%5cadmin, client.ambiguous-path",
        "/x/..\\admin, client.ambiguous-path",
        "/x/..;/admin, client.ambiguous-path",
        "/x/..;a=b/admin, client.ambiguous-path",
        "/%252e%252e/admin, client.ambiguous-path",
        "/x/%252e%252e/admin, client.ambiguous-path",
        "/admin;v=1, client.ambiguous-path",
        "/admin//../x, client.ambiguous-path",
        // what nobody does, or where the same clients may come in
        "/x/..%2fy, ''",
        "/x;v=1/y, ''",
        "/x%20y, ''",
        "/x/..%2fothers, client.ambiguous-path"
    })
    void whoMayNotComeIsTold(String path, String cause) throws Exception {
        String told = ask(path);
        assertTrue(told.startsWith("HTTP/1.1 " + (cause.isEmpty() ? 200 : 403) + " "), told);
        String outcome = engine.outcome();
        assertEquals(!cause.isEmpty(), outcome.contains("\"cause\":\""), outcome);
        assertTrue(outcome.contains("\"" + cause + "\"") || cause.isEmpty(), outcome);
    }

    @Test
    void bothReadingsAreNamed() throws Exception {
        ask("/x/..;/admin");
        String outcome = engine.outcome();
        assertTrue(
                outcome.contains(
                        "the path takes route \\\"/\\\" here, and route \\\"/admin\\\" where it is read as /admin"),
                outcome);
    }

    @Test
    void whoComesTooOftenIsToldWhenToComeAgain() throws Exception {
        String told = "";
        for (int i = 0; i < 10 && !told.startsWith("HTTP/1.1 429 "); i++) {
            told = ask("/slow");
        }
        assertTrue(told.startsWith("HTTP/1.1 429 "), told);
        int at = told.indexOf("Retry-After: ") + "Retry-After: ".length();
        int seconds = Integer.parseInt(told.substring(at, told.indexOf("\r\n", at)));
        assertTrue(seconds >= 1 && seconds <= 11, seconds + " s of the 10 s that one request takes");
        Engine.await(
                "the failure",
                () -> !engine.gateway().recorder().recentFailures().isEmpty());
        String detail =
                engine.gateway().recorder().recentFailures().get(0).failure().detail();
        assertTrue(
                detail.startsWith("127.0.0.1 made more requests than 6/m with a burst of 1; one more may come in "),
                detail);
    }
}
