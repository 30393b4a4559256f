package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept of an application's messages. */
class ErrorStreamTest {
    private final ErrorStream errors = new ErrorStream();

    private void say(String text) {
        ByteBuffer in = ByteBuffer.wrap((text + "next record").getBytes(StandardCharsets.UTF_8));
        int n = text.getBytes(StandardCharsets.UTF_8).length;
        errors.take(in, n);
        assertEquals(n, in.position(), "exactly those bytes are taken");
    }

    @ParameterizedTest
    @CsvSource({"4096, 0, ''", "4096, 1, ' ... +1 bytes'", "4095, 1, ''", "4000, 200, ' ... +104 bytes'"})
    void theFirst4096BytesAreKept(int first, int then, String more) {
        say("a".repeat(first));
        say("b".repeat(then));
        int kept = Math.min(then, ErrorStream.KEPT - first);
        assertEquals("a".repeat(first) + "b".repeat(kept) + more, errors.text());
        assertEquals(first + then, errors.total());
    }

    /** PHP's messages have several lines; a terminal must not be told what to do by them. */
    @Test
    void linesStayAndControlCharactersAreDots() {
        say(" one\r\n\ttwo\u001b[31m\u0000 \u00e9\u0085\n");
        assertEquals("one\n\ttwo.[31m. \u00e9.", errors.text());
    }

    @Test
    void theNextRequestStartsWithNothingAndAnIdleConnectionHoldsNothing() {
        assertEquals(0, errors.held());
        assertEquals("", errors.text());
        say("");
        assertEquals(0, errors.held(), "a record without content takes no memory");
        say("one");
        assertEquals(ErrorStream.KEPT, errors.held());
        errors.reset();
        assertEquals("", errors.text());
        assertEquals(0, errors.total());
        say("two");
        assertEquals("two", errors.text());
        errors.release();
        assertEquals(0, errors.held());
        assertEquals("", errors.text());
        say("three");
        assertEquals("three", errors.text());
    }
}
