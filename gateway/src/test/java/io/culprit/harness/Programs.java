package io.culprit.harness;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Programs of the machine that a fresh one may not have. */
public final class Programs {
    private Programs() {}

    /** Path of a program; without it the test is skipped, or fails where {@code CULPRIT_ORACLES=required}. */
    public static String path(String name, String debianPackage) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElseGet(() -> {
                    String how = name + " is missing; apt-get install " + debianPackage;
                    return "required".equals(System.getenv("CULPRIT_ORACLES")) ? fail(how) : abort(how);
                });
    }
}
