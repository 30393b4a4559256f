package io.culprit.proof.against;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.Oracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** varnishtest's scripts: they play the upstream and the client and judge both sides of the gateway between them. */
class VarnishTest {
    private static final Path SCRIPTS = Path.of("src/test/resources/io/culprit/proof/against/vtc");

    @TempDir
    Path directory;

    @Test
    void bothSidesSeeWhatTheScriptsSay() throws Exception {
        Path culprit = GatewayProcess.launcher(directory);
        List<String> command = new ArrayList<>(List.of(
                Oracle.program("varnishtest", "varnish"),
                "-j2",
                "-k",
                "-q",
                "-t40",
                "-Dport=" + Oracle.freePort(),
                "-Dculprit=" + culprit));
        try (var files = Files.list(SCRIPTS)) {
            files.sorted().forEach(file -> command.add(file.toAbsolutePath().toString()));
        }
        assertTrue(command.size() > 15, "the scripts are there");
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), Files.readString(log));
    }
}
