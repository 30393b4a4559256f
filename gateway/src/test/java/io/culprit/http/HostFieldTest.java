package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The name by which routes are found, as nginx 1.22 makes it of a Host. */
class HostFieldTest {
    @ParameterizedTest
    @CsvSource({
        "h.test, h.test",
        "h.test., h.test",
        "h.test.:80, h.test",
        "h.test:8080, h.test",
        "h.test.., h.test.",
        ":80, ''",
        "[::1], [::1]",
        "[::1]:80, [::1]",
        "127.0.0.1:80, 127.0.0.1"
    })
    void portAndRootAreTakenOff(String host, String name) {
        assertEquals(name, HostField.withoutPort(host));
    }

    private static String read(HostField field, String host) {
        byte[] bytes = ("Host: " + host + "/").getBytes(StandardCharsets.ISO_8859_1);
        return field.read(bytes, 6, bytes.length - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "H.Test:80, h.test:80",
        "h.test:, h.test:",
        "h.test:65535, h.test:65535",
        "h.test:655350, ''",
        "h.test:8a, ''",
        "[::1]:80, [::1]:80",
        "[::FFFF:127.0.0.1], [::ffff:127.0.0.1]",
        "[::1, ''",
        "[], ''",
        "::1, ''",
        "a b, ''",
        "a@b, ''",
        "a/b, ''",
        ":80, ''",
        "'', ''"
    })
    void aHostIsANameOrAnAddressWithAtMostOnePort(String host, String read) {
        assertEquals(read, read(new HostField(), host));
    }

    @Test
    void theLastHostIsRemembered() {
        HostField field = new HostField();
        String first = read(field, "A.test:80");
        assertSame(first, read(field, "A.test:80"));
        assertEquals("a.test", field.name(first));
        assertSame(field.name(first), field.name(first));
        assertEquals("b.test", field.name("b.test:80"));
    }

    /** One byte may be all that differs, wherever it is, and so may the length. */
    @Test
    void anotherHostIsNeverTakenForTheLast() {
        HostField field = new HostField();
        for (String host : new String[] {"abc", "abd", "ab", "abdc", "bbdc", "bcdc", "a", "b", "abc"}) {
            assertEquals(host, read(field, host));
            assertEquals(host, field.name(host));
        }
        assertEquals("", read(field, "a c"));
        assertEquals("abc", read(field, "abc"));
    }
}
