package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
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
}
