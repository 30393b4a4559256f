package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.failure.Cause;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkedDecoderTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            5~hello~0~~                 | hello
            5~hello~6~ world~0~~        | hello world
            05;ext=1~hello~0~~          | hello
            A~0123456789~0~~            | 0123456789
            0~Trailer: x~~              | ""
            5~hello~0~~GET /            | hello +5
            5~hello                     | hello incomplete
            xyz~hello~0~~               | body.bad-chunk
            5~hello0~~                  | body.bad-chunk
            5^hello~0~~                 | body.bad-chunk
            5~hello^0~~                 | body.bad-chunk
            -5~hello~0~~                | body.bad-chunk
            5 ~hello~0~~                | hello
            ffffffffffffff~a            | body.bad-chunk
            5 5~hello~0~~               | body.bad-chunk
            5 ;a~hello~0~~              | hello
            ~hello                      | body.bad-chunk
            0~Bad Trailer~~             | body.bad-trailer
            0~Trailer: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~~ | body.bad-trailer
            5;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~hello~0~~ | body.bad-chunk
            """)
    void everySplitGivesTheSame(String wire, String expected) {
        byte[] bytes = wire.replace("~", "\r\n").replace("^", "\n").getBytes(StandardCharsets.ISO_8859_1);
        for (int split = 0; split <= bytes.length; split++) {
            assertEquals(expected, decode(bytes, split), "split at " + split);
        }
    }

    private static String decode(byte[] bytes, int split) {
        var decoder = new ChunkedDecoder(32, 32, Cause.BODY_BAD_CHUNK, Cause.BODY_BAD_TRAILER);
        var payload = new StringBuilder();
        try {
            ByteBuffer first = ByteBuffer.wrap(bytes, 0, split);
            ByteBuffer second = ByteBuffer.wrap(bytes, split, bytes.length - split);
            for (ByteBuffer in : new ByteBuffer[] {first, second}) {
                for (int n = decoder.next(in); n > 0; n = decoder.next(in)) {
                    byte[] piece = new byte[n];
                    in.get(piece);
                    decoder.consumed(n);
                    payload.append(new String(piece, StandardCharsets.ISO_8859_1));
                }
            }
            int left = first.remaining() + second.remaining();
            return payload + (decoder.done() ? left > 0 ? " +" + left : "" : " incomplete");
        } catch (MessageException e) {
            return e.failure().cause().id();
        }
    }
}
