package io.culprit.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @ParameterizedTest
    @CsvSource({
        "PT0.00042S, 420 us",
        "PT0.015S, 15 ms",
        "PT4.98S, 4.98 s",
        "PT9M59S, 599.00 s",
        "PT12M, 12 min",
        "PT1H59M, 119 min",
        "PT2H, 2 h 0 min",
        "PT7H35M50S, 7 h 36 min"
    })
    void durationsHaveTheUnitPeopleThinkIn(Duration duration, String text) {
        assertEquals(text, Text.duration(duration.toNanos()));
    }
}
