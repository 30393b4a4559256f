package io.culprit.sim.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.sim.HttpUpstream;
import io.culprit.sim.fault.kinds.Canned;
import io.culprit.sim.scenario.Rules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a plain socket sees of each fault: the bytes, and how the connection ends. */
class FaultsTest {
    private static HttpUpstream sim;

    /** What came, and {@code FIN}, {@code RST} or {@code OPEN}. */
    private record Seen(String bytes, String end) {}

    @BeforeAll
    static void start() throws IOException {
        sim = HttpUpstream.start("127.0.0.1", 0, new Rules());
    }

    @AfterAll
    static void stop() {
        sim.close();
    }

    private static Seen ask(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", sim.port())) {
            socket.setSoTimeout(400);
            var bytes = new ByteArrayOutputStream();
            String end;
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                byte[] buffer = new byte[65536];
                for (int n = socket.getInputStream().read(buffer);
                        n >= 0;
                        n = socket.getInputStream().read(buffer)) {
                    bytes.write(buffer, 0, n);
                }
                end = "FIN";
            } catch (SocketTimeoutException e) {
                end = "OPEN";
            } catch (SocketException e) {
                end = "RST";
            }
            return new Seen(bytes.toString(StandardCharsets.ISO_8859_1), end);
        }
    }

    private static Seen get(String query) throws IOException {
        return ask("GET /?" + query + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "fault=reset, 0, RST",
        "fault=reset&at=status, 7, RST",
        "fault=reset&at=head&after=20, 20, RST",
        "fault=close, 0, FIN",
        "fault=close&at=head&after=30, 30, FIN",
        "fault=stall, 0, OPEN",
        "fault=stall&at=head&after=20, 20, OPEN",
        "fault=garbage&size=10, 10, FIN",
        "fault=tls-alert, 7, FIN",
        "fault=http09, 18, FIN"
    })
    void theConnectionEndsWhereAndHowItWasAsked(String query, int bytes, String end) throws IOException {
        Seen seen = get(query);
        assertEquals(end, seen.end());
        assertEquals(bytes, seen.bytes().length());
    }

    @ParameterizedTest
    @CsvSource({"close, FIN", "reset, RST", "stall, OPEN"})
    void theBodyBreaksAfterAsManyBytesAsAsked(String fault, String end) throws IOException {
        Seen seen = get("fault=" + fault + "&at=body&size=100&after=17");
        assertEquals(end, seen.end());
        assertTrue(seen.bytes().contains("Content-Length: 100\r\n"), seen.bytes());
        assertEquals(17, seen.bytes().length() - seen.bytes().indexOf("\r\n\r\n") - 4);
    }

    @ParameterizedTest
    @CsvSource({"close, FIN", "reset, RST", "stall, OPEN"})
    void chunksStopBetweenTwo(String fault, String end) throws IOException {
        Seen seen = get("fault=" + fault + "&at=chunk&after=3");
        assertEquals(end, seen.end());
        assertTrue(seen.bytes().endsWith("\r\n\r\n3\r\nabc\r\n"), seen.bytes());
    }

    static java.util.List<Fault> canned() {
        return Canned.all();
    }

    @ParameterizedTest
    @MethodSource("canned")
    void cannedResponsesAreTheirBytesAndNothingElse(Fault fault) throws IOException {
        Seen seen = get("fault=" + fault.name());
        assertEquals("FIN", seen.end());
        assertTrue(!seen.bytes().isEmpty());
        assertTrue(!fault.help().isBlank());
    }

    @Test
    void bigHeadsAreBig() throws IOException {
        assertTrue(get("fault=big-head&size=30k").bytes().length() > 30_000);
        assertEquals(300, get("fault=big-head&count=300").bytes().split("X-[0-9]+: 1").length - 1);
    }

    @Test
    void aDripTakesItsTime() throws IOException {
        long start = System.nanoTime();
        String bytes = get("fault=drip&at=body&size=10&every=30ms").bytes();
        assertTrue(System.nanoTime() - start >= 300_000_000L);
        assertTrue(bytes.endsWith("\r\n\r\nabcdefghij"), bytes);
    }

    @Test
    void interimResponsesComeFirst() throws IOException {
        assertEquals(5, get("fault=interim&count=5").bytes().split("HTTP/1.1 100").length - 1);
        assertTrue(get("fault=interim&status=103").bytes().startsWith("HTTP/1.1 103 Early Hints\r\nLink:"));
    }

    @Test
    void anEarlyAnswerComesBeforeTheBody() throws IOException {
        Seen seen = ask("POST /?fault=early HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
        assertTrue(seen.bytes().startsWith("HTTP/1.1 413 "), seen.bytes());
    }

    @Test
    void anUploadIsBrokenOff() throws IOException {
        assertEquals(
                "RST",
                ask("POST /?fault=break-upload&after=10 HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n0123456789abc")
                        .end());
    }

    @Test
    void anIdleConnectionIsEnded() throws IOException {
        Seen seen = get("fault=idle-close&after=50ms&how=reset");
        assertTrue(seen.bytes().endsWith("hello"));
        assertEquals("RST", seen.end());
    }

    @Test
    void excessIsSentBehindTheBody() throws IOException {
        assertTrue(get("fault=excess&excess=3").bytes().endsWith("\r\n\r\nhelloxxx"));
    }

    @ParameterizedTest
    @CsvSource({
        "status=503&size=16k, 503, 16384",
        "size=5&framing=close, 200, 5",
        "size=0, 200, 0",
        "status=204&size=5, 204, 0"
    })
    void ordinaryAnswersHaveTheStatusAndSizeAsked(String query, int status, int size) throws IOException {
        String bytes = get(query + "&close=true").bytes();
        assertTrue(bytes.startsWith("HTTP/1.1 " + status + " "), bytes);
        assertEquals(size, bytes.length() - bytes.indexOf("\r\n\r\n") - 4);
    }

    @Test
    void aHeaderChoosesAFaultToo() throws IOException {
        assertEquals(
                "RST",
                ask("GET / HTTP/1.1\r\nHost: x\r\nX-Sim-Fault: reset\r\n\r\n").end());
    }

    @ParameterizedTest
    @CsvSource({
        "fault=nonsense, there is no fault",
        "fault=reset&at=nowhere, at=nowhere:",
        "size=many, size=many:",
        "delay=soon(1ms), a duration",
        "framing=odd, framing=odd:"
    })
    void nonsenseIsAnsweredNotGuessed(String query, String message) throws IOException {
        Seen seen = get(query);
        assertTrue(seen.bytes().startsWith("HTTP/1.1 400 "), seen.bytes());
        assertTrue(seen.bytes().contains(message), seen.bytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            100ms                | 100 | 100
            2s                   | 2000 | 2000
            uniform(50ms,200ms)  | 50  | 200
            exponential(100ms)   | 0   | 5000
            normal(100ms,1ms)    | 80  | 120
            """)
    void delaysFollowTheirDistribution(String text, long least, long most) {
        for (int i = 0; i < 1000; i++) {
            long drawn = Delay.draw(text);
            assertTrue(drawn >= least && drawn <= most, text + " drew " + drawn);
        }
    }
}
