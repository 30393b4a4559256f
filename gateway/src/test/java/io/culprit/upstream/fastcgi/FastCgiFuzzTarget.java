package io.culprit.upstream.fastcgi;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.culprit.upstream.exchange.ReaderHarness;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Any bytes, cut anywhere, give the same calls and the same end. */
public final class FastCgiFuzzTarget {
    private FastCgiFuzzTarget() {}

    /** Whole responses: a plain one, one with a message, one longer than it said. */
    public static List<byte[]> seeds() {
        String end = "0103000100080000" + "0000000000000000";
        return Stream.of(
                        record(6, "Content-Type: text/plain\r\n\r\nhello") + end,
                        record(7, "oops") + record(6, "Status: 500\r\n\r\n") + end,
                        record(6, "Content-Length: 3\r\n\r\nabcd") + record(7, "x") + end)
                .map(HexFormat.of()::parseHex)
                .toList();
    }

    private static String record(int type, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        return "01%02x0001%04x0000".formatted(type, bytes.length)
                + HexFormat.of().formatHex(bytes);
    }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        int cut = data.consumeInt(0, 300);
        byte[] bytes = data.consumeRemainingAsBytes();
        var reader = new FastCgiResponseReader(1024, 20, true);
        String whole = ReaderHarness.read(reader, "GET", bytes);
        String parts = ReaderHarness.read(reader, "GET", bytes, Math.min(cut, bytes.length));
        if (!whole.equals(parts)) {
            throw new AssertionError("whole: " + whole + ", cut at " + cut + ": " + parts);
        }
    }
}
