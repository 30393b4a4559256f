package io.culprit.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.Oracle;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A small crowd of each kind: that all three hold it, not who holds more. */
@Tag("alone")
class CapacityBenchTest {
    @Test
    void everyProxyIsAsked(@TempDir Path directory) throws Exception {
        Oracle.program("nginx", "nginx");
        Oracle.program("haproxy", "haproxy");
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two cores are needed");
        Path culprit = GatewayProcess.launcher(directory);
        assertEquals(
                0,
                new CommandLine(new CapacityCommand())
                        .execute(
                                "--launcher", culprit.toString(), "--clients", "20", "--heap", "64m", "--settle", "0"));
    }

    @Test
    void aHeapWithoutAUnitIsRefused() {
        assertEquals(2, new CommandLine(new CapacityCommand()).execute("--heap", "64"));
    }
}
