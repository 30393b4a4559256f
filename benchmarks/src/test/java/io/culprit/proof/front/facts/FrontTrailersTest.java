package io.culprit.proof.front.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.http.hpack.HpackDecoder;
import io.culprit.proof.harness.Certs;
import io.culprit.proof.harness.Http2Client;
import io.culprit.proof.harness.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fields behind bodies, the rows TR* of front-cases.tsv: which of them come to the client, and which to the upstream. */
class FrontTrailersTest {
    static final List<String> IDS = List.of("TR01", "TR02", "TR03", "TR04", "TR05");

    private static final Pattern LISTED = Pattern.compile("END_STREAM: (.*)");

    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n"
                    + "\r\na\r\n0123456789\r\n0\r\nX-T: 1\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\n\r\n";
    private static final Pattern STATUS = Pattern.compile("\\AHTTP/1\\.1 (\\d{3})");
    private static final Pattern LENGTH = Pattern.compile("content-length: *(\\d+)");
    /** What stands behind the last chunk, when all of it has come. */
    private static final Pattern BEHIND = Pattern.compile("\r\n0\r\n((?:[^\r\n]+\r\n)*)\r\n\\z");

    private static final int PATIENCE_MILLIS = 5_000;
    private static final int NOBODY_MILLIS = 300;

    private static final BlockingQueue<String> REQUESTS = new LinkedBlockingQueue<>();

    @TempDir
    static Path directory;

    private static ServerSocket upstream;

