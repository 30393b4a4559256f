package io.culprit.record.journal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.failure.Cause;
import io.culprit.record.Outcomes;
import io.culprit.record.journal.ExampleCache;
import io.culprit.record.journal.ExampleFilter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleTest {
    @ParameterizedTest
    @CsvSource({
        "/?token=abc&x=1, /?token=***&x=1",
        "/a?x=1&api_key=k#f, /a?x=1&api_key=***#f",
        "/?PASSWORD=p, /?PASSWORD=***",
        "/?monkey=1, /?monkey=1",
        "/?code=1, /?code=***"
    })
    void secretsOfUrlsAreMasked(String target, String masked) {
        Example example =
                Example.of(Outcomes.failed(Cause.HEAD_RESET, 1, target)).orElseThrow();
        assertEquals(masked, example.target());
    }

    @Test
    void whatWentWellIsNoExample() {
        assertTrue(Example.of(Outcomes.well(1)).isEmpty());
    }

    @Test
    void theShelfKeepsTheLatestOfEachKind() {
        ExampleCache shelf = new ExampleCache();
        for (int i = 0; i < 1000; i++) {
            shelf.put(Example.of(Outcomes.failed(Cause.HEAD_RESET, 1000 + i)).orElseThrow());
        }
        shelf.put(Example.of(Outcomes.failed(Cause.HEAD_TIMEOUT, 5)).orElseThrow());
        List<Example> resets = shelf.find(filter("head.reset", ""), 100);
        assertEquals(5, resets.size());
        assertEquals(1999, resets.get(0).epochMillis());
        assertEquals("detail of head.timeout", shelf.find("id-5").orElseThrow().verdict());
        assertFalse(shelf.find(filter("head.timeout", "app"), 1).isEmpty());
    }

    private static ExampleFilter filter(String cause, String upstream) {
        return ExampleFilter.of(cause, upstream);
    }
}
