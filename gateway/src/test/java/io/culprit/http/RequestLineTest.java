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

/** The parts of a request line, the limit of its target to the byte, and the place of whatever is wrong. */
class RequestLineTest {
    private static final int MOST = 100;

    private static RequestHead head() {
        return new RequestHead(1000, 10, MOST);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Failure refused(String text) {
        RequestHead head = head();
        return assertThrows(MessageException.class, () -> head.read(bytes(text)))
                .failure();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            /                       | /    | ""
            /a/b                    | /a/b | ""
            /a?b=c?d                | /a   | ?b=c?d
            /?                      | /    | ?
            http://x                | ""   | ""
            http://x/               | /    | ""
            HTTP://x/a?b            | /a   | ?b
            https://x/a             | /a   | ""
            http://x?b              | ""   | ?b
            https://x               | ""   | ""
            /http://y/              | /http://y/ | ""
            """)
    void aTargetHasAPathAndAQuery(String target, String path, String query) throws MessageException {
        RequestHead head = head();
        assertTrue(head.read(bytes("\r\nGET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n")));
        assertEquals(target, head.target());
        assertEquals(path, head.path());
        assertEquals(6 + target.length(), head.targetEnd());
        assertEquals(6 + target.length() - query.length(), head.pathEnd());
        assertEquals(6 + target.length() - query.length() - path.length(), head.pathStart());
        assertEquals("x", head.host());
    }

    @Test
    void anAsteriskIsForOptionsOnly() throws MessageException {
        RequestHead head = head();
        assertTrue(head.read(bytes("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")));
        assertEquals("*", head.path());
        assertEquals(9, head.pathEnd());
        assertEquals(
                "the request target is neither a path nor an absolute URL, offset 4: \"GET * HTTP/1.1\"",
                refused("GET * HTTP/1.1\r\n").detail());
        assertEquals(
                "the request target is neither a path nor an absolute URL, offset 8: \"OPTIONS ** HTTP/1.1\"",
                refused("OPTIONS ** HTTP/1.1\r\n").detail());
        assertEquals(
                "the request target is neither a path nor an absolute URL, offset 8: \"OPTIONS x HTTP/1.1\"",
                refused("OPTIONS x HTTP/1.1\r\n").detail());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            \\26x              | a TLS handshake on a listener without TLS, offset 0: "\\\\x16x"
            @                  | the request does not start with a method, offset 0: "@"
            GET                | the method is not followed by one space, offset 3: "GET"
            G@T / HTTP/1.1     | the method is not followed by one space, offset 1: "G@T / HTTP/1.1"
            GET\\t/ HTTP/1.1   | the method is not followed by one space, offset 3: "GET\\\\x09/ HTTP/1.1"
            GET  / HTTP/1.1    | the request target is not followed by one space, offset 4: "GET  / HTTP/1.1"
            GET /              | the request target is not followed by one space, offset 5: "GET /"
            GET /#a HTTP/1.1   | the request target is not followed by one space, offset 5: "GET /#a HTTP/1.1"
            GET / HTTP/1.2     | the protocol version is not HTTP/1.0 or HTTP/1.1, offset 6: "GET / HTTP/1.2"
            GET / HTTP/1./     | the protocol version is not HTTP/1.0 or HTTP/1.1, offset 6: "GET / HTTP/1./"
            GET / HTTP/2.0     | the protocol version is not HTTP/1.0 or HTTP/1.1, offset 6: "GET / HTTP/2.0"
            GET / http/1.1     | the protocol version is not HTTP/1.0 or HTTP/1.1, offset 6: "GET / http/1.1"
            GET / HTTP/1.1\\s  | the protocol version is not HTTP/1.0 or HTTP/1.1, offset 6: "GET / HTTP/1.1 "
            GET / HTTP/1.      | the protocol version is not HTTP/1.0 or HTTP/1.1, offset 6: "GET / HTTP/1."
            GET x HTTP/1.1     | the request target is neither a path nor an absolute URL, offset 4: "GET x HTTP/1.1"
            GET ftp://x HTTP/1.1 | the request target is neither a path nor an absolute URL, offset 4: "GET ftp://x HTTP/1.1"
            GET http:// HTTP/1.1 | the request target is neither a path nor an absolute URL, offset 4: "GET http:// HTTP/1.1"
            GET https:// HTTP/1.1 | the request target is neither a path nor an absolute URL, offset 4: "GET https:// HTTP/1.1"
            GET http:/// HTTP/1.1 | the absolute URL has no host, offset 11: "GET http:/// HTTP/1.1"
            GET https://?a HTTP/1.1 | the absolute URL has no host, offset 12: "GET https://?a HTTP/1.1"
            GET http://u@x/ HTTP/1.1 | the host is not a name or address with at most one port, offset 11: "GET http://u@x/ HTTP/1.1"
            """)
    void aLineThatIsRefusedIsShownWithThePlace(String line, String detail) {
        Failure failure = refused(line.translateEscapes() + "\r\n");
        assertEquals(Cause.CLIENT_BAD_REQUEST, failure.cause());
        assertEquals(detail.translateEscapes(), failure.detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT x:443", "TRACE /", "CONNECT /"})
    void twoMethodsAreNotForReverseProxies(String start) {
        Failure failure = refused(start + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(Cause.CLIENT_NOT_ALLOWED, failure.cause());
        assertEquals("method " + start.split(" ")[0] + " is refused", failure.detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "GETS", "GE", "PUS", "PROPFIND", "!#$%&'*+-.^_`|~09azAZ"})
    void anyTokenIsAMethod(String method) throws MessageException {
        RequestHead head = head();
        assertTrue(head.read(bytes("\r\n" + method + " / HTTP/1.1\r\nHost: x\r\n\r\n")));
        assertEquals(method, head.method());
    }

    @Test
    void aTargetMayHaveAllItsBytes() throws MessageException {
        String target = "/" + "a".repeat(MOST - 1);
        RequestHead head = head();
        assertTrue(head.read(bytes("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n")));
        assertEquals(target, head.target());
        Failure failure = refused("GET " + target + "a HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(Cause.CLIENT_URI_TOO_LONG, failure.cause());
        assertEquals("the request target exceeds limits.uri of 100 bytes", failure.detail());
    }

    /** 32 bytes beside the target are enough for every method that is registered. */
    @Test
    void anUnfinishedLineIsRefusedOnceItsTargetMustBeTooLong() throws MessageException {
        String line = "GET /" + "a".repeat(MOST + 32 - 5);
        RequestHead head = head();
        assertFalse(head.read(bytes(line)));
        assertThrows(MessageException.class, () -> head.read(bytes("a")));
        assertEquals(Cause.CLIENT_URI_TOO_LONG, refused("\n" + line + "a").cause());
        assertFalse(head().read(bytes("\n" + line)));
    }
}
