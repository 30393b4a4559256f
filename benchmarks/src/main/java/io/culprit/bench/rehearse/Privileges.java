package io.culprit.bench.rehearse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Whether file permissions mean anything to this process. Stateless. */
final class Privileges {
    private Privileges() {}

    /** True for a process that may open whatever it likes, as root usually may. */
    static boolean openEverything(Path directory) throws IOException {
        Path probe = Files.createTempFile(directory, "probe", "");
        try {
            Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("---------"));
            return Files.isReadable(probe);
        } finally {
            Files.delete(probe);
        }
    }
}
