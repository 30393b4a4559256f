package io.culprit.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Outcome.Ending;
import io.culprit.server.Engine;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes both ways behind a switch of protocols, and who ended it, and how. */
class TunnelTest {
    private static final String ASKED = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: raw\r\nConnection: upgrade\r\n\r\n";
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: upgrade\r\n\r\n";
    private static final int MUCH = 3_000_000;

    @TempDir
    Path directory;

    private Engine engine(String tunnel, Engine.Peer peer) throws Exception {
        return Engine.start(directory, """
                upstreams: { app: { servers: [ "127.0.0.1:%%d" ], timeouts: { tunnel: %s } } }
                routes: [ { upstream: app } ]
                """.formatted(tunnel), (connection, number) -> {
            assertTrue(Engine.head(connection).contains("\r\nHost: x\r\n"));
            Engine.send(connection, SWITCH);
            peer.serve(connection, number);
        });
    }

    private static void open(Socket client) throws Exception {
        Engine.send(client, ASKED);
        String head = Engine.head(client);
        assertTrue(head.startsWith("HTTP/1.1 101 "), head);
        assertTrue(head.contains("Upgrade: raw\r\n") && head.contains("Connection: upgrade\r\n"), head);
    }

    private static void ended(Engine engine, Ending how, String cause, String detail) {
        String outcome = engine.outcome();
        assertTrue(outcome.contains("\"tunnel_end\":\"tunnel." + cause), outcome);
        assertTrue(outcome.contains(detail), outcome);
        assertEquals(1, engine.ended(how), outcome);
    }

    /** Each side may end its own, and still gets what the other sends. */
    @Test
    void theSidesEndOneBehindTheOther() throws Exception {
        try (Engine engine = engine("20s", (connection, number) -> {
                    Engine.send(connection, "early");
                    assertEquals("question", Engine.rest(connection));
                    Engine.send(connection, "answer");
                });
                Socket client = engine.connect()) {
            Engine.send(client, ASKED + "ques");
            Engine.head(client);
            assertEquals("early", Engine.take(client, 5));
            Engine.send(client, "tion");
            client.shutdownOutput();
            assertEquals("answer", Engine.rest(client));
            ended(engine, Ending.DELIVERED, "client-closed", "\"bytes_in\":8,");
        }
    }

    @Test
    void muchBothWaysArrivesWhole() throws Exception {
        String much = "m".repeat(MUCH);
        try (Engine engine = engine("20s", (connection, number) -> {
                    Engine.send(connection, much);
                    assertEquals(MUCH, Engine.rest(connection).length());
                });
                Socket client = engine.connect()) {
            open(client);
            Thread sender = new Thread(() -> {
                try {
                    Engine.send(client, much);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            sender.start();
            assertEquals(MUCH, Engine.rest(client).length());
            sender.join(10_000);
            ended(engine, Ending.DELIVERED, "", "\"bytes_in\":" + MUCH + ",");
            Engine.await("all buffers are given back", () -> engine.lent() == 0);
        }
    }

    @Test
    void anUpstreamThatResetsItIsNamed() throws Exception {
        try (Engine engine = engine("20s", (connection, number) -> {
                    assertEquals("abc", Engine.take(connection, 3));
                    Engine.reset(connection);
                });
                Socket client = engine.connect()) {
            open(client);
            Engine.send(client, "abc");
            Engine.rest(client);
            ended(engine, Ending.FAILED, "upstream-reset", "3 bytes from the client, 0 from the upstream");
        }
    }

    @Test
    void aClientThatResetsItIsNamedAndItsUpstreamFreed() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (Engine engine = engine("20s", (connection, number) -> {
                    Engine.send(connection, "abc");
                    Engine.rest(connection);
                    over.countDown();
                });
                Socket client = engine.connect()) {
            open(client);
            assertEquals("abc", Engine.take(client, 3));
            Engine.reset(client);
            assertTrue(over.await(10, TimeUnit.SECONDS));
            ended(engine, Ending.CLIENT_GONE, "client-reset", "0 bytes from the client, 3 from the upstream");
        }
    }

    @Test
    void whoSaidNothingForLongestIsIdle() throws Exception {
        try (Engine engine = engine("300ms", (connection, number) -> {
                    assertEquals("abc", Engine.take(connection, 3));
                    assertEquals("", Engine.rest(connection).replace("[reset]", ""));
                });
                Socket client = engine.connect()) {
            open(client);
            Engine.send(client, "abc");
            Engine.rest(client);
            ended(engine, Ending.FAILED, "upstream-idle", "no byte for timeouts.tunnel of 300 ms");
        }
    }

    @Test
    void aClientThatOwesAnAnswerIsIdle() throws Exception {
        try (Engine engine = engine("300ms", (connection, number) -> {
                    assertEquals("abc", Engine.take(connection, 3));
                    Engine.send(connection, "def");
                    assertEquals("", Engine.rest(connection).replace("[reset]", ""));
                });
                Socket client = engine.connect()) {
            open(client);
            Engine.send(client, "abc");
            assertEquals("def", Engine.rest(client).replace("[reset]", ""));
            ended(engine, Ending.CLIENT_GONE, "client-idle", "3 bytes from the client, 3 from the upstream");
        }
    }

    @Test
    void theStopEndsIt() throws Exception {
        try (Engine engine = engine("20s", (connection, number) -> Engine.rest(connection));
                Socket client = engine.connect()) {
            open(client);
            engine.gateway().close();
            Engine.rest(client);
            assertTrue(engine.outcome().contains("\"cause\":\"gateway.stopping\""), engine.outcome());
        }
    }
}
