package io.culprit.cli.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.culprit.triage.read.LogFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By what a log is known again. */
class TriageImportTest {
    private static final String LINE = "2026/11/26 22:42:45 [error] 1#1: *1 upstream timed out\n";

    @TempDir
    Path folder;

    private String origin(String... names) throws IOException {
        List<LogFile> files = new java.util.ArrayList<>();
        for (String each : names) {
            files.add(LogFile.of(folder.resolve(each), folder.resolve(each).toString()));
        }
        return TriageImport.origin(files);
    }

    @Test
    void aLogIsItselfWhenItHasGrownOrWasRotatedAndPacked() throws IOException {
        Files.writeString(folder.resolve("error.log"), LINE);
        String before = origin("error.log");
        Files.writeString(folder.resolve("error.log.1"), LINE + LINE.replace("45", "46"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("copy.gz")))) {
            out.write((LINE + "more\n").getBytes());
        }
        assertEquals(before, origin("error.log.1"));
        assertEquals(before, origin("copy.gz"));
    }

    @Test
    void othersAreOthers() throws IOException {
        Files.writeString(folder.resolve("a"), LINE);
        Files.writeString(folder.resolve("b"), LINE.replace("45", "46"));
        Files.writeString(folder.resolve("c"), "#Fields: date time\n");
        Files.writeString(folder.resolve("d"), "#Fields: date time\n");
        Files.writeString(folder.resolve("e"), "");
        assertNotEquals(origin("a"), origin("b"));
        assertNotEquals(origin("c"), origin("d"), "without a time the name counts");
        assertNotEquals(origin("e"), origin("a"));
        assertEquals(origin("a", "b"), origin("b", "a"));
    }
}
