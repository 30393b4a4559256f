package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Evidence goes into logs and the journal: what opens a door must not be in it. */
class SampleTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer hunter2",
                "authorization : Basic hunter2",
                "Set-Cookie : session=hunter2",
                "X-Api-Key: hunter2\u0001",
                "X-Auth-Token:hunter2",
                "GET /a?token=hunter2 HTTP/1.1",
                "GET /\u0001?x=1&api_key=hunter2",
                "HTTP/1.1 200 OK\nCookie: hunter2"
            })
    void credentialsAreCovered(String line) {
        byte[] sample = bytes(line);
        String hex = "68 75 6e 74 65 72 32";
        assertFalse(Sample.of(sample, 0, sample.length).contains("hunter2"));
        assertFalse(Sample.of(sample, 0, sample.length).contains(hex));
        assertFalse(Sample.printable(sample, 0, sample.length).contains("hunter2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: hunter2", "GET /a?page=hunter2 HTTP/1.1", "hunter2 is no header"})
    void theRestIsShown(String line) {
        byte[] sample = bytes(line);
        assertTrue(Sample.of(sample, 0, sample.length).contains("hunter2"));
        assertTrue(Sample.printable(sample, 0, sample.length).contains("hunter2"));
    }

    /** No byte may move a terminal's cursor, end a line of a log or a quoted text. */
    @Test
    void everyByteIsShownAsPrintableText() {
        for (int c = 0; c < 256; c++) {
            byte[] one = {'x', (byte) c, 'x'};
            boolean visible = c >= 0x20 && c <= 0x7e;
            String hex = "%02x".formatted(c);
            assertEquals(hex + "  |" + (visible ? (char) c : '.') + "|", Sample.of(one, 1, 2));
            assertEquals(
                    visible && c != '"' && c != '\\' ? String.valueOf((char) c) : "\\x" + hex.toUpperCase(),
                    Sample.printable(one, 1, 2));
            assertEquals("byte 0x" + hex, Sample.hex((byte) c));
        }
    }

    @Test
    void aLongSampleIsCutAndSaysSo() {
        String full = "a".repeat(Sample.LIMIT);
        String hex = "61 ".repeat(Sample.LIMIT).strip();
        byte[] bytes = bytes("xx" + full + "bbb");
        assertEquals(hex + "  |" + full + "|", Sample.of(bytes, 2, 66));
        assertEquals(hex + "  |" + full + "| +1 bytes", Sample.of(bytes, 2, 67));
        assertEquals(hex + "  |" + full + "| +3 bytes", Sample.of(bytes, 2, 69));
        assertEquals(full, Sample.printable(bytes, 2, 66));
        assertEquals(full + "...", Sample.printable(bytes, 2, 67));
        assertEquals("xx" + full.substring(2) + "...", Sample.printable("xx" + full + "bbb"));
        assertEquals("  ||", Sample.of(bytes, 5, 5));
        assertEquals("", Sample.printable(bytes, 5, 5));
    }

    @Test
    void theBytesOfABufferStayInIt() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes("abcd"));
        buffer.get();
        assertEquals("62 63 64  |bcd|", Sample.of(buffer));
        assertEquals(3, buffer.remaining());
    }
}
