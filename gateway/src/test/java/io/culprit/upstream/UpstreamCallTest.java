package io.culprit.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.server.Engine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The attempts of a call: which follow, which do not, and what is left of the upstream afterwards. */
class UpstreamCallTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path directory;

    private static String yaml(String servers, String settings) {
        return """
                upstreams: { app: { servers: [ %s ]%s } }
                routes: [ { upstream: app } ]
                """.formatted(servers, settings.isEmpty() ? "" : ", " + settings);
    }

    private static String request(String method) {
        return method + " / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + (method.equals("POST") ? "Content-Length: 2\r\n\r\nab" : "\r\n");
    }

    @Test
    void aServerThatRefusesIsPassedOver() throws Exception {
        try (Engine engine = Engine.start(
                directory, yaml("\"127.0.0.1:1\", \"127.0.0.1:%d\"", "balance: round_robin"), (connection, number) -> {
                    Engine.head(connection);
                    Engine.send(connection, OK);
                })) {
            assertTrue(engine.ask(request("GET")).endsWith("ok"));
            assertTrue(engine.ask(request("POST")).endsWith("ok"), "nothing was sent, so a POST may go on too");
            engine.outcomes(2);
        }
    }

    /** The same server twice: whether the second gets what the first did not answer. */
    @ParameterizedTest
    @CsvSource({
        "GET, 'on: [ error, timeout ]', 200, 2",
        "POST, 'on: [ error, timeout ]', 502, 1",
        "POST, 'on: [ error, timeout ], non_idempotent: true', 200, 2",
        "GET, 'on: [ timeout ]', 502, 1",
        "GET, 'on: [ error, timeout ], tries: 1', 502, 1"
    })
    void anotherAttemptAsTheRulesSay(String method, String rules, int status, int connections) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (Engine engine = Engine.start(
                directory,
                yaml("\"127.0.0.1:%d\", \"127.0.0.1:%d\"", "next_upstream: { " + rules + " }"),
                (connection, number) -> {
                    Engine.head(connection);
                    if (asked.incrementAndGet() > 1) {
                        Engine.send(connection, OK);
                    }
                })) {
            String told = engine.ask(request(method));
            assertTrue(told.startsWith("HTTP/1.1 " + status + " "), told);
            assertEquals(connections, engine.connections());
            engine.outcome();
        }
    }

    @Test
    void aKeptConnectionThatDiedCostsOneExtraTry() throws Exception {
        try (Engine engine = Engine.start(directory, yaml("\"127.0.0.1:%d\"", ""), (connection, number) -> {
            Engine.head(connection);
            Engine.send(connection, OK);
            if (number == 1) {
                Engine.head(connection); // the second request, which gets no answer here
            }
        })) {
            assertTrue(engine.ask(request("GET")).endsWith("ok"));
            assertTrue(engine.ask(request("GET")).endsWith("ok"));
            engine.outcomes(2);
            assertEquals(2, engine.connections());
        }
    }

    @Test
    void aConnectionServesNoMoreThanKeepaliveRequests() throws Exception {
        try (Engine engine = Engine.start(
                directory, yaml("\"127.0.0.1:%d\"", "keepalive: { requests: 2 }"), UpstreamCallTest::serveAll)) {
            for (int i = 0; i < 4; i++) {
                assertTrue(engine.ask(request("GET")).endsWith("ok"));
            }
            assertEquals(2, engine.connections());
        }
    }

    /** What a kept connection reaches is not collected: the client it was opened for, with all of his buffers, must not be of it. */
    @Test
    void aKeptConnectionHoldsNothingOfTheRequestItWasOpenedFor() throws Exception {
        try (Engine engine = Engine.start(directory, yaml("\"127.0.0.1:%d\"", ""), UpstreamCallTest::serveAll)) {
            int before = live("io.culprit.upstream.UpstreamCall");
            assertTrue(engine.ask(request("GET")).endsWith("ok"));
            assertEquals(1, engine.gateway().upstreams().get("app").idleConnections());
            engine.outcome();
            Engine.await("the request is collected", () -> live("io.culprit.upstream.UpstreamCall") <= before);
        }
    }

    /** Nor does a client's connection that waits for its next request hold anything of the last one. */
    @Test
    void aKeptClientHoldsNothingOfItsLastRequest() throws Exception {
        String exchange = "io.culprit.server.request.HttpExchange";
        try (Engine engine = Engine.start(directory, yaml("\"127.0.0.1:%d\"", ""), UpstreamCallTest::serveAll)) {
            int before = live(exchange);
            try (Socket client = engine.connect()) {
                Engine.send(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                Engine.head(client);
                assertEquals("ok", new String(client.getInputStream().readNBytes(2)));
                engine.outcome();
                Engine.await("the request is collected", () -> live(exchange) <= before);
            }
        }
    }

    /** Objects of a class that are left by a full collection. */
    private static int live(String type) {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return histogram
                    .lines()
                    .map(String::trim)
                    .filter(line -> line.split("\\s+").length > 3 && line.split("\\s+")[3].equals(type))
                    .mapToInt(line -> Integer.parseInt(line.split("\\s+")[1]))
                    .sum();
        } catch (JMException e) {
            throw new IllegalStateException("no histogram of this JVM's classes", e);
        }
    }

    private static void serveAll(Socket connection, int number) throws IOException {
        while (!Engine.head(connection).isEmpty()) {
            Engine.send(connection, OK);
        }
    }

    @Test
    void anAnswerThatEndsWithItsConnectionIsWholeAndTheConnectionGone() throws Exception {
        try (Engine engine = Engine.start(directory, yaml("\"127.0.0.1:%d\"", ""), (connection, number) -> {
            Engine.head(connection);
            Engine.send(connection, "HTTP/1.1 200 OK\r\n\r\nuntil the end");
        })) {
            assertTrue(engine.ask(request("GET")).contains("until the end"));
            assertTrue(engine.ask(request("GET")).contains("until the end"));
            engine.outcomes(2);
            assertEquals(2, engine.connections());
            assertEquals(0, engine.gateway().upstreams().get("app").idleConnections());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', head.closed, 502",
        "garbage, head.not-http, 502",
        "'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n', head.truncated, 502",
        "'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', head.bad-length, 502"
    })
    void whatIsNoAnswerHasItsCause(String sent, String cause, int status) throws Exception {
        try (Engine engine = Engine.start(directory, yaml("\"127.0.0.1:%d\"", ""), (connection, number) -> {
            Engine.head(connection);
            Engine.send(connection, sent.isEmpty() || sent.contains("\r\n") ? sent : sent + "\r\n\r\n");
        })) {
            assertTrue(engine.ask(request("GET")).startsWith("HTTP/1.1 " + status + " "));
            assertTrue(engine.outcome().contains("\"cause\":\"" + cause + "\""), engine.outcome());
        }
    }

    @Test
    void silenceIsATimeoutAndTheConnectionIsNotKept() throws Exception {
        try (Engine engine =
                Engine.start(directory, yaml("\"127.0.0.1:%d\"", "timeouts: { read: 100ms }"), (connection, number) -> {
                    Engine.head(connection);
                    Engine.head(connection);
                })) {
            assertTrue(engine.ask(request("GET")).startsWith("HTTP/1.1 504 "));
            assertTrue(engine.outcome().contains("\"cause\":\"head.timeout\""));
            Engine.await(
                    "it is closed",
                    () -> engine.gateway().upstreams().get("app").budget().open() == 0);
        }
    }

    /** A client that reads nothing slows the upstream down, and gets all of it in the end. */
    @Test
    void backPressureReachesTheUpstream() throws Exception {
        int length = 20_000_000;
        AtomicInteger sent = new AtomicInteger();
        try (Engine engine = Engine.start(
                        directory,
                        yaml("\"127.0.0.1:%d\"", "buffering: { memory: 64KiB, disk: 0 }"),
                        (connection, number) -> {
                            Engine.head(connection);
                            Engine.send(connection, "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                            byte[] piece = new byte[100_000];
                            while (sent.get() < length) {
                                connection.getOutputStream().write(piece);
                                sent.addAndGet(piece.length);
                            }
                            Engine.head(connection);
                        });
                Socket client = new Socket()) {
            client.setReceiveBufferSize(16 << 10);
            client.connect(engine.gateway().addresses().get(0));
            client.setSoTimeout(20_000);
            Engine.send(client, request("GET"));
            Engine.await("something is sent", () -> sent.get() > 0);
            int before;
            do {
                before = sent.get();
                Thread.sleep(200); // how long nothing more may be taken for it to be a pause
            } while (sent.get() > before);
            assertTrue(before < length, "all of it was taken for a client that reads nothing");
            Engine.head(client);
            assertEquals(length, client.getInputStream().readNBytes(length).length);
            engine.outcome();
        }
    }
}
