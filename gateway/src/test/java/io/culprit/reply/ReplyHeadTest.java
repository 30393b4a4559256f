package io.culprit.reply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.http.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What heads are made of: fields, dates, phrases, numbers. */
class ReplyHeadTest {
    @Test
    void everyHeadHasAServerAndADateAndWhatARouteChanges() {
        ReplyHead head = new ReplyHead(404).with("X-Own", "1").with("X-Own", "2");
        assertEquals(404, head.status());
        assertEquals(
                List.of("Server", "Date", "X-Own", "X-Own"),
                head.fields().stream().map(Field::name).toList());
        assertEquals("culprit", head.fields().get(0).value());
        assertSame(head, head.changed(new HeadChanges(List.of("server", "x-own"), List.of(new Field("X-Added", "3")))));
        assertEquals(
                List.of("Date", "X-Added"),
                head.fields().stream().map(Field::name).toList());
    }

    @Test
    void theDateIsOfThisSecond() {
        for (int i = 0; i < 2; i++) {
            long before = System.currentTimeMillis() / 1000;
            Instant told = ZonedDateTime.parse(HttpDate.now(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            long after = System.currentTimeMillis() / 1000;
            assertTrue(before <= told.getEpochSecond() && told.getEpochSecond() <= after, told.toString());
        }
    }

    /** RFC 9110 section 5.6.7 has three forms that must be read, and one that is written. */
    @ParameterizedTest
    @CsvSource({
        "'Sun, 06 Nov 1994 08:49:37 GMT', 784111777",
        "'Sunday, 06-Nov-94 08:49:37 GMT', 784111777",
        "'Sun Nov  6 08:49:37 1994', 784111777",
        "'Thu, 01 Jan 1970 00:00:01 GMT', 1"
    })
    void datesAreRead(String text, long second) {
        assertEquals(OptionalLong.of(second), HttpDate.parse(text));
        assertEquals(OptionalLong.of(second), HttpDate.parse(HttpDate.of(second)));
    }

    @Test
    void whatIsNoDateIsNone() {
        assertEquals(OptionalLong.empty(), HttpDate.parse(""));
        assertEquals(OptionalLong.empty(), HttpDate.parse("tomorrow"));
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.of(784111777));
    }

    @ParameterizedTest
    @CsvSource({
        "200, OK",
        "404, Not Found",
        "421, Misdirected Request",
        "460, Client Closed Connection",
        "499, Client Closed Request",
        "502, Bad Gateway",
        "520, Unknown Error",
        "521, Web Server Is Down",
        "522, Connection Timed Out",
        "523, Origin Is Unreachable",
        "524, A Timeout Occurred",
        "525, SSL Handshake Failed",
        "526, Invalid SSL Certificate",
        "530, Origin DNS Error"
    })
    void statusesHaveTheirPhrases(int status, String phrase) {
        assertEquals(phrase, StatusText.of(status));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "9, 9, 9",
        "10, 10, a",
        "15, 15, f",
        "16, 16, 10",
        "99, 99, 63",
        "100, 100, 64",
        "255, 255, ff",
        "256, 256, 100",
        "2147483647, 2147483647, 7fffffff"
    })
    void numbersAreWritten(int value, String decimal, String hex) {
        ByteBuffer out = ByteBuffer.allocate(100);
        Ascii.putDecimal(out, value);
        assertEquals(decimal, written(out));
        Ascii.putHex(out.clear(), value);
        assertEquals(hex, written(out));
    }

    private static String written(ByteBuffer out) {
        return new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1);
    }

    /** One byte for each character, whichever way is cheaper. */
    @ParameterizedTest
    @CsvSource({"0", "1", "15", "16", "17", "100"})
    void textIsWrittenAsItIs(int length) {
        String text = "\u00e9".repeat(length);
        ByteBuffer out = ByteBuffer.allocate(100);
        Ascii.put(out, text);
        assertEquals(text, written(out));
        Ascii.putDecimal(out.clear(), 12_345_678_901L);
        assertEquals("12345678901", written(out));
    }
}
