package io.culprit.upstream.fastcgi;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.culprit.upstream.exchange.ReaderHarness;

/** Any bytes, cut anywhere, give the same calls and the same end. */
public final class FastCgiFuzzTarget {
    private FastCgiFuzzTarget() {}

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
