package io.culprit.proof.front.facts;

import io.culprit.proof.harness.Certs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Servers that speak TLS and break, one for each row TU* of front-cases.tsv. */
final class FrontTlsServers implements AutoCloseable {
    private static final String LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";

    /** The rows. */
    static final List<String> IDS =
            IntStream.rangeClosed(1, 41).mapToObj("TU%02d"::formatted).toList();

    /** What a server does with a connection. */
    interface Server {
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
    record Row(String request, String cause, Server server) {
        String whole(String id) {
            return request.replace("ROW", id) + "Connection: close\r\n\r\n" + (request.equals(POST) ? "hello" : "");
        }
    }

    private static final String GET = "GET /ROW HTTP/1.1\r\nHost: a.test\r\n";
    private static final String OLD_GET = "GET /ROW HTTP/1.0\r\nHost: a.test\r\n";
    private static final String POST = "POST /ROW HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n";

    private static final String USE = "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost";

    private final Certs certs;
    private final SSLContext context;
    private final Map<String, Row> rows;
    private final Map<String, ServerSocket> listeners = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * Opens a server for each row.
     *
     * @param certs with those of {@link FrontTls}, of which {@code ca.crt} is whom gateways are to trust
     */
    FrontTlsServers(Certs certs) throws Exception {
        this.certs = certs;
        certs.selfSigned("self", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        certs.signed("up", "ca", USE);
        certs.signed("past", "ca", USE, "20200101000000Z", "20210101000000Z");
        certs.signed("future", "ca", USE, "20400101000000Z", "20410101000000Z");
        certs.signed("untrusted", "other", USE);
        certs.signed("name", "ca", "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:other.test");
        certs.signed("eku", "ca", "extendedKeyUsage=clientAuth\nsubjectAltName=DNS:localhost");
        certs.signedWeak("weak", "ca", USE);
        context = certs.serving("up");
        rows = breaking();
        if (!rows.keySet().equals(Set.copyOf(IDS))) {
            throw new AssertionError("there are servers for " + rows.keySet());
        }
        for (Map.Entry<String, Row> each : rows.entrySet()) {
            ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            listeners.put(each.getKey(), listener);
            threads.execute(() -> accept(listener, each.getValue().server));
        }
    }

    Map<String, Row> rows() {
        return rows;
    }

    /** What a client sends for each row. */
    List<FrontScript> scripts() {
        return rows.entrySet().stream()
                .map(each -> FrontScript.sending(each.getKey(), each.getValue().whole(each.getKey())))
                .toList();
    }

    /** Of each row its port. */
    Map<String, Integer> ports() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        listeners.forEach((id, listener) -> ports.put(id, listener.getLocalPort()));
        return ports;
    }

    private void accept(ServerSocket listener, Server server) {
        while (!listener.isClosed()) {
            try {
                Socket raw = listener.accept();
                threads.execute(() -> serve(raw, server));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void serve(Socket raw, Server server) {
        try (raw) {
            raw.setSoTimeout(10_000);
            server.on(raw);
        } catch (Exception e) {
            // the gateway has left, as the row has it
        }
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket each : listeners.values()) {
            each.close();
        }
        threads.shutdownNow();
    }

    /** Bytes behind the ClientHello, and then nothing. */
    private static Server hello(String hex) {
        return raw -> {
            raw.getInputStream().read(new byte[4096]);
            raw.getOutputStream().write(HexFormat.of().parseHex(hex));
            raw.getInputStream().readAllBytes();
        };
    }

    private Server spoken(Speaker speaker) {
        return spoken(context, tls -> {}, speaker);
    }

    private Server showing(String certificate) throws Exception {
        return spoken(certs.serving(certificate), tls -> {}, OK);
    }

    private Server demanding(String version) {
        return spoken(
                context,
                tls -> {
                    tls.setEnabledProtocols(new String[] {version});
                    tls.setNeedClientAuth(true);
                },
                OK);
    }

    /** @param set what of the server's side is not as it comes */
    private static Server spoken(SSLContext context, Consumer<SSLSocket> set, Speaker speaker) {
        return raw -> {
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw, null, true);
            tls.setUseClientMode(false);
            set.accept(tls);
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
    private Server part(String text, Speaker end) {
        return spoken((raw, tls) -> {
            say(tls, text);
            Thread.sleep(300);
            end.on(raw, tls);
        });
    }

    private static final Speaker OK = (raw, tls) -> say(tls, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n");
    private static final Speaker NOTIFY = (raw, tls) -> tls.close();
    private static final Speaker FIN = (raw, tls) -> raw.shutdownOutput();
    private static final Speaker RST = (raw, tls) -> reset(raw);
    private static final Speaker RUBBISH = (raw, tls) -> {
        raw.getOutputStream().write(HexFormat.of().parseHex("1703030020" + "5a".repeat(32)));
        raw.getInputStream().read(new byte[4096]);
    };

    private Map<String, Row> breaking() throws Exception {
        String body = LENGTH + "x".repeat(20_000);
        Map<String, Row> rows = new LinkedHashMap<>();
        rows.put("TU01", new Row(GET, "", spoken(OK)));
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
        rows.put("TU06", new Row(GET, "connect.refused|tls.closed", FrontTlsServers::reset));
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
                "TU14",
                new Row(GET, "", spoken(context, tls -> tls.setEnabledProtocols(new String[] {"TLSv1.3"}), OK)));
        rows.put("TU15", new Row(GET, "tls.expired", showing("past")));
        rows.put("TU16", new Row(GET, "tls.expired", showing("future")));
        rows.put("TU17", new Row(GET, "tls.untrusted", showing("self")));
        rows.put("TU18", new Row(GET, "tls.untrusted", showing("untrusted")));
        rows.put("TU19", new Row(GET, "tls.name-mismatch", showing("name")));
        rows.put("TU20", new Row(GET, "tls.untrusted", showing("eku")));
        rows.put("TU21", new Row(GET, "tls.refused", showing("weak")));
        rows.put("TU22", new Row(GET, "tls.certificate-demanded", demanding("TLSv1.2")));
        rows.put("TU23", new Row(GET, "tls.certificate-demanded", demanding("TLSv1.3")));
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
        rows.put("TU30", new Row(GET, "tls.refused", part(body, RUBBISH)));
        rows.put("TU31", new Row(GET, "", part("HTTP/1.1 200 OK\r\n\r\nhello\n", NOTIFY)));
        rows.put("TU32", new Row(GET, "body.truncated", part("HTTP/1.1 200 OK\r\n\r\nhello\n", FIN)));
        rows.put("TU33", new Row(GET, "body.reset", part("HTTP/1.1 200 OK\r\n\r\nhello\n", RST)));
        rows.put("TU34", new Row(GET, "body.truncated", part(body, FIN)));
        rows.put("TU35", new Row(GET, "body.truncated", part(body, NOTIFY)));
        rows.put("TU36", new Row(GET, "body.reset", part(body, RST)));
        rows.put(
                "TU37",
                new Row(
                        GET,
                        "body.truncated",
                        part("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", FIN)));
        rows.put("TU38", new Row(OLD_GET, "body.truncated", part("HTTP/1.1 200 OK\r\n\r\nhello\n", FIN)));
        rows.put("TU40", new Row(POST, "tls.closed", raw -> raw.getInputStream().read(new byte[4096])));
        rows.put("TU39", new Row(POST, "tls.expired", showing("past")));
        rows.put("TU41", new Row(GET, "", spoken(OK)));
        return rows;
    }
}
