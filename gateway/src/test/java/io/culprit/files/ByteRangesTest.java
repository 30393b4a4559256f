package io.culprit.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangesTest {
    private static String of(String field, long size) {
        ByteRanges ranges = ByteRanges.of(field, size);
        return ranges.kind()
                + ranges.ranges().stream()
                        .map(r -> " " + r.first() + "-" + r.last())
                        .collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | WHOLE",
                "bytes=0-3 | PARTS 0-3",
                "Bytes=4- | PARTS 4-9",
                "bytes=-3 | PARTS 7-9",
                "bytes=-30 | PARTS 0-9",
                "bytes=5-99 | PARTS 5-9",
                "bytes=0-0,-1 | PARTS 0-0 9-9",
                "bytes=0-1, 99-, 5-6 | PARTS 0-1 5-6",
                "bytes=10- | UNSATISFIABLE",
                "bytes=-0 | UNSATISFIABLE",
                "bytes=3-2 | WHOLE",
                "bytes=a-b | WHOLE",
                "bytes=- | WHOLE",
                "bytes=1 | WHOLE",
                "bytes=0-9,0-9 | WHOLE",
                "items=0-1 | WHOLE",
                "bytes=18446744073709551616- | UNSATISFIABLE"
            })
    void rangesOfTenBytes(String field, String expected) {
        assertEquals(expected, of(field, 10));
    }

    @Test
    void manyRangesAreOneWholeFile() {
        assertEquals("WHOLE", of("bytes=" + "0-0,".repeat(ByteRanges.MOST) + "1-1", 1000));
    }

    @Test
    void anEmptyFileHasNoRange() {
        assertEquals("UNSATISFIABLE", of("bytes=0-", 0));
        assertEquals("UNSATISFIABLE", of("bytes=-5", 0));
    }
}
