package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrailersTest {
    private static Trailers of(String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.ISO_8859_1);
        return Trailers.of(bytes, bytes.length);
    }

    @Test
    void whatFramesRoutesAuthenticatesOrDescribesStaysBehind() {
        for (String never : new String[] {
            "Transfer-Encoding",
            "content-length",
            "HOST",
            "Set-Cookie",
            "Authorization",
            "TE",
            "Connection",
            "If-Match",
            "X-Forwarded-Proto",
            "True-Client-IP",
            "X-Original-URL",
            "X-HTTP-Method-Override",
            "Strict-Transport-Security",
            "X-Accel-Redirect",
            "X_Debug",
            "_Debug",
            "X-SSL-Client-Verify",
            "traceparent",
            "Proxy"
        }) {
            assertSame(Trailers.NONE, of(never + ": v\r\n"), never);
        }
        assertEquals(
                List.of(new Field("grpc-status", "0"), new Field("Server-Timing", "db;dur=3")),
                of("grpc-status:0\r\nHost: x\r\nServer-Timing:  db;dur=3 \r\n").fields());
    }

    @Test
    void thoseTakenAwayAreGone() {
        assertTrue(of("X-A: 1\r\n").without("x-a"::equals).isEmpty());
        assertEquals(
                "0\r\nX-B: 2\r\n\r\n",
                new String(of("X-A: 1\r\nX-B:2\r\n").without("x-a"::equals).lastChunk(), StandardCharsets.ISO_8859_1));
    }

    /** However the bytes come, and only those of the last message. */
    @Test
    void theDecoderKeepsThem() throws MessageException {
        ChunkedDecoder decoder = new ChunkedDecoder(64, 100, Cause.BODY_BAD_CHUNK, Cause.BODY_BAD_TRAILER);
        byte[] body = "2;x=y\r\nhi\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\nrest".getBytes(StandardCharsets.ISO_8859_1);
        for (byte b : body) {
            ByteBuffer one = ByteBuffer.wrap(new byte[] {b});
            if (!decoder.done()) {
                decoder.unwrap(one);
            }
        }
        assertEquals(
                List.of(new Field("X-A", "1"), new Field("X-B", "2")),
                decoder.trailers().fields());
        decoder.reset();
        assertEquals(0, decoder.held());
        decoder.unwrap(ByteBuffer.wrap("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
        assertTrue(decoder.done());
        assertSame(Trailers.NONE, decoder.trailers());
    }

    @Test
    void whatOnlyBeginsLikeAnotherNameIsPassedOn() {
        for (String name : new String[] {"X-If-A", "X-SSL-Clients", "Hosts", "X-Forwarded", "A"}) {
            assertEquals(List.of(new Field(name, "1")), of(name + ": 1\r\n").fields());
        }
        assertSame(Trailers.NONE, of("X-Sendfile: /etc/passwd\r\n"));
        assertSame(Trailers.NONE, of(": 1\r\nno colon\r\n"));
        assertSame(Trailers.NONE, of(""));
    }

    @Test
    void aValueMayHaveColonsAndBeEmpty() {
        assertEquals(
                List.of(new Field("A", "b: c"), new Field("B", "")),
                of("A: b: c\r\nB:\r\n").fields());
    }

    @Test
    void onlyTheGivenBytesAreRead() {
        byte[] bytes = "A: 1\r\nB: 2\r\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(List.of(new Field("A", "1")), Trailers.of(bytes, 6).fields());
    }

    /** What is held of a message is counted, and a field takes more than its text. */
    @Test
    void theyWeighTheirBytesAndAHundredEach() {
        assertEquals(0, Trailers.NONE.weight());
        assertEquals(103, of("X-A:\r\n").weight());
        assertEquals(103 + 106, of("X-A:\r\nX-B: 123\r\n").weight());
        assertTrue(Trailers.NONE.isEmpty());
        assertEquals(false, of("X-A: 1\r\n").isEmpty());
    }

    @Test
    void whatNobodyTakesAwayStays() {
        Trailers all = of("X-A: 1\r\nX-B: 2\r\n");
        assertEquals(all.fields(), all.without(name -> false).fields());
        assertSame(Trailers.NONE, all.without(name -> true));
        assertEquals("0\r\n\r\n", new String(Trailers.NONE.lastChunk(), StandardCharsets.ISO_8859_1));
    }
}
