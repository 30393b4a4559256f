package io.culprit.http.hpack;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.HexFormat;
import java.util.List;

/** Any blocks on one connection: only {@link HpackException} comes out, and the table stays within its bound. */
public final class HpackFuzzTarget {
    private HpackFuzzTarget() {}

    public static List<byte[]> seeds() {
        HexFormat hex = HexFormat.of();
        return List.of(
                hex.parseHex("828684410f7777772e6578616d706c652e636f6d"),
                hex.parseHex("828684418cf1e3c2e5f23a6ba0ab90f4ff"),
                hex.parseHex("203fe11f408825a849e95ba97d7f8925a849e95bb8e8b4bfbebe"));
    }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        HpackDecoder decoder = new HpackDecoder();
        try {
            while (data.remainingBytes() > 0) {
                byte[] block = data.consumeBytes(data.consumeInt(1, 256));
                decoder.decode(block, 0, block.length, (name, nameStart, nameEnd, value, valueStart, valueEnd) -> {
                    if (nameStart > nameEnd
                            || nameEnd > name.length
                            || valueStart > valueEnd
                            || valueEnd > value.length) {
                        throw new AssertionError("a field outside its bytes");
                    }
                });
                if (decoder.held() > 2 * HpackDecoder.TABLE_SIZE) {
                    throw new AssertionError("a table of " + decoder.held());
                }
            }
        } catch (HpackException e) {
            if (e.getMessage().isEmpty()) {
                throw new AssertionError("no word of what is wrong", e);
            }
        }
    }
}
