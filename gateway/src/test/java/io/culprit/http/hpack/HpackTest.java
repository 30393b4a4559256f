package io.culprit.http.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 7541's appendix C, and blocks that are none. */
class HpackTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static List<String> decoded(HpackDecoder decoder, byte[] block) throws HpackException {
        List<String> fields = new ArrayList<>();
        decoder.decode(
                block,
                0,
                block.length,
                (name, nameStart, nameEnd, value, valueStart, valueEnd) ->
                        fields.add(new String(name, nameStart, nameEnd - nameStart, StandardCharsets.ISO_8859_1) + ": "
                                + new String(value, valueStart, valueEnd - valueStart, StandardCharsets.ISO_8859_1)));
        return fields;
    }

    @ParameterizedTest
    @CsvSource({
        "400a637573746f6d2d6b65790d637573746f6d2d686561646572, custom-key: custom-header",
        "040c2f73616d706c652f70617468, :path: /sample/path",
        "100870617373776f726406736563726574, password: secret",
        "82, :method: GET"
    })
    void eachFormOfAField(String block, String field) throws HpackException {
        assertEquals(List.of(field), decoded(new HpackDecoder(), hex(block)));
    }

    @ParameterizedTest
    @CsvSource({
        "828684410f7777772e6578616d706c652e636f6d, 828684be58086e6f2d6361636865, "
                + "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        "828684418cf1e3c2e5f23a6ba0ab90f4ff, 828684be5886a8eb10649cbf, "
                + "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"
    })
    void threeRequestsOfOneConnectionWithAndWithoutHuffman(String first, String second, String third)
            throws HpackException {
        HpackDecoder decoder = new HpackDecoder();
        assertEquals(
                List.of(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"),
                decoded(decoder, hex(first)));
        assertEquals(
                List.of(
                        ":method: GET",
                        ":scheme: http",
                        ":path: /",
                        ":authority: www.example.com",
                        "cache-control: no-cache"),
                decoded(decoder, hex(second)));
        assertEquals(
                List.of(
                        ":method: GET",
                        ":scheme: https",
                        ":path: /index.html",
                        ":authority: www.example.com",
                        "custom-key: custom-value"),
                decoded(decoder, hex(third)));
        assertEquals(164, decoder.tableSize());
    }

    @Test
    void theTableForgetsTheOldestWhenItIsMadeSmaller() throws HpackException {
        HpackDecoder decoder = new HpackDecoder();
        decoded(decoder, hex("400a637573746f6d2d6b65790d637573746f6d2d686561646572"));
        assertEquals(55, decoder.tableSize());
        assertEquals(List.of(":method: GET"), decoded(decoder, hex("20 82")));
        assertEquals(0, decoder.tableSize());
        assertThrows(HpackException.class, () -> decoded(decoder, hex("be")));
    }

    @ParameterizedTest
    @CsvSource({
        "80, index 0",
        "be, index beyond the table",
        "ffffffffff7f, a number that does not end",
        "40, no string",
        "0005616263, a name that is cut",
        "000161, no value",
        "00016105, a value that is cut",
        "000161 81ff, padding of eight bits",
        "000161 8100, padding that is not ones",
        "000161 84ffffffff, EOS in a string",
        "3fe21f, a table of 4097 bytes",
        "8220, a table size update behind a field"
    })
    void brokenBlocksAreRefused(String block, String what) {
        assertThrows(HpackException.class, () -> decoded(new HpackDecoder(), hex(block)), what);
    }

    @ParameterizedTest
    @CsvSource({"200", "204", "404", "502", "599"})
    void whatIsEncodedIsDecoded(int status) throws HpackException {
        ByteBuffer out = ByteBuffer.allocate(4096);
        HpackEncoder.status(status, out);
        HpackEncoder.field("Content-Type", "text/html", out);
        HpackEncoder.field("X-Long", "v".repeat(300), out);
        byte[] line = "X-Own: à".getBytes(StandardCharsets.ISO_8859_1);
        HpackEncoder.field(0, line, 0, 5, 7, 8, out);
        byte[] block = java.util.Arrays.copyOf(out.array(), out.position());
        assertEquals(
                List.of(":status: " + status, "content-type: text/html", "x-long: " + "v".repeat(300), "x-own: à"),
                decoded(new HpackDecoder(), block));
    }
}
