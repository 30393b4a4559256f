package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every byte is in the classes that RFC 9110 and RFC 9112 put it in, and in no other. */
class GrammarTest {
    private static final String DIGITS = "0123456789";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String HEX = "0123456789abcdef";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyByteIsInItsClasses() {
        for (int c = 0; c < 256; c++) {
            byte b = (byte) c;
            String name = "byte " + c;
            boolean visible = c >= 0x21 && c <= 0x7e || c >= 0x80;
            assertEquals((DIGITS + LETTERS + "!#$%&'*+-.^_`|~").indexOf(c) >= 0, Grammar.isToken(b), name);
            assertEquals(visible || c == 0x20 || c == 0x09, Grammar.isFieldByte(b), name);
            assertEquals(visible && c != '#', Grammar.isTargetByte(b), name);
            assertEquals(DIGITS.indexOf(c) >= 0, Grammar.isDigit(b), name);
            assertEquals(c < 128 ? HEX.indexOf(Character.toLowerCase(c)) : -1, Grammar.hex(b), name);
        }
    }

    @Test
    void onlyLettersHaveTwoCases() {
        for (int c = 0; c < 128; c++) {
            for (int lower = 0; lower < 128; lower++) {
                if (lower < 'A' || lower > 'Z') {
                    boolean same = c == lower || LETTERS.indexOf(c) >= 0 && Character.toLowerCase(c) == lower;
                    byte[] one = {(byte) c};
                    assertEquals(
                            same, Grammar.equalsIgnoreCase(one, 0, 1, String.valueOf((char) lower)), c + " " + lower);
                }
            }
        }
    }

    @Test
    void aNameIsComparedFromItsStartToItsEnd() {
        byte[] line = bytes("xHosT: y");
        assertTrue(Grammar.equalsIgnoreCase(line, 1, 5, "host"));
        assertFalse(Grammar.equalsIgnoreCase(line, 0, 4, "host"));
        assertFalse(Grammar.equalsIgnoreCase(line, 1, 4, "host"));
        assertFalse(Grammar.equalsIgnoreCase(line, 1, 6, "host"));
        assertTrue(Grammar.equalsIgnoreCase(line, 1, 1, ""));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            0, 0
            9, 9
            0010, 10
            9223372036854775807, 9223372036854775807
            009223372036854775807, 9223372036854775807
            9223372036854775808, -2
            9223372036854775810, -2
            10000000000000000000, -2
            "", -1
            -1, -1
            +1, -1
            1/, -1
            1:, -1
            0x10, -1
            "1 0", -1
            """)
    void lengthsAreDigitsUpTo63Bits(String text, long length) {
        byte[] bytes = bytes("7" + text + "7");
        assertEquals(length, Grammar.parseLength(bytes, 1, bytes.length - 1));
    }

    @Test
    void theFirstForbiddenByteOfAValueIsFound() {
        byte[] value = bytes("x\u0000good\tvalue of many bytes\u007fbad\n");
        assertEquals(26, Grammar.firstForbidden(value, 2, value.length));
        assertEquals(26, Grammar.firstForbidden(value, 2, 26));
        assertEquals(1, Grammar.firstForbidden(value, 0, 26));
    }
}
