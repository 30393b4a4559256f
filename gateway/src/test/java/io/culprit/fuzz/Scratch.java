package io.culprit.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where targets put what readers read from files; it is made before the first input, where nothing may be thrown that is checked. */
final class Scratch {
    private Scratch() {}

    static Path folder() {
        try {
            return Files.createTempDirectory("fuzz");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
