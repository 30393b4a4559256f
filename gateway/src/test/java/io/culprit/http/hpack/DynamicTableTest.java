package io.culprit.http.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the table holds, in which order, and what makes room in it: a peer counts with that to the byte. */
class DynamicTableTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void add(DynamicTable table, String name, String value) {
        table.add(bytes(name), bytes(value));
    }

    private static String held(DynamicTable table) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < table.count(); i++) {
            text.append(new String(table.name(i), StandardCharsets.ISO_8859_1))
                    .append('=')
                    .append(new String(table.value(i), StandardCharsets.ISO_8859_1))
                    .append(' ');
        }
        return text.toString().strip();
    }

    @Test
    void anEntryWeighs32BytesMoreThanItsText() {
        DynamicTable table = new DynamicTable(4096);
        assertEquals(0, table.size());
        add(table, "ab", "cde");
        assertEquals(37, table.size());
        add(table, "", "");
        assertEquals(69, table.size());
        assertEquals("= ab=cde", held(table));
    }

    @Test
    void whatFitsExactlyStaysAndOneByteMoreMakesRoom() {
        DynamicTable table = new DynamicTable(3 * 34);
        add(table, "a", "1");
        add(table, "b", "2");
        add(table, "c", "3");
        assertEquals("c=3 b=2 a=1", held(table));
        assertEquals(102, table.size());
        add(table, "d", "45");
        assertEquals("d=45 c=3", held(table));
        assertEquals(69, table.size());
    }

    @Test
    void anEntryAsLargeAsTheTableIsAllOfIt() {
        DynamicTable table = new DynamicTable(40);
        add(table, "a", "1");
        add(table, "name", "1234");
        assertEquals("name=1234", held(table));
        assertEquals(40, table.size());
    }

    @Test
    void anEntryLargerThanTheTableEmptiesIt() {
        DynamicTable table = new DynamicTable(40);
        add(table, "a", "1");
        add(table, "name", "12345");
        assertEquals(0, table.count());
        assertEquals(0, table.size());
        add(table, "b", "2");
        assertEquals("b=2", held(table));
    }

    @Test
    void aSmallerLimitForgetsTheOldest() {
        DynamicTable table = new DynamicTable(200);
        add(table, "a", "1");
        add(table, "b", "2");
        add(table, "c", "3");
        table.limit(102);
        assertEquals("c=3 b=2 a=1", held(table));
        table.limit(101);
        assertEquals("c=3 b=2", held(table));
        table.limit(0);
        assertEquals(0, table.count());
        assertEquals(0, table.size());
        table.limit(200);
        add(table, "d", "4");
        assertEquals("d=4", held(table));
    }

    /** Any number of entries, whatever was forgotten between them. */
    @Test
    void theLatestIsAlwaysFirst() {
        for (int kept : new int[] {1, 2, 15, 16, 17, 31, 32, 33, 50}) {
            DynamicTable table = new DynamicTable(kept * 36);
            for (int i = 0; i < 200; i++) {
                add(table, "n", "%03d".formatted(i));
                int count = Math.min(i + 1, kept);
                assertEquals(count, table.count());
                assertEquals(count * 36, table.size());
                for (int k = 0; k < count; k++) {
                    assertEquals("%03d".formatted(i - k), new String(table.value(k), StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    /** The ring begins anywhere when it has to grow. */
    @Test
    void aTableThatGrowsWhileItsRingHasTurnedKeepsItsOrder() {
        DynamicTable table = new DynamicTable(16 * 36);
        for (int i = 0; i < 21; i++) {
            add(table, "n", "%03d".formatted(i));
        }
        table.limit(40 * 36);
        for (int i = 21; i < 45; i++) {
            add(table, "n", "%03d".formatted(i));
        }
        assertEquals(40, table.count());
        for (int k = 0; k < 40; k++) {
            assertEquals("%03d".formatted(44 - k), new String(table.value(k), StandardCharsets.ISO_8859_1));
            assertEquals("n", new String(table.name(k), StandardCharsets.ISO_8859_1));
        }
    }
}
