package io.culprit.config.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What logs, the admin API and alerts say of a URL that may hold a token. */
class UptimeConfigTest {
    @ParameterizedTest
    @CsvSource({
        "https://shop.test/health, https://shop.test/health",
        "https://shop.test/health?token=s3cret&x=1, https://shop.test/health?...",
        "http://user:pw@shop.test:8080/, http://shop.test:8080/"
    })
    void aTokenIsNotShown(URI url, String shown) {
        Duration second = Duration.ofSeconds(1);
        assertEquals(shown, new UptimeConfig("front", url, second, second, 200, 399, "").shown());
    }
}
