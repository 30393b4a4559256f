package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of header lines: by name, by list and line by line. */
class HeaderBlockTest {
    private static HeaderBlock read(String lines) {
        HttpResponseHead head = new HttpResponseHead(4000, 20);
        String text = "HTTP/1.1 200 OK\r\n" + lines + "\r\n";
        try {
            assertTrue(head.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        } catch (MessageException e) {
            throw new AssertionError(e);
        }
        return head.headers();
    }

    private static String copied(HeaderBlock headers, HeaderBlock.Drop drop) {
        ByteBuffer out = ByteBuffer.allocate(4000);
        headers.copyLines(drop, out);
        return new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "X_A, true",
        "_, true",
        "X-A_, true",
        "_X-A, true",
        "X-A, false",
        "Host_Name, true",
        "Content-Length, false"
    })
    void anUnderscoreInANameIsSeen(String name, boolean underscored) {
        HeaderBlock headers = read("A: _\r\n" + name + ": 1\r\nB:_\r\n");
        assertEquals(underscored, headers.hasUnderscore(1));
        assertFalse(headers.hasUnderscore(0));
        assertFalse(headers.hasUnderscore(2));
        assertEquals(underscored ? 1 : 0, headers.underscored());
    }

    @Test
    void namesWithUnderscoresAreCountedAnewInEachHead() throws MessageException {
        HttpResponseHead head = new HttpResponseHead(4000, 20);
        ByteBuffer both = ByteBuffer.wrap(
                "HTTP/1.1 200 OK\r\nA_B: 1\r\nC_D: 2\r\n\r\nHTTP/1.1 200 OK\r\nE_F: 1\r\n\r\n".getBytes());
        assertTrue(head.read(both));
        assertEquals(2, head.headers().underscored());
        head.reset();
        assertTrue(head.read(both));
        assertEquals(1, head.headers().underscored());
        assertEquals(1, head.headers().count());
    }

    @ParameterizedTest
    @CsvSource({
        "X-SSL-Client-Verify, true",
        "x_ssl_client_s_dn, true",
        "X-SSL-CLIENT-, true",
        "SSL-Client-Cert, true",
        "ssl_client_, true",
        "sSL-cLIENT-Z, true",
        "X-SSL-Client, false",
        "SSL-Client, false",
        "X-SSL-Clients-A, false",
        "SSL-Clients-A, false",
        "Y-SSL-Client-A, false",
        "TSL-Client-A, false",
        "X-Content-Type-Options, false",
        "Set-Cookie-Of-Them, false",
        "X, false"
    })
    void whatOnlyTheHandshakeMaySayIsKnown(String name, boolean of) {
        assertEquals(of, read("A: 1\r\n" + name + ": 1\r\n").isOfClientCertificate(1));
    }

    @ParameterizedTest
    @CsvSource({
        "X-Real-IP, x-real-ip, true",
        "X_Real_IP, x-real-ip, true",
        "x-real-ip, X_REAL-ip, true",
        "AZaz09, azAZ09, true",
        "X-Real-I, x-real-ip, false",
        "X-Real-IPs, x-real-ip, false",
        "X-Real-IQ, x-real-ip, false",
        "Y-Real-IP, x-real-ip, false",
        "X-^, x-~, false",
        "X-A, x-!, false"
    })
    void aNameIsTheSameInAnyCaseAndWithUnderscores(String name, String other, boolean same) {
        assertEquals(same, read("A: 1\r\n" + name + ": 1\r\n").isNamed(1, other));
    }

