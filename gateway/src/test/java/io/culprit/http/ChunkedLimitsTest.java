package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits of chunked framing to the byte, and where an error is said to be. */
class ChunkedLimitsTest {
    private static final int MOST_EXTENSION = 4;
    private static final int MOST_TRAILER = 8;

    private static ByteBuffer wire(String text) {
        return ByteBuffer.wrap(
                text.replace("~", "\r\n").replace('^', '\r').replace('_', '\t').getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ChunkedDecoder decoder(int maxTrailer) {
        return new ChunkedDecoder(MOST_EXTENSION, maxTrailer, Cause.BODY_BAD_CHUNK, Cause.BODY_BAD_TRAILER);
    }

    private static Failure refused(String text) {
        ByteBuffer in = wire(text);
        return assertThrows(MessageException.class, () -> decoder(MOST_TRAILER).unwrap(in))
                .failure();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            1;abc~x~0~~          | x
            1    ~x~0~~          | x
            1 ___~x~0~~          | x
            1_;ab~x~0~~          | x
            1;abc~x~1;abc~y~0~~  | xy
            0000000000001~x~0~~  | x
            1~x~0~A:34567~~      | x
            1~x~0~A:34~B:~~      | x
            1A~abcdefghijklmnopqrstuvwxyz~0~~  | abcdefghijklmnopqrstuvwxyz
            """)
    void whatIsWithinTheLimitsIsTaken(String text, String payload) throws MessageException {
        ByteBuffer in = wire(text);
        ChunkedDecoder decoder = decoder(MOST_TRAILER);
        assertEquals(payload, new String(in.array(), 0, decoder.unwrap(in), StandardCharsets.ISO_8859_1));
        assertTrue(decoder.done());
        assertEquals(in.capacity(), decoder.offset());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1;abcd~x~0~~          | the extensions of one chunk exceed 4 bytes
            1     ~x~0~~          | byte 0x20 at offset 5 behind a chunk size
            1 a~x                 | byte 0x61 at offset 2 behind a chunk size
            1_____~x~0~~          | byte 0x09 at offset 5 behind a chunk size
            1;^x                  | byte 0x78 at offset 3 after a chunk size
            1;\u007f~x            | byte 0x7f at offset 2 in a chunk extension
            00000000000001~x~0~~  | a chunk size of more than 13 digits at offset 13
            g~x                   | byte 0x67 at offset 0 where a chunk size was due
            ;a~x                  | byte 0x3b at offset 0 where a chunk size was due
            1x~                   | byte 0x78 at offset 1 where a chunk size was due
            1^1~x                 | byte 0x31 at offset 2 after a chunk size
            1~xy                  | byte 0x79 at offset 4 after chunk data
            1~x^y                 | byte 0x79 at offset 5 after chunk data
            1~x~^                 | byte 0x0d at offset 6 where a chunk size was due
            0~^x                  | byte 0x78 at offset 4 at the end of the body
            """)
    void badFramingIsSaidWithItsByteAndPlace(String text, String detail) {
        Failure failure = refused(text);
        assertEquals(Cause.BODY_BAD_CHUNK, failure.cause());
        assertEquals(detail, failure.detail());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0~A:345678~~          | the trailer section exceeds 8 bytes
            0~A:34~B:34~~         | the trailer section exceeds 8 bytes
            0~ABCDEFGHI           | the trailer section exceeds 8 bytes
            0~:a~~                | byte 0x3a at offset 3 in a trailer name
            0~A b                 | byte 0x20 at offset 4 in a trailer name
            0~A~~                 | byte 0x0d at offset 4 in a trailer name
            0~A:\u0001x           | byte 0x01 at offset 5 in a trailer value
            0~A:^x                | byte 0x78 at offset 6 after a trailer line
            """)
    void badTrailersAreSaidWithTheirByteAndPlace(String text, String detail) {
        Failure failure = refused(text);
        assertEquals(Cause.BODY_BAD_TRAILER, failure.cause());
        assertEquals(detail, failure.detail());
    }

    @Test
    void aChunkMayComeInPieces() throws MessageException {
        ChunkedDecoder decoder = decoder(MOST_TRAILER);
        ByteBuffer start = wire("5~he");
        assertEquals(2, decoder.next(start));
        start.position(start.position() + 1);
        decoder.consumed(1);
        assertEquals(1, decoder.next(start));
        start.position(start.position() + 1);
        decoder.consumed(1);
        assertEquals(ChunkedDecoder.NEED_MORE, decoder.next(start));
        assertEquals(5, decoder.offset());
        ByteBuffer rest = wire("llo~0~~GET");
        assertEquals(3, decoder.next(rest));
        rest.position(3);
        decoder.consumed(3);
        assertFalse(decoder.done());
        assertEquals(ChunkedDecoder.END, decoder.next(rest));
        assertEquals(ChunkedDecoder.END, decoder.next(rest));
        assertTrue(decoder.done());
        assertEquals(3, rest.remaining());
    }

    @Test
    void payloadIsGatheredWhereTheBufferStood() throws MessageException {
        ByteBuffer in = wire("old2~ab~3;x~cde~0~~next");
        in.position(3);
        ChunkedDecoder decoder = decoder(MOST_TRAILER);
        assertEquals(8, decoder.unwrap(in));
        assertEquals("oldabcde", new String(in.array(), 0, 8, StandardCharsets.ISO_8859_1));
        assertEquals(4, in.remaining());
    }

    @Test
    void afterAResetTheNextBodyHasAllItsLimits() throws MessageException {
        ChunkedDecoder decoder = decoder(MOST_TRAILER);
        for (int i = 0; i < 3; i++) {
            ByteBuffer in = wire("1;abc~x~0~A:34567~~");
            decoder.unwrap(in);
            assertTrue(decoder.done());
            assertEquals(in.capacity(), decoder.offset());
            decoder.reset();
            assertFalse(decoder.done());
            assertEquals(0, decoder.offset());
        }
    }

    /** Memory is taken only when there are trailers, and doubles. */
    @Test
    void longTrailersAreKeptWhole() throws MessageException {
        ChunkedDecoder decoder = decoder(10_000);
        assertEquals(0, decoder.held());
        decoder.unwrap(wire("1~x~0~A: " + "v".repeat(200)));
        assertEquals(256, decoder.held());
        decoder.unwrap(wire("v".repeat(53)));
        assertEquals(256, decoder.held());
        decoder.unwrap(wire("v"));
        assertEquals(512, decoder.held());
        decoder.unwrap(wire("~B: 2~~"));
        assertTrue(decoder.done());
        assertEquals(
                List.of(new Field("A", "v".repeat(254)), new Field("B", "2")),
                decoder.trailers().fields());
    }
}
