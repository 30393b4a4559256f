package io.culprit.proof.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Failure;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.RawResponse;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS to upstreams that break, row by row of front-cases.tsv (TU*): the client gets the status that nginx or HAProxy gave, and the
 * cause says which of it was. What concerns certificates is in {@link UpstreamTlsTest}.
 */
class UpstreamTlsRowsTest {
    private static final String LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
    private static final String TORN = "torn";

    /** What a server does with a connection. */
    private interface Server {
        void on(Socket raw) throws Exception;
    }

    /** What it does behind the handshake, when the request is read. */
    private interface Speaker {
        void on(Socket raw, SSLSocket tls) throws Exception;
    }

    /**
     * @param request as it is sent, "Connection: close" added
     * @param cause of the failure, empty where there is none
     */
    private record Row(String request, String cause, Server server) {}

    private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n";
    private static final String OLD_GET = "GET /x HTTP/1.0\r\nHost: a\r\n";
    private static final String POST = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n";

    @TempDir
    static Path directory;

    private static SSLContext context;
    private static Certs certs;

    @BeforeAll
    static void begin() throws Exception {
        certs = new Certs(directory);
        certs.selfSigned("ca", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        certs.signed("up", "ca", "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost");
        context = certs.serving("up");
    }

    /** Bytes behind the ClientHello, and then nothing. */
    private static Server hello(String hex) {
        return raw -> {
            raw.getInputStream().read(new byte[4096]);
            raw.getOutputStream().write(HexFormat.of().parseHex(hex));
            raw.getInputStream().readAllBytes();
        };
    }

    private static Server spoken(Speaker speaker) {
        return raw -> {
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw, null, true);
            tls.setUseClientMode(false);
            tls.getInputStream().read(new byte[4096]);
            speaker.on(raw, tls);
        };
    }

    private static void say(SSLSocket tls, String text) throws IOException {
        tls.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        tls.getOutputStream().flush();
    }

    private static void reset(Socket raw) throws IOException {
        raw.setSoLinger(true, 0);
        raw.close();
    }

    /** Part of a response, until the client has it; then the end, of which a reset would otherwise take what came before. */
    private static Server part(String text, Speaker end) {
        return spoken((raw, tls) -> {
            say(tls, text);
            Thread.sleep(300);
            end.on(raw, tls);
        });
    }

    private static final Speaker NOTIFY = (raw, tls) -> tls.close();
    private static final Speaker FIN = (raw, tls) -> raw.shutdownOutput();
    private static final Speaker RST = (raw, tls) -> reset(raw);
    private static final Speaker RUBBISH = (raw, tls) -> {
        raw.getOutputStream().write(HexFormat.of().parseHex("1703030020" + "5a".repeat(32)));
        raw.getInputStream().read(new byte[4096]);
    };

