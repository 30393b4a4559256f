package io.culprit.record.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    private Path directory;

    private static void write(LogFile file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        file.append(bytes, bytes.length);
    }

    @Test
    void aMovedFileIsLeftAndANewOneBegunOnceReopened() throws IOException {
        Path path = directory.resolve("access.log");
        LogFile file = LogFile.open("access_log", path.toString());
        write(file, "one\n");
        file.flush();
        Files.move(path, directory.resolve("access.log.1"));
        write(file, "two\n");
        file.reopen();
        write(file, "three\n");
        file.close();
        assertEquals("one\ntwo\n", Files.readString(directory.resolve("access.log.1")));
        assertEquals("three\n", Files.readString(path));
    }

    @Test
    void aFileThatCannotBeReopenedIsWrittenOn() throws IOException {
        Path below = Files.createDirectory(directory.resolve("logs"));
        LogFile file = LogFile.open("access_log", below.resolve("a").toString());
        write(file, "one\n");
        Path moved = directory.resolve("moved");
        Files.move(below, moved);
        file.reopen();
        write(file, "two\n");
        file.close();
        assertEquals("one\ntwo\n", Files.readString(moved.resolve("a")));
    }
}
