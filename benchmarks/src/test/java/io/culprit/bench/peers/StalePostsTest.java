package io.culprit.bench.peers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culprit.proof.harness.Oracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** One short round: that all three are asked and counted, not who is better. */
class StalePostsTest {
    @Test
    void everyProxyIsAskedAndCounted(@TempDir Path directory) throws Exception {
        Oracle.program("nginx", "nginx");
        Oracle.program("haproxy", "haproxy");
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two cores are needed");
        Path culprit = Files.writeString(directory.resolve("culprit"), """
                #!/bin/sh
                exec "%s" -Xmx64m -XX:TieredStopAtLevel=1 -cp "%s" io.culprit.cli.Main "$@"
                """.formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(culprit, PosixFilePermissions.fromString("rwxr-xr-x"));
        int status = new CommandLine(new StalePostsCommand())
                .execute("--launcher", culprit.toString(), "--rounds", "1", "--seconds", "1", "--clients", "4");
        assertTrue(status == 0 || status == 1, "it was measured: " + status);
    }
}