    @Test
    void linesGoAsTheyCame() {
        HeaderBlock headers = read("A: 1\r\nBee: 22\r\nC: \r\nDate: now\r\n");
        assertEquals("A: 1\r\nBee: 22\r\nC: \r\nDate: now\r\n", copied(headers, (name, index) -> false));
        assertEquals("Bee: 22\r\nC: \r\nDate: now\r\n", copied(headers, (name, index) -> index == 0));
        assertEquals("A: 1\r\nC: \r\nDate: now\r\n", copied(headers, (name, index) -> index == 1));
        assertEquals("A: 1\r\nBee: 22\r\nC: \r\n", copied(headers, (name, index) -> name == HeaderName.DATE));
        assertEquals("Bee: 22\r\n", copied(headers, (name, index) -> index != 1));
        assertEquals("A: 1\r\nDate: now\r\n", copied(headers, (name, index) -> index == 1 || index == 2));
        assertEquals("", copied(headers, (name, index) -> true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            B:2\\r\\n
            B:  2\\r\\n
            B:\\t2\\r\\n
            B: 2\\s\\r\\n
            B: 2\\t\\r\\n
            B: 2\\n
            B: 2\\s\\n
            B: 2\\t\\n
            B:2\\n
            B:\\t 2\\s\\n
            """)
    void aLineThatCameOtherwiseIsTidied(String line) {
        HeaderBlock headers = read("A: 1\r\n" + line.translateEscapes() + "C: 3\r\n");
        assertEquals("A: 1\r\nB: 2\r\nC: 3\r\n", copied(headers, (name, index) -> false));
        assertEquals("B: 2\r\nC: 3\r\n", copied(headers, (name, index) -> index == 0));
        assertEquals("A: 1\r\nB: 2\r\n", copied(headers, (name, index) -> index == 2));
        assertEquals("A: 1\r\nC: 3\r\n", copied(headers, (name, index) -> index == 1));
        assertEquals("B: 2\r\n", copied(headers, (name, index) -> index != 1));
    }

    @Test
    void aValueIsCopiedAlone() {
        HeaderBlock headers = read("A: 1\r\nB:  two words \r\n");
        ByteBuffer out = ByteBuffer.allocate(100);
        headers.copyValue(1, out);
        assertEquals("two words", new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1));
    }

    @Test
    void fieldsAreFoundFromAnIndexOn() {
        HeaderBlock headers = read("Date: 1\r\nX: 2\r\nDate: 3\r\nLocation:\r\n");
        assertEquals(0, headers.indexOf(HeaderName.DATE, 0));
        assertEquals(2, headers.indexOf(HeaderName.DATE, 1));
        assertEquals(2, headers.indexOf(HeaderName.DATE, 2));
        assertEquals(-1, headers.indexOf(HeaderName.DATE, 3));
        assertEquals(-1, headers.indexOf(HeaderName.HOST, 0));
        assertEquals("1", headers.first(HeaderName.DATE));
        assertEquals("", headers.first(HeaderName.LOCATION));
        assertEquals("", headers.first(HeaderName.HOST));
        assertTrue(headers.has(HeaderName.DATE));
        assertTrue(headers.has(HeaderName.LOCATION));
        assertFalse(headers.has(HeaderName.HOST));
        assertEquals(HeaderName.OTHER, headers.name(1));
        assertEquals(HeaderName.LOCATION, headers.name(3));
        assertEquals("Location", headers.nameText(3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            close              | true
            Close              | true
            foo, CLOSE         | true
            foo,close          | true
            foo ,close ,bar    | true
            ,,close            | true
            close,             | true
            foo,\\tclose\\t,   | true
            foo                | false
            closed             | false
            clos               | false
            clo se             | false
            close foo          | false
            ""                 | false
            ,                  | false
            """)
    void anOptionOfAConnectionIsAWholeItemOfItsList(String value, boolean listed) {
        String text = value.translateEscapes();
        HeaderBlock alone = read("Connection: " + text + "\r\nClose: close\r\n");
        assertEquals(listed, alone.lists(HeaderName.CONNECTION, "close"));
        assertEquals(listed, alone.isNamedInConnection(1));
        HeaderBlock second = read("Connection: bar\r\nClose: close\r\nConnection:" + text + "\r\n");
        assertEquals(listed, second.lists(HeaderName.CONNECTION, "close"));
        assertEquals(listed, second.isNamedInConnection(1));
        assertFalse(read("Close: close\r\nTE: " + text + "\r\n").isNamedInConnection(0));
    }

    @ParameterizedTest
    @CsvSource({
        "Foo, foo, true",
        "FOO, Foo, true",
        "aZ, Az, true",
        "az, AZ, true",
        "Foo, Fo, false",
        "Foo, Food, false",
        "Foo, Fob, false",
        "Goo, Foo, false",
        "A^, A~, false",
        "A`, A^, false",
        "A|, A^, false",
        "A!, Aa, false",
        "A1, A1, true"
    })
    void twoFieldsAreTheSameInAnyCaseOfLetters(String one, String other, boolean same) {
        HeaderBlock headers = read("X: 1\r\n" + one + ": 1\r\n" + other + ": 2\r\n");
        assertEquals(same, headers.sameName(1, 2));
        assertEquals(same, headers.sameName(2, 1));
        assertTrue(headers.sameName(1, 1));
        assertEquals(
                same, read("Connection: y, " + one + "\r\n" + other + ": 1\r\n").isNamedInConnection(1));
    }

    @Test
    void whatNoNameMayHoldIsNoLetterEither() {
        assertFalse(read("Connection: A@\r\nA`: 1\r\n").isNamedInConnection(1));
    }

    @Test
    void aTabBehindTheColonIsTidiedWhateverTheValue() {
        assertEquals("B: 2 3\r\n", copied(read("B:\t2 3\r\n"), (name, index) -> false));
    }

    /** The lines of the last head are still in memory, and none of this one. */
    @Test
    void linesOfTheLastHeadAreNotFound() throws MessageException {
        HttpResponseHead head = new HttpResponseHead(4000, 20);
        ByteBuffer both =
                ByteBuffer.wrap("HTTP/1.1 200 OK\r\nA: 1\r\nDate: 2\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\n\r\n".getBytes());
        assertTrue(head.read(both));
        assertTrue(head.headers().has(HeaderName.DATE));
        head.reset();
        assertTrue(head.read(both));
        assertFalse(head.headers().has(HeaderName.DATE));
        assertEquals(-1, head.headers().indexOf(HeaderName.DATE, 0));
        assertEquals("", head.headers().first(HeaderName.DATE));
    }
}
