package io.culprit.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** One short iteration of every benchmark, so that they do not rot. */
class JmhSmokeTest {
    @TempDir
    private Path directory;

    @Test
    void everyBenchmarkRuns() throws Exception {
        Path page = directory.resolve("page.md");
        assertEquals(0, new CommandLine(new JmhCommand()).execute("--smoke", "--page", page.toString()));
        String table = Files.readString(page);
        for (String each : new String[] {
            "handOverToTheLongestWaiter | waiters 10000",
            "RouteBenchmark.match | routes 10000",
            "queueTimeout",
            "refusal | queue 100",
            "breakerOpen",
            "fastCgiResponse",
            "poolFullWithQueue",
            "logLine | format JSON"
        }) {
            assertTrue(table.contains(each), each + " in\n" + table);
        }
    }
}
