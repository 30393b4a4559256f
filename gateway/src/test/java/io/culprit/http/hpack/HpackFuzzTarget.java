package io.culprit.http.hpack;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;

/** Any blocks on one connection: only {@link HpackException} comes out, and the table stays within its bound. */
public final class HpackFuzzTarget {
    private HpackFuzzTarget() {}

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
                if (decoder.held() > HpackDecoder.TABLE_SIZE) {
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
