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

/** What is said of a head that is refused: the byte, its place and the line; and the limits to the byte. */
class HeadErrorsTest {
    private static final String START = "HTTP/1.1 200 OK\r\n";

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Failure refused(HeadReader head, String text) {
        ByteBuffer in = bytes(text);
        return assertThrows(MessageException.class, () -> head.read(in)).failure();
    }

    private static Failure refusedLine(String line) {
        return refused(new HttpResponseHead(1000, 4), START + line + "\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            Foo bar|white space between header name and colon at offset 20 of the head: "Foo bar"
            Foo\\t: bar|white space between header name and colon at offset 20 of the head: "Foo\\\\x09: bar"
            Foo|a header line without a colon at offset 20 of the head: "Foo"
            : bar|byte 0x3a in a header name at offset 17 of the head: ": bar"
            F@o: bar|byte 0x40 in a header name at offset 18 of the head: "F@o: bar"
            \\sfold|a header line that starts with white space (obsolete line folding) at offset 17 of the head: "\\s"
            \\tfold|a header line that starts with white space (obsolete line folding) at offset 17 of the head: "\\\\x09"
            """)
    void aLineThatIsNoHeaderIsSaidWithItsPlace(String line, String detail) {
        Failure failure = refusedLine(line.translateEscapes());
        assertEquals(Cause.HEAD_BAD_HEADER, failure.cause());
        assertEquals(detail.translateEscapes(), failure.detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {" hunter2", "\thunter2"})
    void aFoldedLineMayBelongToACredentialAndIsNotShown(String line) {
        Failure failure = refusedLine(line);
        assertFalse(failure.detail().contains("hunter2"));
        assertFalse(failure.evidence().toString().contains("hunter2"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            A:\\1b      | byte 0x01 at offset 19 of the head is not allowed in the value of header "A"
            A: b\\1     | byte 0x01 at offset 21 of the head is not allowed in the value of header "A"
            A: b\\rc    | byte 0x0d at offset 21 of the head is not allowed in the value of header "A"
            Foo: \\177  | byte 0x7f at offset 22 of the head is not allowed in the value of header "Foo"
            """)
    void aForbiddenByteOfAValueIsSaidWithItsPlace(String line, String detail) {
        Failure failure = refusedLine(line.translateEscapes());
        assertEquals(Cause.HEAD_BAD_HEADER, failure.cause());
        assertEquals(detail, failure.detail());
        assertTrue(failure.evidence().get(0).toString().contains("|" + line.charAt(0)), "the line is the evidence");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            A:b           | b
            A: b          | b
            A:\\t b\\t\\s  | b
            A:            | ""
            A: \\t\\s      | ""
            A: \\t\\sx y\\s | x y
            A: \\200       | \\200
            """)
    void whiteSpaceAroundAValueIsNoneOfIt(String line, String value) throws MessageException {
        HttpResponseHead head = new HttpResponseHead(1000, 4);
        assertTrue(head.read(bytes(START + line.translateEscapes() + "\r\n\r\n")));
        assertEquals(value.translateEscapes(), head.headers().valueText(0));
        assertEquals("A", head.headers().nameText(0));
    }

    @Test
    void aHeadMayHaveAllItsBytes() throws MessageException {
        String text = START + "A: 1\r\n\r\n";
        HttpResponseHead exact = new HttpResponseHead(text.length(), 4);
        ByteBuffer in = bytes(text + "body");
        assertTrue(exact.read(in));
        assertEquals(text.length(), exact.length());
        assertEquals(4, in.remaining());
        assertEquals(
                Cause.HEAD_TOO_BIG,
                refused(new HttpResponseHead(text.length() - 1, 4), text).cause());
    }

    @Test
    void aHeadMayHaveAllItsLines() throws MessageException {
        assertTrue(new HttpResponseHead(1000, 2).read(bytes(START + "A: 1\r\nB: 2\r\n\r\n")));
        Failure failure = refused(new HttpResponseHead(1000, 2), START + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n");
        assertEquals(Cause.HEAD_TOO_MANY, failure.cause());
        assertEquals("the response has more than 2 headers", failure.detail());
        Failure request = refused(new RequestHead(1000, 2, 100), "GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n");
        assertEquals(Cause.CLIENT_HEAD_TOO_BIG, request.cause());
        assertEquals("the request has more than limits.headers = 2 headers", request.detail());
    }

    /** Whoever has to shorten a head is told where to begin. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            A: 1\\r\\nLong: 1234567890\\r\\nB: 22\\r\\nC: 333333 | largest "Long" with 16 bytes
            A: 1\\r\\nFirst: 1\\r\\nOther: 2\\r\\nB: 4444444444  | largest so far "B" with more than 13 bytes
            First: 123\\r\\nOther: 321\\r\\nOpen: 111          | largest "First" with 10 bytes
            First: 123\\r\\nOther: 321\\r\\nOpen: 1111         | largest "First" with 10 bytes
            First: 123\\r\\nOther: 321\\r\\nOpen: 11111        | largest so far "Open" with more than 11 bytes
            First: 123\\r\\nOpenOpenOpen                     | largest so far "OpenOpenOpen" with more than 12 bytes
            A                                              | largest so far "A" with more than 1 bytes
            """)
    void theLargestLineOfAHeadThatIsTooBigIsNamed(String lines, String largest) {
        String text = START + lines.translateEscapes();
        Failure failure = refused(new HttpResponseHead(text.length(), 4), text + "x");
        assertEquals(Cause.HEAD_TOO_BIG, failure.cause());
        assertEquals(
                "the response head exceeds head_limit of %d bytes, %s".formatted(text.length(), largest),
                failure.detail());
    }

    /** Nothing is behind the bytes of such a head. */
    @Test
    void aNameThatFillsTheMemoryOfAHeadIsShownInPart() {
        String name = "A".repeat(HeadPool.BYTES - START.length());
        assertEquals(
                "the response head exceeds head_limit of 1024 bytes, largest so far \"%s...\" with more than %d bytes"
                        .formatted(name.substring(0, Sample.LIMIT), name.length()),
                refused(new HttpResponseHead(HeadPool.BYTES, 4), START + name + "A")
                        .detail());
    }

    @Test
    void aHeadThatIsTooBigBeforeAnyLineNamesNone() {
        assertEquals(
                "the response head exceeds head_limit of 10 bytes, no header was complete",
                refused(new HttpResponseHead(10, 4), "HTTP/1.1 200 OK").detail());
    }

    @Test
    void aHeadIsStartedByItsFirstByteAndCompleteAtItsEmptyLine() throws MessageException {
        HttpResponseHead head = new HttpResponseHead(1000, 4);
        assertFalse(head.started());
        assertFalse(head.read(bytes("H")));
        assertTrue(head.started());
        assertEquals(1, head.length());
        assertFalse(head.read(bytes("TTP/1.1 200 OK\r\nA: 1\r\n")));
        assertFalse(head.complete());
        assertTrue(head.read(bytes("\r\n")));
        assertTrue(head.complete());
        assertEquals(25, head.length());
    }

    /** A header of a CR alone is no empty line: nothing may end a head but a line end. */
    @Test
    void anEmptyLineIsALineEndAlone() throws MessageException {
        assertTrue(new HttpResponseHead(1000, 4).read(bytes(START + "\n")));
        assertEquals(Cause.HEAD_BAD_HEADER, refusedLine("\r").cause());
    }

    @Test
    void anExceptionIsCheapAndKeepsItsFailure() {
        Failure failure = Failure.of(Cause.HEAD_BAD_HEADER, "what");
        MessageException e = new MessageException(failure);
        assertEquals(failure, e.failure());
        assertEquals("what", e.getMessage());
        assertEquals(0, e.getStackTrace().length);
        assertEquals(e, e.fillInStackTrace());
    }
}
