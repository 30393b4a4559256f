package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a status line and the fields that frame a response say, and what is said when they are wrong. */
class ResponseHeadTest {
    private static HttpResponseHead read(String text) throws MessageException {
        HttpResponseHead head = new HttpResponseHead(1000, 10);
        assertTrue(head.read(bytes(text)));
        return head;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Failure refused(String text) {
        HttpResponseHead head = new HttpResponseHead(1000, 10);
        return assertThrows(MessageException.class, () -> head.read(bytes(text)))
                .failure();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            HTTP/1.1 200 OK             | 1 | 200 | OK
            HTTP/1.0 100 Go on          | 0 | 100 | Go on
            HTTP/1.9 999                | 1 | 999 | ""
            HTTP/1.1   404  Not Found   | 1 | 404 | " Not Found"
            HTTP/1.1 200\\s             | 1 | 200 | ""
            HTTP/1.1 200 \\t\\200       | 1 | 200 | "\\t\\200"
            """)
    void aStatusLineHasAVersionAStatusAndAReason(String line, int minor, int status, String reason)
            throws MessageException {
        HttpResponseHead head = read(line.translateEscapes() + "\r\n\r\n");
        assertEquals(minor, head.minor());
        assertEquals(status, head.status());
        String actual = new String(
                head.bytes(), head.reasonStart(), head.reasonEnd() - head.reasonStart(), StandardCharsets.ISO_8859_1);
        assertEquals(reason.translateEscapes(), actual);
        assertEquals(-1, head.contentLength());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            HTTP/2.0 200 | head.bad-version | the status line is "HTTP/2.0 200", HTTP/1.1 or HTTP/1.0 was expected
            HTTP/11 200  | head.bad-version | the status line is "HTTP/11 200", HTTP/1.1 or HTTP/1.0 was expected
            HTTP/1.x 200 | head.bad-version | the status line is "HTTP/1.x 200", HTTP/1.1 or HTTP/1.0 was expected
            HTTP/x.1 200 | head.bad-version | the status line is "HTTP/x.1 200", HTTP/1.1 or HTTP/1.0 was expected
            HTTP/1.      | head.bad-version | the status line is "HTTP/1.", HTTP/1.1 or HTTP/1.0 was expected
            HTTP/        | head.bad-version | the status line is "HTTP/", HTTP/1.1 or HTTP/1.0 was expected
            HTTP         | head.not-http    | the response starts with "HTTP" instead of HTTP/
            HTTPS/1.1    | head.not-http    | the response starts with "HTTPS/1.1" instead of HTTP/
            HTTP/1.1     | head.bad-status  | the status is "", three digits from 100 to 999 were expected
            HTTP/1.1200  | head.bad-status  | the status is "200", three digits from 100 to 999 were expected
            HTTP/1.1 99  | head.bad-status  | the status is "99", three digits from 100 to 999 were expected
            HTTP/1.1 099 | head.bad-status  | the status is "099", three digits from 100 to 999 were expected
            HTTP/1.1 1000 | head.bad-status | the status is "1000", three digits from 100 to 999 were expected
            HTTP/1.1 2x0 | head.bad-status  | the status is "2x0", three digits from 100 to 999 were expected
            HTTP/1.1 200 \\1 | head.bad-header | byte 0x01 at offset 13 of the reason phrase
            HTTP/1.1 200 O\\177 | head.bad-header | byte 0x7f at offset 14 of the reason phrase
            """)
    void aStatusLineThatIsNoneIsShown(String line, String cause, String detail) {
        Failure failure = refused(line.translateEscapes() + "\r\n\r\n");
        assertEquals(cause, failure.cause().id());
        assertEquals(detail, failure.detail());
        assertTrue(failure.evidence().get(0).toString().contains("|HTTP"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            \\25\\3\\1    | the upstream answered a plain request with a TLS alert: it expects TLS
            \\25\\3       | the upstream answered a plain request with a TLS alert: it expects TLS
            \\25          | the response starts with "\\\\x15" instead of HTTP/
            \\25\\4       | the response starts with "\\\\x15\\\\x04" instead of HTTP/
            \\26\\3       | the response starts with "\\\\x16\\\\x03" instead of HTTP/
            SSH-2.0-OpenSSH_9.2p1 Deb | the response starts with "SSH-2.0-OpenSSH_9.2p1 De" instead of HTTP/
            """)
    void anotherProtocolIsNamedBeforeItsLineEnds(String text, String detail) {
        Failure failure = refused(text.translateEscapes());
        assertEquals(Cause.HEAD_NOT_HTTP, failure.cause());
        assertEquals(detail.translateEscapes(), failure.detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"H", "HTTP", "HTTP/", "HTTP/1.1 200 OK"})
    void aBeginningIsWaitedFor(String text) throws MessageException {
        assertFalse(new HttpResponseHead(1000, 10).read(bytes(text)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            0                   | 0
            5                   | 5
            5,5                 | 5
            5 , 5,\\t5          | 5
            9223372036854775807 | 9223372036854775807
            """)
    void aLengthRepeatedIsOne(String value, long length) throws MessageException {
        HttpResponseHead head = read("HTTP/1.1 200 OK\r\nContent-Length: " + value.translateEscapes() + "\r\n\r\n");
        assertEquals(length, head.contentLength());
        assertFalse(head.chunked());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            5,   | Content-Length "5," is not a number at offset 20 of the head
            ,5   | Content-Length ",5" is not a number at offset 20 of the head
            5,,5 | Content-Length "5,,5" is not a number at offset 20 of the head
            -1   | Content-Length "-1" is not a number at offset 20 of the head
            5 5  | Content-Length "5 5" is not a number at offset 20 of the head
            5, 6 | Content-Lengths that differ: 5 and 6 at offset 20 of the head
            0,1  | Content-Lengths that differ: 0 and 1 at offset 20 of the head
            """)
    void aLengthThatIsNotOneNumberIsRefused(String value, String detail) {
        Failure failure = refused("HTTP/1.1 200\r\nX: 1\r\nContent-Length: " + value + "\r\n\r\n");
        assertEquals(Cause.HEAD_BAD_LENGTH, failure.cause());
        assertEquals(detail, failure.detail());
        assertTrue(failure.evidence().get(0).toString().contains("|Content-Length: " + value + "|"));
    }

    @Test
    void framingThatTwoParsersMightReadDifferentlyIsRefusedWithWhatItIs() {
        Failure both = refused("HTTP/1.1 200\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertEquals("the response has both Content-Length: 0 and Transfer-Encoding: chunked", both.detail());
        Failure twice = refused("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertEquals("a second Transfer-Encoding header at offset 42 of the head", twice.detail());
        Failure other = refused("HTTP/1.1 200\r\nTransfer-Encoding: gzip\r\n\r\n");
        assertEquals("Transfer-Encoding \"gzip\" at offset 14 of the head", other.detail());
    }

    @ParameterizedTest
    @CsvSource({
        "100, true, false",
        "199, true, false",
        "200, false, true",
        "203, false, true",
        "204, false, false",
        "205, false, true",
        "303, false, true",
        "304, false, false",
        "999, false, true"
    })
    void aStatusSaysWhetherMoreComesAndWhetherThereIsABody(int status, boolean interim, boolean body)
            throws MessageException {
        HttpResponseHead head = read("HTTP/1.1 " + status + "\r\n\r\n");
        assertEquals(interim, head.isInterim());
        assertEquals(body, head.mayHaveBody());
    }

    @Test
    void theNextHeadRemembersNothing() throws MessageException {
        HttpResponseHead head = read("HTTP/1.0 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertTrue(head.chunked());
        head.reset();
        assertEquals(0, head.status());
        assertEquals(1, head.minor());
        assertEquals(0, head.reasonEnd());
        assertFalse(head.chunked());
        assertTrue(head.read(bytes("HTTP/1.1 200\r\nContent-Length: 7\r\n\r\n")));
        assertEquals(7, head.contentLength());
        head.reset();
        assertEquals(-1, head.contentLength());
    }
}
