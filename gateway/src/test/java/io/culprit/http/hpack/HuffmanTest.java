package io.culprit.http.hpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes of RFC 7541's appendix B, among them the longest and those before and behind a change of length. */
class HuffmanTest {
    private static byte[] decoded(String bits) throws HpackException {
        byte[] source = new byte[bits.length() / 8 + 2];
        for (int i = 0; i < bits.length(); i++) {
            if (bits.charAt(i) == '1') {
                source[i / 8 + 1] |= (byte) (0x80 >> i % 8);
            }
        }
        byte[] target = new byte[2 * source.length + 3];
        int end = Huffman.decode(source, 1, (bits.length() + 7) / 8 + 1, target, 3);
        return java.util.Arrays.copyOfRange(target, 3, end);
    }

    private static String padded(String bits) {
        return bits + "1".repeat((8 - bits.length() % 8) % 8);
    }

    private static String code(int hex, int bits) {
        String text = Integer.toBinaryString(hex);
        return "0".repeat(bits - text.length()) + text;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1ff8, 13",
        "1, 7fffd8, 23",
        "2, fffffe2, 28",
        "9, ffffea, 24",
        "10, 3ffffffc, 30",
        "13, 3ffffffd, 30",
        "22, 3ffffffe, 30",
        "31, ffffffb, 28",
        "32, 14, 6",
        "33, 3f8, 10",
        "34, 3f9, 10",
        "48, 0, 5",
        "57, 1f, 6",
        "58, 5c, 7",
        "60, 7ffc, 15",
        "62, ffb, 12",
        "64, 1ffa, 13",
        "90, fd, 8",
        "92, 7fff0, 19",
        "97, 3, 5",
        "116, 9, 5",
        "122, 7b, 7",
        "123, 7ffe, 15",
        "124, 7fc, 11",
        "125, 3ffd, 14",
        "127, ffffffc, 28",
        "128, fffe6, 20",
        "129, 3fffd2, 22",
        "153, 1fffdc, 21",
        "192, 3ffffe0, 26",
        "199, 1ffffec, 25",
        "203, 7ffffde, 27",
        "220, ffffffd, 28",
        "239, 7ffff4, 23",
        "249, ffffffe, 28",
        "254, 7fffff0, 27",
        "255, 3ffffee, 26"
    })
    void aSymbolHasTheCodeOfTheStandard(int symbol, String hex, int bits) throws HpackException {
        String code = code(Integer.parseInt(hex, 16), bits);
        assertArrayEquals(new byte[] {(byte) symbol}, decoded(padded(code)));
        String among = code(3, 5) + code + code(0x1ffa, 13) + code;
        assertArrayEquals(new byte[] {'a', (byte) symbol, '@', (byte) symbol}, decoded(padded(among)));
    }

    @Test
    void paddingIsUpToSevenOnes() throws HpackException {
        String a = code(3, 5);
        for (int count = 1; count <= 16; count++) {
            String text = a.repeat(count);
            assertEquals("a".repeat(count), new String(decoded(padded(text)), StandardCharsets.ISO_8859_1));
            String longer = padded(text) + "11111111";
            assertEquals(
                    "a Huffman string whose padding is not up to seven ones",
                    assertThrows(HpackException.class, () -> decoded(longer)).getMessage());
        }
        assertEquals(0, decoded("").length);
        assertThrows(HpackException.class, () -> decoded("11111111"));
    }

    @Test
    void aZeroInThePaddingIsRefused() {
        String a = code(3, 5);
        for (String padding : new String[] {"110", "101", "011", "000"}) {
            assertThrows(HpackException.class, () -> decoded(a + padding), padding);
        }
    }

    @Test
    void theEndOfAStringIsNeverWrittenOut() {
        String eos = "1".repeat(30);
        for (String before : new String[] {"", code(3, 5), code(0x14, 6), code(0x1ffa, 13)}) {
            assertEquals(
                    "the end-of-string symbol within a Huffman string",
                    assertThrows(HpackException.class, () -> decoded(padded(before + eos)))
                            .getMessage());
        }
    }
}
