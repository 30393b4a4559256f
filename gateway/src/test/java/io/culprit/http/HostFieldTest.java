package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
        "[::1], [::1]",
        "[::1]:80, [::1]",
        "127.0.0.1:80, 127.0.0.1"
    })
    void portAndRootAreTakenOff(String host, String name) {
        assertEquals(name, HostField.withoutPort(host));
    }
}
