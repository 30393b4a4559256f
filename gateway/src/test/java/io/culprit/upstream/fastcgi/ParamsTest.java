package io.culprit.upstream.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where lengths change their form and records end. */
class ParamsTest {
    private final ByteBuffer out = ByteBuffer.allocate(200_000);
    private final Params params = new Params(out);

    /** Something is always sent before. */
    @BeforeEach
    void begin() {
        Params.header(out, FastCgi.BEGIN_REQUEST, 8);
        out.putLong(0);
    }

    private List<FastCgiRecords.One> records() {
        params.end();
        List<FastCgiRecords.One> all = FastCgiRecords.of(out.flip());
        return all.subList(1, all.size());
    }

    @Test
    void withoutAPairThereIsOnlyTheEndOfTheStream() {
        assertEquals("[4:0]", records().toString());
    }

    /** One byte up to 127, four bytes from 128 on, for names and values each. */
    @ParameterizedTest
    @CsvSource({"1, 0, 3", "1, 127, 130", "1, 128, 134", "127, 0, 129", "128, 0, 133", "128, 128, 264"})
    void lengthsAreInTheShortestForm(int nameLength, int valueLength, int contentLength) {
        String name = "N".repeat(nameLength);
        String value = "v".repeat(valueLength);
        params.pair(name, value);
        List<FastCgiRecords.One> records = records();
        assertEquals("[4:" + contentLength + ", 4:0]", records.toString());
        assertEquals(Map.of(name, value), FastCgiRecords.pairs(records.get(0)));
    }

    /** To the last byte; PHP-FPM reads each record by itself, so that a pair never crosses into the next. */
    @ParameterizedTest
    @CsvSource({
        "1, 65400, 1, 117, '[4:65526, 4:0]'",
        "1, 65400, 1, 126, '[4:65535, 4:0]'",
        "1, 65400, 1, 127, '[4:65406, 4:130, 4:0]'",
        "1, 65400, 127, 0, '[4:65535, 4:0]'",
        "1, 65398, 2, 127, '[4:65535, 4:0]'",
        "1, 65395, 2, 128, '[4:65401, 4:135, 4:0]'",
        "1, 65394, 2, 128, '[4:65535, 4:0]'",
        "1, 65397, 128, 0, '[4:65403, 4:133, 4:0]'",
        "1, 65396, 128, 0, '[4:65535, 4:0]'"
    })
    void aRecordIsFilledToItsLastByte(int name, int value, int secondName, int secondValue, String expected) {
        params.pair("A".repeat(name), "a".repeat(value));
        params.pair("B".repeat(secondName), "b".repeat(secondValue));
        List<FastCgiRecords.One> records = records();
        assertEquals(expected, records.toString());
        int pairs = records.stream()
                .mapToInt(each -> FastCgiRecords.pairs(each).size())
                .sum();
        assertEquals(2, pairs, "each is whole in one record");
    }

    @Test
    void theLongestPairFillsARecordOfItsOwn() {
        params.pair("A", "a");
        params.pair("B".repeat(128), "b".repeat(FastCgi.LONGEST - Params.PAIR_OVERHEAD - 128));
        params.pair("C", "c");
        assertEquals("[4:4, 4:65535, 4:4, 4:0]", records().toString());
    }
}
