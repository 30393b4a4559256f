package io.culprit.proof.front.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The preamble of the PROXY protocol towards an upstream, the rows PP71 to PP73 of front-cases.tsv: its bytes, but for ports. nginx has
 * it in a module that is no part of its package.
 */
class FrontPreambleTest {
    /** The rows, and who plays each with HAProxy. */
    static final Map<String, FrontScript> ROWS = Map.of(
            "PP71", script("PP71", "send-v1", ""),
            "PP72", script("PP72", "send-v2", ""),
            "PP73", script("PP73", "send-v2-cn", "tls cert=client ; "));

    private static final int FIXED = 16;
    private static final int ADDRESSES = 12;
    private static final Pattern SAW = Pattern.compile("haproxy: raw: (.*?)GET /ok");

    @TempDir
    static Path directory;

    private static final BlockingQueue<byte[]> SEEN = new LinkedBlockingQueue<>();
    private static FrontTls tls;
    private static ServerSocket upstream;

    private static FrontScript script(String id, String listener, String first) {
        String get = "\"GET /ok HTTP/1.1\\r\\nHost: a.test\\r\\nConnection: close\\r\\n\\r\\n\"";
        return FrontScript.of(id, listener, first + get);
    }

    @BeforeAll
    static void start() throws Exception {
        tls = FrontTls.make(new Certs(directory));
        upstream = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(FrontPreambleTest::serve, "told-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterAll
    static void stop() throws IOException {
        upstream.close();
    }

    private static void serve() {
        while (!upstream.isClosed()) {
            try (Socket client = upstream.accept()) {
                client.setSoTimeout(5_000);
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                while (!all.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")
                        || !all.toString(StandardCharsets.ISO_8859_1).contains("GET /ok")) {
                    int next = client.getInputStream().read();
                    if (next < 0) {
                        break;
                    }
                    all.write(next);
                }
                if (!all.toString(StandardCharsets.ISO_8859_1).contains("GET /ok")) {
                    continue; // somebody looked whether HAProxy listens
                }
                SEEN.add(all.toByteArray());
                client.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n".getBytes());
            } catch (IOException e) {
                // closed with the test
            }
        }
    }

    /** A preamble in words: version 1 as it is, of version 2 what does not change with each connection, and its kinds of extensions. */
    private static String told(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceFirst("(?s)GET /ok.*", "");
        if (text.startsWith("PROXY")) {
            return text.replaceAll(" \\d+ \\d+\r\n", " <port> <port>\r\n");
        }
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < text.length() && i < FIXED + ADDRESSES - 4; i++) {
            said.append(i == FIXED - 2 || i == FIXED - 1 ? "" : "%02x".formatted((int) text.charAt(i)));
        }
        List<String> kinds = new ArrayList<>();
        for (int at = FIXED + ADDRESSES; at + 3 <= text.length(); ) {
            int length = text.charAt(at + 1) << 8 | text.charAt(at + 2);
            kinds.add("%02x".formatted((int) text.charAt(at)));
            at += 3 + length;
        }
        return said + " " + kinds;
    }

    /** What HAProxy was seen to send. */
    private static String measured(String id) throws IOException {
        Matcher saw = SAW.matcher(FrontRows.column("upstream_saw").get(id));
        if (!saw.find()) {
            throw new AssertionError(id + " was not measured");
        }
        return told((unescaped(saw.group(1)) + "GET /ok").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String unescaped(String text) {
        Matcher escape = Pattern.compile("\\\\(?:x([0-9a-f]{2})|(.))").matcher(text);
        return escape.replaceAll(found -> {
            if (found.group(1) != null) {
                return Matcher.quoteReplacement(Character.toString(Integer.parseInt(found.group(1), 16)));
            }
            return switch (found.group(2)) {
                case "r" -> "\r";
                case "n" -> "\n";
                case "t" -> "\t";
                default -> Matcher.quoteReplacement(found.group(2));
            };
        });
    }

    private static String play(FrontScript script, Map<String, Integer> ports) throws Exception {
        SEEN.clear();
        String verdict = FrontPlayer.play(script, ports, tls);
        assertEquals(script.steps().size() > 1 ? "ok 200" : "200", verdict, script.id());
        return told(SEEN.poll(5, TimeUnit.SECONDS)).replace("<port> <port>", "ports");
    }

    @Test
    void haproxySendsWhatWasMeasured() throws Exception {
        try (FrontOracle oracle = FrontOracle.start("haproxy", upstream.getLocalPort(), directory)) {
            for (FrontScript each : ROWS.values()) {
                assertEquals(
                        measured(each.id()).replace("<port> <port>", "ports"), play(each, oracle.ports()), each.id());
            }
        }
    }

    @Test
    void culpritSendsTheSameButForExtensions() throws Exception {
        String extensions = FrontRows.deviations().get("PP73");
        for (FrontScript each : ROWS.values()) {
            String secured = each.id().equals("PP73")
                    ? ", tls: { certificate: %1$s/a.crt, key: %1$s/a.key, client_ca: %1$s/ca.crt }".formatted(directory)
                    : "";
            try (TestGateway gateway = TestGateway.start(
                    """
                    listen: [ { address: "127.0.0.1:0"%s } ]
                    upstreams: { app: { servers: [ "127.0.0.1:%d" ], proxy_protocol: %s } }
                    routes: [ { upstream: app } ]
                    """.formatted(secured, upstream.getLocalPort(), each.id().equals("PP71") ? "v1" : "v2"))) {
                String wanted = measured(each.id()).replace("<port> <port>", "ports");
                if (each.id().equals("PP73")) {
                    wanted = wanted.replaceFirst("\\[.*]", Matcher.quoteReplacement(extensions));
                }
                assertEquals(wanted, play(each, Map.of(each.listener(), gateway.port())), each.id());
            }
        }
    }
}
