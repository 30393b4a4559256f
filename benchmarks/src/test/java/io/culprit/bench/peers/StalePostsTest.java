package io.culprit.bench.peers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.GatewayProcess;
import io.culprit.proof.harness.Oracle;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** One short round: that all three are asked and counted, not who is better. */
@Tag("alone")
class StalePostsTest {
    @Test
    void everyProxyIsAskedAndCounted(@TempDir Path directory) throws Exception {
        Oracle.program("nginx", "nginx");
        Oracle.program("haproxy", "haproxy");
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two cores are needed");
        Path culprit = GatewayProcess.launcher(directory);
        int status = new CommandLine(new StalePostsCommand())
                .execute("--launcher", culprit.toString(), "--rounds", "1", "--seconds", "1", "--clients", "4");
        assertTrue(status == 0 || status == 1, "it was measured: " + status);
    }
}
