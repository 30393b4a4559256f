package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
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

/** What the fields of a request say of it, and what is said when they are refused. */
class RequestHeadTest {
    private final RequestHead head = new RequestHead(1000, 10, 100);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private RequestHead read(String text) throws MessageException {
        head.reset();
        assertTrue(head.read(bytes(text)));
        return head;
    }

    private Failure refused(String text) {
        head.reset();
        return assertThrows(MessageException.class, () -> head.read(bytes(text)))
                .failure();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            Host: x;Host: x            | a second Host header at offset 25 of the head
            Host: x;Content-Length: 9223372036854775808 | a Content-Length beyond 2^63 at offset 25 of the head
            Host: x;Content-Length: -1 | a Content-Length that is not a number at offset 25 of the head
            Host: x;Content-Length:    | a Content-Length that is not a number at offset 25 of the head
            Content-Length: 1;Content-Length: 2 | Content-Length headers that differ (1 and 2) at offset 35 of the head
            Content-Length: 0;Content-Length: 1 | Content-Length headers that differ (0 and 1) at offset 35 of the head
            Transfer-Encoding: chunked;Transfer-Encoding: chunked | a second Transfer-Encoding header at offset 44 of the head
            Transfer-Encoding: gzip    | a Transfer-Encoding other than chunked at offset 16 of the head
            A: 1;Host:                 | an empty Host header at offset 22 of the head
            Content-Length: 0;Transfer-Encoding: chunked | both Content-Length and Transfer-Encoding (RFC 9112 section 6.3)
            A: 1                       | an HTTP/1.1 request without Host (RFC 9112 section 3.2)
            A: 1;Host: a b | the host is not a name or address with at most one port, offset 28: "Host: a b"
            """)
    void aFieldThatIsRefusedIsSaidWithItsPlace(String lines, String detail) {
        Failure failure = refused("GET / HTTP/1.1\r\n" + lines.replace(";", "\r\n") + "\r\n\r\n");
        assertEquals(Cause.CLIENT_BAD_REQUEST, failure.cause());
        assertEquals(detail, failure.detail());
    }

    @Test
    void theLineThatIsRefusedIsTheEvidence() {
        Failure failure = refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n");
        assertTrue(failure.evidence().get(0).toString().contains("|Transfer-Encoding: gzip|"));
    }

    @Test
    void chunkedIsOfHttp11() {
        assertEquals(
                "Transfer-Encoding in an HTTP/1.0 request (RFC 9112 section 6.1)",
                refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").detail());
    }

    @ParameterizedTest
    @CsvSource({
        "GET http://A.test:80/ HTTP/1.1, a.test:80, a.test:80, a.test",
        "GET http://a.test/ HTTP/1.0, A.TEST, a.test, a.test",
        "GET / HTTP/1.1, A.Test.:8080, a.test.:8080, a.test",
        "GET / HTTP/1.1, [::1]:80, [::1]:80, [::1]",
        "GET / HTTP/1.0, '', '', ''"
    })
    void theHostIsInLowerCaseAndItsNameWithoutPort(String line, String field, String host, String name)
            throws MessageException {
        read(line + "\r\nHost: " + field + "\r\n\r\n");
        assertEquals(host, head.host());
        assertEquals(name, head.hostName());
    }

    @Test
    void anAbsoluteUrlNamesTheHostOfAnOldClient() throws MessageException {
        assertEquals("a.test", read("GET http://A.test/ HTTP/1.0\r\n\r\n").host());
        assertEquals("", read("GET / HTTP/1.0\r\n\r\n").host());
    }

    @Test
    void twoHostsThatDifferAreBothNamed() {
        Failure failure = refused("GET http://a.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n");
        assertEquals(Cause.CLIENT_HOST_MISMATCH, failure.cause());
        assertEquals("the request target names host \"a.test\", the Host header \"b.test\"", failure.detail());
        Failure empty = refused("GET http://a.test/ HTTP/1.0\r\nHost:\r\n\r\n");
        assertEquals(Cause.CLIENT_HOST_MISMATCH, empty.cause());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GET / HTTP/1.1  | Expect: 100-continue | true
            GET / HTTP/1.1  | Expect: 100-Continue | true
            GET / HTTP/1.1  | Expect: 100          | false
            GET / HTTP/1.1  | Date: 100-continue   | false
            GET / HTTP/1.0  | Expect: 100-continue | false
            """)
    void onlyClientsOfHttp11WaitFor100(String line, String field, boolean expects) throws MessageException {
        assertEquals(
                expects, read(line + "\r\n" + field + "\r\nHost: x\r\n\r\n").expectsContinue());
        assertEquals(
                expects, read(line + "\r\nHost: x\r\n" + field + "\r\n\r\n").expectsContinue());
    }

    @ParameterizedTest
    @CsvSource({
        "1.1, x, true",
        "1.1, close, false",
        "1.1, keep-alive, true",
        "1.0, x, false",
        "1.0, keep-alive, true",
        "1.0, close, false"
    })
    void whetherTheConnectionIsKept(String version, String option, boolean kept) throws MessageException {
        read("GET / HTTP/" + version + "\r\nHost: x\r\nConnection: " + option + "\r\n\r\n");
        assertEquals(kept, head.keepAlive());
        assertEquals(version, "1." + head.minor());
    }