    private static Map<String, Row> rows() {
        String body = LENGTH + "x".repeat(20_000);
        Map<String, Row> rows = new LinkedHashMap<>();
        rows.put(
                "TU01",
                new Row(GET, "", spoken((raw, tls) -> say(tls, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))));
        rows.put(
                "TU02",
                new Row(
                        GET,
                        "tls.not-tls",
                        hello(HexFormat.of().formatHex("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes()))));
        rows.put(
                "TU03",
                new Row(GET, "tls.not-tls", hello(HexFormat.of().formatHex("SSH-2.0-OpenSSH_9.2\r\n".getBytes()))));
        rows.put("TU04", new Row(GET, "tls.closed", Socket::close));
        rows.put("TU05", new Row(GET, "tls.closed", raw -> raw.getInputStream().read(new byte[4096])));
        rows.put("TU06", new Row(GET, "connect.refused|tls.closed", UpstreamTlsRowsTest::reset));
        rows.put("TU07", new Row(GET, "tls.closed", raw -> {
            raw.getInputStream().read(new byte[4096]);
            reset(raw);
        }));
        rows.put("TU08", new Row(GET, "tls.timeout", raw -> raw.getInputStream().readAllBytes()));
        rows.put("TU09", new Row(GET, "tls.timeout", hello("160303007a020000760303" + "5a".repeat(49))));
        rows.put("TU10", new Row(GET, "tls.alert", hello("15030300020228")));
        rows.put("TU11", new Row(GET, "tls.alert", hello("15030300020270")));
        rows.put("TU12", new Row(GET, "tls.alert", raw -> {
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw, null, true);
            tls.setUseClientMode(false);
            tls.setEnabledProtocols(new String[] {"TLSv1.2"});
            tls.setEnabledCipherSuites(new String[] {"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"}); // its key is no RSA key
            tls.startHandshake();
        }));
        rows.put("TU13", new Row(GET, "tls.refused", hello("160302002a020000260302" + "5a".repeat(32) + "00c01300")));
        rows.put(
                "TU24",
                new Row(
                        GET,
                        "head.timeout",
                        spoken((raw, tls) -> raw.getInputStream().read(new byte[4096]))));
        rows.put("TU25", new Row(GET, "head.closed", spoken(NOTIFY)));
        rows.put("TU26", new Row(GET, "head.closed", spoken(FIN)));
        rows.put("TU27", new Row(GET, "head.reset", spoken(RST)));
        rows.put("TU28", new Row(GET, "tls.refused", spoken(RUBBISH)));
        rows.put("TU29", new Row(GET, "head.truncated", part("HTTP/1.1 200 OK\r\nContent-", NOTIFY)));
        rows.put("TU30", new Row(GET, "tls.refused " + TORN, part(body, RUBBISH)));
        rows.put("TU31", new Row(GET, "", part("HTTP/1.1 200 OK\r\n\r\nhello\n", NOTIFY)));
        rows.put("TU32", new Row(GET, "body.truncated " + TORN, part("HTTP/1.1 200 OK\r\n\r\nhello\n", FIN)));
        rows.put("TU33", new Row(GET, "body.reset " + TORN, part("HTTP/1.1 200 OK\r\n\r\nhello\n", RST)));
        rows.put("TU34", new Row(GET, "body.truncated " + TORN, part(body, FIN)));
        rows.put("TU35", new Row(GET, "body.truncated " + TORN, part(body, NOTIFY)));
        rows.put("TU36", new Row(GET, "body.reset " + TORN, part(body, RST)));
        rows.put(
                "TU37",
                new Row(
                        GET,
                        "body.truncated " + TORN,
                        part("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", FIN)));
        rows.put("TU38", new Row(OLD_GET, "body.truncated", part("HTTP/1.1 200 OK\r\n\r\nhello\n", FIN)));
        rows.put("TU40", new Row(POST, "tls.closed", raw -> raw.getInputStream().read(new byte[4096])));
        return rows;
    }

    /** Status of the rows that nginx or HAProxy gave, by id: {@code nginx haproxy}. */
    private static Map<String, String> facts() throws IOException {
        Map<String, String> facts = new HashMap<>();
        try (InputStream in = Objects.requireNonNull(
                UpstreamTlsRowsTest.class.getResourceAsStream("facts/front-cases.tsv"), "front-cases.tsv")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] cells = line.split("\t", -1);
                if (cells[0].startsWith("TU")) {
                    facts.put(cells[0], cells[3].replaceFirst(" .*", "") + " " + cells[6].replaceFirst(" .*", ""));
                }
            }
        }
        return facts;
    }

    @TestFactory
    Stream<DynamicTest> eachRowEndsInItsWay() throws IOException {
        Map<String, String> facts = facts();
        return rows().entrySet().stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.getKey() + " " + row.getValue().cause,
                        () -> play(row.getValue(), facts.get(row.getKey()))));
    }

    private static void play(Row row, String statuses) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TestGateway gateway = gateway(listener.getLocalPort())) {
            Thread server = new Thread(() -> serve(listener, row.server), "server");
            server.setDaemon(true);
            server.start();
            String request = row.request + "Connection: close\r\n\r\n" + (row.request.equals(POST) ? "hello" : "");
            RawResponse response = gateway.send(request);
            assertTrue(statuses.contains(Integer.toString(response.status())), statuses + ": " + response.text());
            boolean torn = row.cause.endsWith(TORN);
            if (!row.request.equals(OLD_GET)) {
                assertEquals(!torn, response.whole(false), response.text());
            }
            if (!row.cause.isEmpty()) {
                Failure failure = gateway.failureOf("/x").failure();
                List<String> causes = List.of(row.cause.replace(" " + TORN, "").split("\\|"));
                assertTrue(causes.contains(failure.cause().id()), failure.toString());
            }
        }
    }

    private static void serve(ServerSocket listener, Server server) {
        while (!listener.isClosed()) {
            try (Socket raw = listener.accept()) {
                server.on(raw);
            } catch (Exception e) {
                // the gateway has left, as the row has it
            }
        }
    }

    private static TestGateway gateway(int port) throws IOException {
        return TestGateway.start("""
                io_threads: 1
                upstreams:
                  app:
                    servers: [ "localhost:%d" ]
                    protocol: https
                    tls: { ca: %s }
                    timeouts: { connect: 1s, head: 1s }
                    next_upstream: { tries: 1 }
                    health: { max_fails: 0 }
                routes: [ { upstream: app } ]
                """.formatted(port, certs.file("ca.crt")));
    }
}
