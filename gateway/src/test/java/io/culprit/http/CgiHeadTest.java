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

/** What a script says of its response, and what it is told when that is none. */
class CgiHeadTest {
    private static CgiHead read(String text) throws MessageException {
        CgiHead head = new CgiHead(1000, 4);
        assertTrue(head.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        return head;
    }

    private static Failure refused(String text) {
        return assertThrows(MessageException.class, () -> read(text)).failure();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            Status: 200             | 200 | ""
            Status: 404 Not Found   | 404 | Not Found
            Status: 999 Odd         | 999 | Odd
            Content-Type: text/html | 200 | ""
            Location: /elsewhere    | 302 | ""
            """)
    void theStatusIsTheScriptsOrWhatItsFieldsMean(String line, int status, String reason) throws MessageException {
        CgiHead head = read(line + "\r\n\r\n");
        assertEquals(status, head.status());
        assertEquals(
                reason,
                new String(
                        head.bytes(),
                        head.reasonStart(),
                        head.reasonEnd() - head.reasonStart(),
                        StandardCharsets.ISO_8859_1));
    }

    @Test
    void aStatusOfItsOwnGoesBeforeTheOneOfALocation() throws MessageException {
        assertEquals(201, read("Status: 201\r\nLocation: /new\r\n\r\n").status());
        assertEquals(201, read("Location: /new\r\nStatus: 201\r\n\r\n").status());
    }

    @Test
    void theSameStatusTwiceIsOne() throws MessageException {
        assertEquals(404, read("Status: 404\r\nStatus: 404 Again\r\n\r\n").status());
    }

    @Test
    void aStatusThatDiffersIsRefusedWithBoth() {
        Failure failure = refused("Status: 404\r\nStatus: 500\r\n\r\n");
        assertEquals(Cause.FASTCGI_BAD_HEAD, failure.cause());
        assertEquals("a second Status that differs, 404 and 500, at offset 13 of the head", failure.detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"199", "100", "20", "2000", "2x0", "", "OK"})
    void aStatusThatIsNoFinalOneIsRefused(String status) {
        Failure failure = refused("Status: " + status + "\r\n\r\n");
        assertEquals(Cause.FASTCGI_BAD_HEAD, failure.cause());
        assertEquals(
                "Status \"" + status + "\", three digits from 200 to 999 were expected, at offset 0 of the head",
                failure.detail());
    }

    @Test
    void anUpgradeThatNobodyAskedForHasItsOwnCause() {
        assertEquals(
                Cause.HEAD_UNREQUESTED_UPGRADE,
                refused("Status: 101 Switching\r\n\r\n").cause());
    }

    @Test
    void theLengthIsReadAsInAnyResponse() throws MessageException {
        assertEquals(12, read("Content-Length: 12\r\n\r\n").contentLength());
        assertEquals(
                Cause.HEAD_BAD_LENGTH, refused("Content-Length: twelve\r\n\r\n").cause());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            HTTP/1.1 200 OK     | a status line of HTTP where a CGI script's header lines are due at offset 4 of the head
            http/x              | a status line of HTTP where a CGI script's header lines are due at offset 4 of the head
            HTTP/               | byte 0x2f in a header name at offset 4 of the head
            HTTX/1.1 200 OK     | byte 0x2f in a header name at offset 4 of the head
            <html>              | output of the page before any header line at offset 0 of the head
            A:1~HTTP/1.1 200 OK | byte 0x2f in a header name at offset 9 of the head
            A:1~<html>          | byte 0x3c in a header name at offset 5 of the head
            Warning on line one | white space between header name and colon at offset 7 of the head
            """)
    void aScriptThatPrintsSomethingElseIsToldWhat(String text, String what) {
        Failure failure = refused(text.replace("~", "\r\n") + "\r\n\r\n");
        assertEquals(Cause.FASTCGI_BAD_HEAD, failure.cause());
        assertTrue(failure.detail().startsWith(what + ": \""), failure.detail());
    }

    @Test
    void onlyTheStatusIsForTheGatewayAlone() throws MessageException {
        CgiHead head = read("Status: 200\r\n\r\n");
        assertTrue(head.hides(HeaderName.STATUS));
        assertFalse(head.hides(HeaderName.LOCATION));
        assertFalse(new HttpResponseHead(100, 4).hides(HeaderName.STATUS));
    }
}