    @Test
    void theLengthOfTheBody() throws MessageException {
        assertEquals(0, read("GET / HTTP/1.1\r\nHost: x\r\n\r\n").bodyLength());
        assertEquals(
                7,
                read("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n").bodyLength());
        assertEquals(
                RequestHead.CHUNKED,
                read("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .bodyLength());
        assertEquals(
                0,
                read("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").bodyLength());
    }

    @Test
    void emptyLinesBeforeARequestAreNoRequest() throws MessageException {
        assertFalse(head.started());
        assertFalse(head.read(bytes("\r")));
        assertFalse(head.started());
        assertFalse(head.read(bytes("\n\n\r\n\r")));
        assertFalse(head.started());
        assertFalse(head.read(bytes("\nG")));
        assertTrue(head.started());
        assertTrue(head.read(bytes("ET / HTTP/1.1\r\nHost: x\r\n\r\n")));
        assertTrue(head.started());
        assertEquals("GET", head.method());
        head.reset();
        assertFalse(head.started());
    }

    @Test
    void emptyLinesAreBorneUpToNineBytes() throws MessageException {
        assertEquals(
                "GET",
                read("\n".repeat(9) + "GET / HTTP/1.1\r\nHost: x\r\n\r\n").method());
        Failure failure = refused("\n".repeat(10) + "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(Cause.CLIENT_BAD_REQUEST, failure.cause());
        assertEquals("empty lines instead of a request line", failure.detail());
    }

    @Test
    void aHeadThatIsTooBigIsSoWithItsLargestLine() {
        RequestHead small = new RequestHead(60, 10, 20);
        ByteBuffer in = bytes("GET / HTTP/1.1\r\nHost: x\r\nLong: " + "v".repeat(40) + "\r\n\r\n");
        Failure failure =
                assertThrows(MessageException.class, () -> small.read(in)).failure();
        assertEquals(Cause.CLIENT_HEAD_TOO_BIG, failure.cause());
        assertEquals(
                "the request head exceeds limits.head of 60 bytes, largest so far \"Long\" with more than 35 bytes",
                failure.detail());
    }

    /** Where the limit of the head is the smaller, it is still the target that is too long. */
    @Test
    void aHeadThatIsTooBigWithinItsTargetHasATargetThatIsTooLong() {
        RequestHead tight = new RequestHead(30, 10, 29);
        ByteBuffer in = bytes("GET /" + "a".repeat(40));
        assertEquals(
                Cause.CLIENT_URI_TOO_LONG,
                assertThrows(MessageException.class, () -> tight.read(in))
                        .failure()
                        .cause());
        RequestHead wide = new RequestHead(30, 10, 30);
        ByteBuffer again = bytes("GET /" + "a".repeat(40));
        assertEquals(
                Cause.CLIENT_HEAD_TOO_BIG,
                assertThrows(MessageException.class, () -> wide.read(again))
                        .failure()
                        .cause());
        RequestHead behind = new RequestHead(30, 10, 5);
        ByteBuffer field = bytes("GET / HTTP/1.1\r\nHost: " + "a".repeat(40));
        assertEquals(
                Cause.CLIENT_HEAD_TOO_BIG,
                assertThrows(MessageException.class, () -> behind.read(field))
                        .failure()
                        .cause());
    }

    private void multiplexed(String text, boolean ends) throws MessageException {
        head.reset();
        head.readMultiplexed(bytes("POST / HTTP/1.1\r\nHost: x\r\n" + text), ends);
    }

    @Test
    void aRequestOfAnotherProtocolHasTheBodyItsFramesSay() throws MessageException {
        multiplexed("\r\n", true);
        assertEquals(0, head.bodyLength());
        multiplexed("\r\n", false);
        assertEquals(RequestHead.CHUNKED, head.bodyLength());
        multiplexed("Content-Length: 5\r\n\r\n", false);
        assertEquals(5, head.bodyLength());
        multiplexed("Content-Length: 0\r\n\r\n", false);
        assertEquals(0, head.bodyLength());
        multiplexed("Content-Length: 0\r\n\r\n", true);
        assertEquals(0, head.bodyLength());
    }

    @Test
    void aLengthWithoutABodyIsRefused() {
        MessageException e = assertThrows(MessageException.class, () -> multiplexed("Content-Length: 1\r\n\r\n", true));
        assertEquals(
                "no body, content-length says 1 (RFC 9113 section 8.1.1)",
                e.failure().detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A: 1\r\n", "\r\nGET"})
    void fieldsThatAreNotOneWholeHeadAreRefused(String text) {
        MessageException e = assertThrows(MessageException.class, () -> multiplexed(text, true));
        assertEquals("fields that make no head", e.failure().detail());
    }

    @Test
    void theSameMethodIsTheSameObject() throws MessageException {
        for (String method : new String[] {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
            String request = method + " / HTTP/1.1\r\nHost: x\r\n\r\n";
            assertSame(method, read(request).method());
            assertSame(method, read("\r\n" + request).method());
        }
    }
}
