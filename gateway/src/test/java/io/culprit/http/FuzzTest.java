package io.culprit.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the fuzzer for a few seconds, seeded with the wire documents; {@code CULPRIT_FUZZ_SECONDS} makes it longer. */
class FuzzTest {
    @TempDir
    Path directory;

    @Test
    void noInputBreaksTheReaders() throws Exception {
        Path seeds = Files.createDirectory(directory.resolve("seeds"));
        int n = 0;
        for (WireFixture fixture : List.copyOf(WireTest.responses())) {
            Files.write(seeds.resolve("r" + n++), fixture.bytes());
        }
        for (WireFixture fixture : List.copyOf(WireTest.requests())) {
            Files.write(seeds.resolve("q" + n++), fixture.bytes());
        }
        Path log = directory.resolve("log");
        Process fuzzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + FuzzTarget.class.getName(),
                        "--instrumentation_includes=io.culprit.http.**",
                        "--reproducer_path=" + directory,
                        seeds.toString(),
                        "-max_total_time=" + System.getenv().getOrDefault("CULPRIT_FUZZ_SECONDS", "5"),
                        "-max_len=2048",
                        "-artifact_prefix=" + directory + "/")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertTrue(fuzzer.waitFor(15, TimeUnit.MINUTES));
        String said = Files.readString(log);
        assertEquals(0, fuzzer.exitValue(), said);
        assertTrue(said.contains("Done "), said);
    }
}
