package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Eight at a time finds what one at a time finds, for every byte at every place. */
class WordsTest {
    private static int slowLineFeed(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    private static int slowForbidden(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && Grammar.isFieldByte(bytes[at])) {
            at++;
        }
        return at;
    }

    @Test
    void everyByteAtEveryPlace() {
        for (int value = 0; value < 256; value++) {
            for (int place = 0; place < 20; place++) {
                byte[] bytes = "abcdefghijklmnopqrst".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                bytes[place] = (byte) value;
                for (int from = 0; from < 10; from++) {
                    for (int to = from; to <= bytes.length; to++) {
                        assertEquals(slowLineFeed(bytes, from, to), Words.lineFeed(bytes, from, to));
                        assertEquals(slowForbidden(bytes, from, to), Words.forbidden(bytes, from, to));
                    }
                }
            }
        }
    }

    @Test
    void anyBytes() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            assertEquals(slowLineFeed(bytes, 0, bytes.length), Words.lineFeed(bytes, 0, bytes.length));
            assertEquals(slowForbidden(bytes, 0, bytes.length), Words.forbidden(bytes, 0, bytes.length));
        }
    }
}
