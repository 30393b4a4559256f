package io.culprit.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What commands have in common that measure on a {@link Testbed}. */
abstract class TestbedCommand extends ProgramsCommand {
    /** Measures and prints; returns the exit status. */
    abstract int measure(Testbed testbed) throws IOException, InterruptedException;

    @Override
    final int measure(Path directory) throws IOException, InterruptedException {
        try (Testbed testbed = new Testbed(directory, launcher(), Map.of())) {
            return measure(testbed);
        }
    }

    /** Two cores are needed: one for the proxy, one for the load. */
    static boolean hasTwoCores() {
        return Runtime.getRuntime().availableProcessors() >= 2;
    }
}
