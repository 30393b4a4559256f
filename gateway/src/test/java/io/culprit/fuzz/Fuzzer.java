package io.culprit.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs jazzer on one target for a few seconds; {@code CULPRIT_FUZZ_SECONDS} makes it longer. {@code CULPRIT_FUZZ_SEED} is where it
 * begins, the same every time unless it is set: who hunts sets another, and a build fails for what was changed rather than by chance.
 *
 * <p>In seconds the JVM's second compiler takes the processors away from the inputs: without it more of them are tried.
 */
final class Fuzzer {
    private static final int TAIL = 4_000;

    private Fuzzer() {}

    /**
     * @param packages what is instrumented, such as {@code io.culprit.http.**}
     * @param seeds inputs to begin with
     * @param directory an empty folder
     */
    static void run(Class<?> target, String packages, List<byte[]> seeds, Path directory) throws Exception {
        String seconds = System.getenv("CULPRIT_FUZZ_SECONDS");
        Path corpus = Files.createDirectory(directory.resolve("seeds"));
        for (byte[] seed : seeds) {
            Files.write(Files.createTempFile(corpus, "s", ""), seed);
        }
        Path log = directory.resolve("log");
        Process fuzzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        seconds == null ? "-XX:TieredStopAtLevel=1" : "-XX:+TieredCompilation",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=" + packages,
                        "--reproducer_path=" + directory,
                        corpus.toString(),
                        "-max_total_time=" + (seconds == null ? "2" : seconds),
                        "-seed=" + System.getenv().getOrDefault("CULPRIT_FUZZ_SEED", "1"),
                        "-max_len=2048",
                        "-artifact_prefix=" + directory + "/")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertTrue(fuzzer.waitFor(15, TimeUnit.MINUTES));
        String said = Files.readString(log);
        assertEquals(0, fuzzer.exitValue(), () -> "What broke it:\n" + found(said));
        assertTrue(said.contains("Done "), () -> "It did not end:\n" + found(said));
    }

    /** The exception, and the input in base 64: jazzer says them last, behind all that it counted. */
    private static String found(String said) {
        int exception = said.indexOf("== Java Exception");
        return said.substring(exception >= 0 ? exception : Math.max(0, said.length() - TAIL));
    }
}
