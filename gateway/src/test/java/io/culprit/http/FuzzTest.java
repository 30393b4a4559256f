package io.culprit.http;

import io.culprit.Fuzzer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fuzzes the readers of heads and chunks, seeded with the wire documents. */
class FuzzTest {
    @TempDir
    Path directory;

    @Test
    void noInputBreaksTheReaders() throws Exception {
        List<byte[]> seeds = Stream.concat(WireTest.responses().stream(), WireTest.requests().stream())
                .map(WireFixture::bytes)
                .toList();
        Fuzzer.run(FuzzTarget.class, "io.culprit.http.**", seeds, directory);
    }
}
