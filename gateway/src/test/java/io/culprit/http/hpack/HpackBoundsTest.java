package io.culprit.http.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bounds of HPACK's numbers, tables and strings, and what is said of a block beyond them. */
class HpackBoundsTest {
    private final HpackDecoder decoder = new HpackDecoder();

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private List<String> decoded(byte[] block, int from, int to) throws HpackException {
        List<String> fields = new ArrayList<>();
        decoder.decode(
                block,
                from,
                to,
                (name, nameStart, nameEnd, value, valueStart, valueEnd) ->
                        fields.add(new String(name, nameStart, nameEnd - nameStart, StandardCharsets.ISO_8859_1) + "="
                                + new String(value, valueStart, valueEnd - valueStart, StandardCharsets.ISO_8859_1)));
        return fields;
    }

    private List<String> decoded(String block) throws HpackException {
        byte[] bytes = hex(block);
        return decoded(bytes, 0, bytes.length);
    }

    private static byte[] written(ByteBuffer out) {
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            80             | index 0, the table ends at 61
            be             | index 62, the table ends at 61
            ff00           | index 127, the table ends at 61
            ffff7f         | index 16510, the table ends at 61
            ff             | a block that ends within a number
            ff80           | a block that ends within a number
            ffffffff       | a block that ends within a number
            ff8080808000   | a number beyond 2^28
            ff80808080     | a number beyond 2^28
            ffffffff7f     | index 268435582, the table ends at 61
            ff8080808001   | a number beyond 2^28
            40             | a block that ends before a string
            000161         | a block that ends before a string
            0002 61        | a string of 2 bytes, 1 are left of the block
            0001 61 02 61  | a string of 2 bytes, 1 are left of the block
            000161 81ff    | a Huffman string whose padding is not up to seven ones
            000161 8100    | a Huffman string whose padding is not up to seven ones
            000161 84ffffffff | the end-of-string symbol within a Huffman string
            3fe21f         | a table size of 4097, 4096 is allowed
            8220           | a table size update behind a field
            000161 0162 20 | a table size update behind a field
            7f00           | index 63, the table ends at 61
            0f30           | index 63, the table ends at 61
            """)
    void aBlockThatIsBrokenSaysHow(String block, String message) {
        assertEquals(
                message,
                assertThrows(HpackException.class, () -> decoded(block)).getMessage());
    }

    @Test
    void tableSizesUpToTheAllowedAreTaken() throws HpackException {
        assertEquals(List.of(), decoded("3fe11f"));
        assertEquals(List.of(":method=GET"), decoded("20 3fe11f 82"));
    }

    @Test
    void theLastOfBothTablesCanBeNamed() throws HpackException {
        assertEquals(List.of("www-authenticate="), decoded("bd"));
        assertEquals(List.of("www-authenticate=a"), decoded("7d 01 61"));
        assertEquals(List.of("www-authenticate=a"), decoded("be"));
        assertEquals(List.of("x=y"), decoded("40 01 78 01 79"));
        assertEquals(List.of("x=y", "www-authenticate=a"), decoded("be bf"));
        assertEquals(List.of("x=z", "www-authenticate=b"), decoded("0f 2f 01 7a  0f 30 01 62"));
        assertEquals(List.of("x=z"), decoded("7e 01 7a"));
        assertEquals(List.of("x=z", "x=y", "www-authenticate=a"), decoded("be bf c0"));
        assertEquals(
                "index 65, the table ends at 64",
                assertThrows(HpackException.class, () -> decoded("c1")).getMessage());
    }

    @Test
    void onlyWhatIsToBeAddedIsAdded() throws HpackException {
        decoded("00 01 78 01 79");
        decoded("10 01 78 01 79");
        assertEquals(0, decoder.tableSize());
        decoded("40 01 78 01 79");
        assertEquals(34, decoder.tableSize());
    }

    /** What a connection keeps between two requests is more than its table: text that was Huffman's has a buffer. */
    @Test
    void theBufferForTextIsHeldToo() throws HpackException {
        assertEquals(0, decoder.held());
        decoded("40 01 78 8cf1e3c2e5f23a6ba0ab90f4ff");
        assertEquals(32 + 1 + "www.example.com".length(), decoder.tableSize());
        assertTrue(decoder.held() > decoder.tableSize(), decoder.held() + " of " + decoder.tableSize());
    }

    @Test
    void aBlockIsReadWhereItStandsAndNoFurther() throws HpackException {
        byte[] bytes = hex("ffff 82 84 ffff");
        assertEquals(List.of(":method=GET", ":path=/"), decoded(bytes, 2, 4));
        assertEquals(List.of(), decoded(bytes, 3, 3));
        byte[] cut = hex("0001610162");
        assertThrows(HpackException.class, () -> decoded(cut, 0, 4));
        assertEquals(List.of("a=b"), decoded(cut, 0, 5));
    }

    /** Name and value both in Huffman code, as short as possible for what they are: eight bits of code for five of length. */
    @ParameterizedTest
    @CsvSource({"8", "800", "2500", "8000", "24000"})
    void stringsThatGrowMostHaveRoom(int length) throws HpackException {
        byte[] zeros = new byte[length / 8 * 5]; // five bits each: the code of '0'
        for (int i = 0; i < 2; i++) {
            var block = new ByteArrayOutputStream();
            block.write(0);
            string(block, zeros);
            string(block, zeros);
            byte[] bytes = block.toByteArray();
            String text = "0".repeat(length / 8 * 8);
            assertEquals(List.of(text + "=" + text), decoded(bytes, 0, bytes.length));
        }
    }

    private static void string(ByteArrayOutputStream block, byte[] coded) {
        int rest = coded.length;
        if (rest < 127) {
            block.write(0x80 | rest);
        } else {
            block.write(0xff);
            for (rest -= 127; rest >= 0x80; rest >>= 7) {
                block.write(rest & 0x7f | 0x80);
            }
            block.write(rest);
        }
        block.writeBytes(coded);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "14", "15", "126", "127", "128", "254", "255", "383", "16510", "16511", "16512", "40000"})
    void aValueOfAnyLengthComesBack(int length) throws HpackException {
        ByteBuffer out = ByteBuffer.allocate(200_000);
        String value = "v".repeat(length);
        HpackEncoder.field("x-a", value, out);
        HpackEncoder.literal("X-" + value, "b", out);
        byte[] line = ("Name: " + value).getBytes(StandardCharsets.ISO_8859_1);
        HpackEncoder.field(0, line, 0, 4, 6, line.length, out);
        byte[] block = written(out);
        assertEquals(List.of("x-a=" + value, "x-" + value + "=b", "name=" + value), decoded(block, 0, block.length));
    }

    @Test
    void theEncoderWritesTheShortestForm() {
        ByteBuffer out = ByteBuffer.allocate(100);
        HpackEncoder.field("Allow", "a", out); // index 22, beyond the 15 of one byte
        HpackEncoder.field(":scheme", "a", out); // index 6
        HpackEncoder.field("Accept-Charset", "", out); // index 15, the first of two bytes
        assertEquals(
                "0f07 01 61 06 01 61 0f00 00".replace(" ", ""), HexFormat.of().formatHex(written(out)));
    }

    @ParameterizedTest
    @CsvSource({
        "200, 88",
        "204, 89",
        "206, 8a",
        "304, 8b",
        "400, 8c",
        "404, 8d",
        "500, 8e",
        "201, 0803323031",
        "999, 0803393939",
        "100, 0803313030"
    })
    void aStatusIsAnIndexOrThreeDigits(int status, String expected) {
        ByteBuffer out = ByteBuffer.allocate(100);
        HpackEncoder.status(status, out);
        assertEquals(expected, HexFormat.of().formatHex(written(out)));
    }

    @Test
    void onlyTheNameIsWrittenInLowerCase() throws HpackException {
        ByteBuffer out = ByteBuffer.allocate(100);
        byte[] line = "\r\n@AZ[`az{: AZ".getBytes(StandardCharsets.ISO_8859_1);
        HpackEncoder.field(0, line, 2, 10, 12, 14, out);
        HpackEncoder.field(HpackEncoder.indexOf("server"), line, 2, 10, 12, 13, out);
        byte[] block = written(out);
        assertEquals(List.of("@az[`az{=AZ", "server=A"), decoded(block, 0, block.length));
    }

    @Test
    void namesOfTheStaticTableAreFoundByTheirFirst() {
        assertEquals(1, HpackEncoder.indexOf(":authority"));
        assertEquals(2, HpackEncoder.indexOf(":method"));
        assertEquals(8, HpackEncoder.indexOf(":status"));
        assertEquals(61, HpackEncoder.indexOf("www-authenticate"));
        assertEquals(0, HpackEncoder.indexOf("x-request-id"));
        assertEquals(0, HpackEncoder.indexOf("Server"));
    }

    @Test
    void theStaticTableIsThatOfTheStandard() throws HpackException {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 61; i++) {
            all.append("%02x".formatted(0x80 | i));
        }
        List<String> fields = decoded(all.toString());
        assertEquals(61, fields.size());
        assertEquals(
                List.of(":authority=", ":method=GET", ":method=POST", ":path=/", ":path=/index.html"),
                fields.subList(0, 5));
        assertEquals("accept-encoding=gzip, deflate", fields.get(15));
        assertEquals("www-authenticate=", fields.get(60));
    }
}
