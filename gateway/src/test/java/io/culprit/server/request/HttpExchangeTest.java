package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One request through its phases: whatever ends it, it ends in one outcome. */
class HttpExchangeTest {
    private static final String YAML = """
            upstreams: { app: { servers: [ "127.0.0.1:%d" ] } }
            routes: [ { match: { path: /app }, upstream: app } ]
            """;
    private static final String GET = "GET /app HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    @TempDir
    Path directory;

    private static String answer(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void anAnswerIsDeliveredAndTheUpstreamsConnectionKept() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
            for (String body : List.of("one", "two")) {
                String head = Engine.head(connection);
                assertTrue(head.startsWith("GET /app HTTP/1.1\r\nHost: x\r\n"), head);
                Engine.send(connection, answer(body));
            }
            Engine.head(connection);
        })) {
            assertTrue(engine.ask(GET).endsWith("\r\n\r\none"));
            assertTrue(engine.ask(GET).endsWith("\r\n\r\ntwo"));
            engine.outcomes(2);
            assertEquals(1, engine.connections());
            assertEquals(2, engine.ended(Ending.DELIVERED));
        }
    }

    @Test
    void requestsOnOneConnectionAreAnsweredInOrder() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
                    for (int i = 1; i <= 3; i++) {
                        Engine.head(connection);
                        Engine.send(connection, answer("answer" + i));
                    }
                    Engine.head(connection);
                });
                Socket client = engine.connect()) {
            String kept = "GET /app HTTP/1.1\r\nHost: x\r\n\r\n";
            Engine.send(client, kept + kept + GET);
            String all = Engine.rest(client);
            assertTrue(all.indexOf("answer1") < all.indexOf("answer2"), all);
            assertTrue(all.endsWith("answer3"), all);
            engine.outcomes(3);
        }
    }

    @Test
    void withoutARouteItIs404AndNobodyIsAsked() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {})) {
            String told = engine.ask("GET /other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertTrue(told.startsWith("HTTP/1.1 404 "), told);
            assertTrue(engine.outcome().contains("\"cause\":\"route.none\""));
            assertEquals(0, engine.connections());
        }
    }

    @Test
    void aClientThatLeavesTakesItsRequestWithIt() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
            Engine.head(connection);
            asked.countDown();
            if (Engine.head(connection).isEmpty()) {
                left.countDown();
            }
        })) {
            try (Socket client = engine.connect()) {
                Engine.send(client, GET);
                assertTrue(asked.await(10, TimeUnit.SECONDS));
            }
            assertTrue(left.await(10, TimeUnit.SECONDS), "the upstream's work is cancelled");
            assertTrue(engine.outcome().contains("\"cause\":\"client.closed\""));
            assertEquals(1, engine.ended(Ending.CLIENT_GONE));
        }
    }

    @Test
    void theStopAnswersWhatRuns() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
                    Engine.head(connection);
                    asked.countDown();
                    Engine.head(connection);
                });
                Socket client = engine.connect()) {
            Engine.send(client, "GET /app HTTP/1.1\r\nHost: x\r\n\r\n");
            assertTrue(asked.await(10, TimeUnit.SECONDS));
            engine.gateway().close();
            String told = Engine.rest(client);
            assertTrue(told.startsWith("HTTP/1.1 503 "), told);
            assertTrue(told.contains("Connection: close\r\n"), told);
            assertTrue(engine.outcome().contains("\"cause\":\"gateway.stopping\""));
        }
    }

    @Test
    void totalBoundsTheWholeRequest() throws Exception {
        String yaml = YAML.replace("\"127.0.0.1:%d\" ]", "\"127.0.0.1:%d\" ], timeouts: { total: 100ms }");
        try (Engine engine = Engine.start(directory, yaml, (connection, number) -> {
            Engine.head(connection);
            Engine.head(connection);
        })) {
            assertTrue(engine.ask(GET).startsWith("HTTP/1.1 504 "));
            assertTrue(engine.outcome().contains("\"status\":504"));
        }
    }

    @Test
    void aTornBodyIsTornForTheClientToo() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
            Engine.head(connection);
            Engine.send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf!");
        })) {
            String told = engine.ask(GET);
            assertTrue(told.startsWith("HTTP/1.1 200 ") && told.contains("half!"), told);
            assertTrue(engine.outcome().contains("\"cause\":\"body.truncated\""));
            assertEquals(1, engine.ended(Ending.FAILED));
        }
    }

    @Test
    void anInterimResponseGoesBeforeTheAnswer() throws Exception {
        try (Engine engine = Engine.start(directory, YAML, (connection, number) -> {
            Engine.head(connection);
            Engine.send(connection, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer("ok"));
            Engine.head(connection);
        })) {
            String told = engine.ask(GET);
            assertTrue(told.startsWith("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n"), told);
        }
    }
}
