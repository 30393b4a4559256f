package io.culprit.bench.peers;

import io.culprit.bench.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What commands have in common that measure on a {@link Testbed} of the installed programs: what is missing, and the folder. */
abstract class TestbedCommand implements Callable<Integer> {
    @Mixin
    private LauncherOption launcher;

    /** Why it cannot measure with the options as they are, empty when it can. */
    abstract Optional<String> objection();

    /** Measures and prints; returns the exit status. */
    abstract int measure(Testbed testbed) throws IOException, InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        Optional<String> why = Programs.missing().or(this::objection);
        if (why.isPresent()) {
            System.err.println("culprit: " + why.get());
            return 2;
        }
        try {
            Path directory = Files.createTempDirectory("b");
            try (Testbed testbed = new Testbed(directory, launcher.command(), Map.of())) {
                return measure(testbed);
            } finally {
                Folders.delete(directory);
            }
        } catch (IOException e) {
            System.err.println("culprit: " + e.getMessage());
            return 2;
        }
    }

    /** Two cores are needed: one for the proxy, one for the load. */
    static boolean hasTwoCores() {
        return Runtime.getRuntime().availableProcessors() >= 2;
    }
}
