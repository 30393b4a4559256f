package io.culprit.upstream.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.upstream.exchange.ReaderHarness;
import io.culprit.upstream.exchange.ResponseReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/1 responses, cut at every byte, and what can be said of a reader on the way. */
class Http1ResponseReaderTest {
    private final Http1ResponseReader reader = new Http1ResponseReader(1024, 20);

    private String read(String method, String response) {
        byte[] bytes = response.getBytes(StandardCharsets.ISO_8859_1);
        String whole = ReaderHarness.read(reader, method, bytes);
        for (int cut = 1; cut < bytes.length; cut++) {
            assertEquals(whole, ReaderHarness.read(reader, method, bytes, cut), "cut at " + cut);
        }
        return ReaderHarness.read(reader, method, bytes);
    }

    @Test
    void whatIsBehindTheResponseDoesNotBelongToIt() {
        assertEquals("200 length 2 [ok] complete +3", read("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTT"));
        assertEquals("200 length 0 [] complete +2", read("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        assertEquals("304 length 0 [] complete +2", read("GET", "HTTP/1.1 304 N\r\nContent-Length: 2\r\n\r\nok"));
        assertEquals("204 length 0 [] complete", read("GET", "HTTP/1.1 204 N\r\n\r\n"));
        assertEquals(
                "200 length -1 [okay] complete +1",
                read("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n2\r\nay\r\n0\r\n\r\nx"));
        assertEquals("200 length 0 [] complete", read("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
        assertEquals("200 length -1 [ok] open", read("GET", "HTTP/1.1 200 OK\r\n\r\nok"));
        assertEquals("200 length 0 [] complete", read("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }

    @Test
    void fiftyInterimResponsesAreTakenAndNoMore() {
        String interim = "HTTP/1.1 100 C\r\n\r\n";
        String last = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        assertEquals(
                "200 length 0 [] complete", ReaderHarness.read(reader, "GET", (interim.repeat(50) + last).getBytes()));
        assertEquals(
                "[] head.too-many-interim", ReaderHarness.read(reader, "GET", (interim.repeat(51) + last).getBytes()));
        assertEquals(
                "200 length 0 [] complete",
                ReaderHarness.read(reader, "GET", (interim.repeat(50) + last).getBytes()),
                "each response has its own");
        assertEquals("103 200 length 0 [] complete", read("GET", "HTTP/1.1 103 H\r\n\r\n" + interim + last));
        assertEquals("[] head.unrequested-upgrade", read("GET", "HTTP/1.1 101 S\r\n\r\n"));
    }

    @Test
    void chunksThatAreNone() {
        assertEquals(
                "200 length -1 [ok] body.bad-chunk",
                read("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n"));
        assertEquals(
                "200 length -1 [ok] body.bad-chunk",
                read("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok--"));
    }

    @Test
    void aReaderSaysHowFarItIs() {
        assertEquals("[] open", read("GET", ""));
        assertTrue(reader.inHead() && reader.untouched());
        assertEquals("0 bytes", reader.bodyProgress());
        assertEquals("", reader.beside());
        assertFalse(reader.reusable());
        read("GET", "HTT");
        assertTrue(reader.inHead());
        assertFalse(reader.untouched());
        assertEquals(3, reader.headBytes());
        read("GET", "HTTP/1.1 100 C\r\n\r\n");
        assertFalse(reader.untouched());
        assertEquals(0, reader.headBytes());
        assertEquals("1 interim response", reader.beside());
        read("GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok");
        assertFalse(reader.inHead() || reader.untouched() || reader.endsWithConnection() || reader.whole());
        assertEquals("2 of 3 bytes of the body", reader.bodyProgress());
        read("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok");
        assertFalse(reader.endsWithConnection());
        assertEquals("2 bytes of a chunked body that has no end yet", reader.bodyProgress());
        read("GET", "HTTP/1.1 200 OK\r\n\r\nok");
        assertTrue(reader.endsWithConnection());
        assertFalse(reader.whole());
        assertEquals("2 bytes of a body that ends with the connection", reader.bodyProgress());
        assertEquals(Cause.BODY_TRUNCATED, reader.truncated());
        read("HEAD", "HTTP/1.1 200 OK\r\n\r\n");
        assertEquals("0 bytes", reader.bodyProgress());
        assertTrue(reader.switched().isEmpty());
        assertTrue(reader.warning().isEmpty()
                && reader.evidence().isEmpty()
                && reader.stderr().isEmpty());
    }

    @Test
    void onlyAResponseWithAnEndOfItsOwnLeavesAConnection() {
        read("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertTrue(reader.reusable());
        read("GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        assertFalse(reader.reusable());
        read("GET", "HTTP/1.1 200 OK\r\n\r\n");
        assertFalse(reader.reusable());
        read("GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
        assertTrue(reader.reusable());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeout=5 | 5",
                "timeout=5, max=100 | 5",
                "max=100, Timeout=15 | 15",
                "timeout=0 | 0",
                "timeout=999999 | 999999",
                "timeout=1000000 | -1",
                "timeout= | -1",
                "timeout=x | -1",
                "max=5 | -1",
                "xtimeout=5 | -1"
            })
    void keepAliveAnnouncesHowLong(String value, long seconds) {
        read("GET", "HTTP/1.1 200 OK\r\nKeep-Alive: " + value + "\r\nContent-Length: 0\r\n\r\n");
        assertEquals(
                seconds < 0 ? ResponseReader.NOT_ANNOUNCED : TimeUnit.SECONDS.toNanos(seconds),
                reader.announcedIdleNanos());
    }

    @Test
    void aReaderThatRestsHoldsNoLargeHead() {
        Http1ResponseReader large = new Http1ResponseReader(64 << 10, 200);
        ReaderHarness.read(large, "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes());
        assertEquals(ResponseReader.NOT_ANNOUNCED, large.announcedIdleNanos());
        int small = large.held();
        String field = "X: " + "x".repeat(50 << 10) + "\r\n";
        ReaderHarness.read(large, "GET", ("HTTP/1.1 200 OK\r\n" + field + "Content-Length: 0\r\n\r\n").getBytes());
        assertTrue(large.held() > 50_000, "held " + large.held());
        large.rest();
        assertEquals(small, large.held());
    }
}
