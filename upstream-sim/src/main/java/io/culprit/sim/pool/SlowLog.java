package io.culprit.sim.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The slow log's entries as FPM writes them; the one frame they show is the simulator's sleep. Used by one thread. */
final class SlowLog {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss", Locale.US).withZone(ZoneId.systemDefault());

    private final String path;

    /**
     * @param path empty for none
     * @throws IOException when it cannot be made; FPM makes it at its start, empty
     */
    SlowLog(String path) throws IOException {
        this.path = path;
        if (!path.isEmpty() && !Files.exists(Path.of(path))) {
            Files.createFile(Path.of(path));
        }
    }

    void write(String pool, int pid, String script) {
        if (path.isEmpty()) {
            return;
        }
        String entry = "\n[%s]  [pool %s] pid %d\nscript_filename = %s\n[0x%016x] usleep() %s:1\n"
                .formatted(TIME.format(Instant.now()), pool, pid, script, 0x7f00_0000_0000L + pid * 0x70L, script);
        try {
            Files.writeString(Path.of(path), entry, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            System.err.println("culprit sim: the slow log cannot be written: " + e.getMessage());
        }
    }
}