    @BeforeAll
    static void start() throws Exception {
        FrontTls.make(new Certs(directory)); // the other listeners want them
        upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(FrontTrailersTest::serve, "trailing-upstream");
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
                client.setSoTimeout(PATIENCE_MILLIS);
                REQUESTS.add(message(client.getInputStream(), true));
                client.getOutputStream().write(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
                client.shutdownOutput();
            } catch (IOException e) {
                // closed, or the gateway has left
            }
        }
    }

    /** A whole message: up to its length, its trailers, or the end. */
    private static String message(InputStream in, boolean request) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            text.append((char) c);
            int head = text.indexOf("\r\n\r\n");
            if (head < 0) {
                continue;
            }
            String fields = text.substring(0, head + 2).toLowerCase(Locale.ROOT);
            Matcher length = LENGTH.matcher(fields);
            boolean whole;
            if (fields.contains("transfer-encoding: chunked")) {
                whole = BEHIND.matcher(text).find();
            } else if (length.find()) {
                whole = text.length() - head - 4 == Integer.parseInt(length.group(1));
            } else {
                whole = request;
            }
            if (whole) {
                break;
            }
        }
        return text.toString();
    }

    /** The names behind a message's body. */
    private static Set<String> behind(String message) {
        Set<String> names = new TreeSet<>();
        Matcher found = BEHIND.matcher(message);
        if (found.find()) {
            found.group(1)
                    .lines()
                    .forEach(line -> names.add(line.replaceFirst(":.*", "").toLowerCase(Locale.ROOT)));
        }
        return names;
    }

    /** What came of a row: the client's status and trailers, then those that the upstream got. */
    private static String play(String row, Map<String, Integer> ports) throws Exception {
        REQUESTS.clear();
        String client = switch (row) {
            case "TR01" -> http1(ports, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            case "TR02" -> http1(ports, "GET / HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
            case "TR03" ->
                http1(
                        ports,
                        "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTrailer: X-T, X-Forwarded-For\r\n"
                                + "\r\n2\r\nhi\r\n0\r\nX-T: 1\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");
            case "TR04" -> http2(ports, false);
            default -> http2(ports, true);
        };
        boolean asked = client.startsWith("200");
        String saw = REQUESTS.poll(asked ? PATIENCE_MILLIS : NOBODY_MILLIS, TimeUnit.MILLISECONDS);
        return client + ", upstream " + (saw == null ? Set.of() : behind(saw));
    }

    private static String http1(Map<String, Integer> ports, String request) throws IOException {
        try (Socket client = new Socket("127.0.0.1", ports.get("plain"))) {
            client.setSoTimeout(PATIENCE_MILLIS);
            client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer = message(client.getInputStream(), false);
            Matcher status = STATUS.matcher(answer);
            // trailers of a POST's answer are no part of its row
            return (status.find() ? status.group(1) : "nothing") + " "
                    + (request.startsWith("POST") ? Set.of() : behind(answer));
        }
    }

    private static String http2(Map<String, Integer> ports, boolean post) throws Exception {
        try (Http2Client client = new Http2Client(ports.get("h2c"))) {
            try {
                if (post) {
                    byte[] head = Http2Client.post("/", "content-length", "3", "trailer", "x-t");
                    client.frame(Http2Client.HEADERS, Http2Client.END_HEADERS, 1, head);
                    client.frame(Http2Client.DATA, 0, 1, "abc".getBytes(StandardCharsets.US_ASCII));
                    int ends = Http2Client.END_HEADERS | Http2Client.END_STREAM;
                    client.frame(Http2Client.HEADERS, ends, 1, Http2Client.fields("x-t", "1"));
                } else {
                    int ends = Http2Client.END_HEADERS | Http2Client.END_STREAM;
                    client.frame(Http2Client.HEADERS, ends, 1, Http2Client.get("/", "te", "trailers"));
                }
            } catch (SocketException e) {
                // it has been closed, and what it said before counts
            }
            return answer(client, post);
        }
    }

    private static String answer(Http2Client client, boolean post) throws Exception {
        HpackDecoder decoder = new HpackDecoder();
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        String status = "nothing";
        Set<String> behind = new TreeSet<>();
        for (Http2Client.Frame frame = client.next(); frame != null; frame = client.next()) {
            if (frame.type() == Http2Client.GOAWAY) {
                return "GOAWAY []";
            }
            if (frame.type() == Http2Client.HEADERS || frame.type() == Http2Client.CONTINUATION) {
                block.writeBytes(frame.payload());
                Set<String> names = new TreeSet<>();
                String[] said = {status};
                decoder.decode(block.toByteArray(), 0, block.size(), (name, n0, n1, value, v0, v1) -> {
                    String field = new String(name, n0, n1 - n0, StandardCharsets.US_ASCII);
                    if (field.equals(":status")) {
                        said[0] = new String(value, v0, v1 - v0, StandardCharsets.US_ASCII);
                    } else {
                        names.add(field);
                    }
                });
                behind = status.equals(said[0]) && !status.equals("nothing") ? names : behind;
                status = said[0];
                block.reset();
            }
            if (frame.endsStream()) {
                break;
            }
        }
        return status + " " + (post ? Set.of() : behind);
    }

    /** Trailers in words of the fixture, as a sorted list. */
    private static String named(String words) {
        Matcher listed = LISTED.matcher(words);
        if (listed.find()) {
            return new TreeSet<>(List.of(listed.group(1).split(", "))).toString();
        }
        if (words.contains("all three")) {
            return "[content-length, set-cookie, x-t]";
        }
        return words.contains("both") ? "[x-forwarded-for, x-t]" : "[]";
    }

    /** Status and trailers of the client, then those of the upstream. */
    private static String measured(String id, String program) throws IOException {
        String client = FrontRows.column(program + "_client").get(id);
        if (client.startsWith("as TR01")) {
            client = FrontRows.column(program + "_client").get("TR01");
        }
        String status = client.startsWith("200") ? "200" : client.replaceFirst(" .*", "");
        String saw = "";
        for (String each : FrontRows.column("upstream_saw").get(id).split("; ")) {
            saw = each.startsWith(program + ": ") ? each : saw;
        }
        return status + " " + named(client) + ", upstream " + named(saw);
    }

    @ParameterizedTest
    @CsvSource({"nginx", "haproxy", "apache"})
    void theRealProgramDoesWhatWasMeasured(String name) throws Exception {
        try (FrontOracle oracle = FrontOracle.start(name, upstream.getLocalPort(), directory)) {
            List<String> differences = new ArrayList<>();
            for (String each : IDS) {
                String now = play(each, oracle.ports());
                if (!now.equals(measured(each, name))) {
                    differences.add("%s: measured %s, now %s".formatted(each, measured(each, name), now));
                }
            }
            assertEquals("", String.join("\n", differences));
        }
    }

    @Test
    void culpritDoesWhatOneOfThemDoesButForTheListedDeviations() throws Exception {
        Map<String, String> deviations = FrontRows.deviations();
        List<String> wrong = new ArrayList<>();
        try (TestGateway gateway = FrontCulprit.start(upstream.getLocalPort(), directory)) {
            for (String each : IDS) {
                String now = play(each, FrontCulprit.ports(gateway));
                List<String> theirs = new ArrayList<>();
                for (String program : FrontRows.PROGRAMS) {
                    theirs.add(measured(each, program));
                }
                String listed = deviations.get(each);
                if (listed == null ? !theirs.contains(now) : !listed.equals(now) || theirs.contains(now)) {
                    wrong.add("%s\t%s\t(they %s, listed %s)".formatted(each, now, theirs, listed));
                }
            }
        }
        assertEquals("", String.join("\n", wrong));
    }
}
