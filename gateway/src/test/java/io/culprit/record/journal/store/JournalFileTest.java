package io.culprit.record.journal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.culprit.config.record.JournalConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may read the journal's file: it names clients and what they asked for. */
class JournalFileTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("journal.mv.db");
    }

    private String rightsAfterOpening() throws Exception {
        JournalFile.open(new JournalConfig(
                        "jdbc:h2:" + directory.resolve("journal"), "", "", Duration.ofDays(1), "here"))
                .close();
        return rights(file());
    }

    private static String rights(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aNewFileIsItsOwners() throws Exception {
        assertEquals("rw-------", rightsAfterOpening());
    }

    @Test
    void anOldFileIsClosedToOthersAndStaysOpenToItsGroup() throws Exception {
        rightsAfterOpening();
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals("rw-r-----", rightsAfterOpening());
    }

    @Test
    void theFileBegunBesideABrokenOneIsItsOwnersToo() throws Exception {
        Files.writeString(file(), "not a database ".repeat(1000));
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals("rw-------", rightsAfterOpening());
    }
}
