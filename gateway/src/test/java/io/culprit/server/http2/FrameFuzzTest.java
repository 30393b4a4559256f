package io.culprit.server.http2;

import io.culprit.Fuzzer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fuzzes the reader of frames and of the fields in them, seeded with one of each kind. */
class FrameFuzzTest {
    private static final String SPLIT = "00000000"; // what the target takes first
    private static final String SETTINGS = "000000040000000000";
    private static final String GET = "000011010500000001" + "828641" + "8cf1e3c2e5f23a6ba0ab90f4ff" + "84";

    @TempDir
    Path directory;

    @Test
    void noInputBreaksTheReader() throws Exception {
        List<byte[]> seeds = Stream.of(
                        GET,
                        "000006040000000000" + "000300000080",
                        "000008060000000000" + "0102030405060708",
                        "000004080000000001" + "00000400",
                        "000004030000000001" + "00000008",
                        "000008070000000000" + "0000000100000000",
                        "000005020000000001" + "0000000010",
                        GET.replace("0105", "0104") + "000003000100000001" + "616263",
                        "000008000900000001" + "03616263640000000000",
                        "000001010000000001" + "82" + "000010090400000001" + "86418cf1e3c2e5f23a6ba0ab90f4ff84")
                .map(frames -> HexFormat.of().parseHex(SETTINGS + frames + SPLIT))
                .toList();
        Fuzzer.run(FrameFuzzTarget.class, "io.culprit.**", seeds, directory);
    }
}
