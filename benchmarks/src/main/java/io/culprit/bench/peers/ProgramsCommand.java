package io.culprit.bench.peers;

import io.culprit.bench.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What commands have in common that measure installed programs: what is missing, and the folder, which their workers may use. */
abstract class ProgramsCommand implements Callable<Integer> {
    @Mixin
    private LauncherOption launcher;

    /** Why it cannot measure with the options as they are, empty when it can. */
    abstract Optional<String> objection();

    /** Measures and prints; returns the exit status. */
    abstract int measure(Path directory) throws IOException, InterruptedException;

    /** How the gateway is started. */
    final List<String> launcher() {
        return launcher.command();
    }

    @Override
    public final Integer call() throws InterruptedException {
        Optional<String> why = Programs.missing().or(this::objection);
        if (why.isPresent()) {
            System.err.println("culprit: " + why.get());
            return 2;
        }
        try {
            Path directory = Files.createTempDirectory("b");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            try {
                return measure(directory);
            } finally {
                Folders.delete(directory);
            }
        } catch (IOException e) {
            System.err.println("culprit: " + e.getMessage());
            return 2;
        }
    }
}
