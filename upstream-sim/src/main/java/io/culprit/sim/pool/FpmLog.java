package io.culprit.sim.pool;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** FPM's error log, line for line (facts: php-fpm). Thread-safe. */
public final class FpmLog {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss", Locale.US).withZone(ZoneId.systemDefault());

    private final List<Consumer<String>> followers = new CopyOnWriteArrayList<>();
    private final @Nullable Path path;
    private PrintStream out;

    /**
     * @param path {@code -} for standard error
     * @throws IOException when the file cannot be written
     */
    public FpmLog(String path) throws IOException {
        this.path = path.equals("-") ? null : Path.of(path);
        this.out = open();
    }

    private PrintStream open() throws IOException {
        return path == null
                ? System.err
                : new PrintStream(
                        Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND), true);
    }

    /** Tells every further line, without its time, to {@code follower}. */
    public void follow(Consumer<String> follower) {
        followers.add(follower);
    }

    void notice(String text) {
        line("NOTICE: " + text);
    }

    void warning(String text) {
        line("WARNING: " + text);
    }

    private synchronized void line(String text) {
        out.println("[" + TIME.format(Instant.now()) + "] " + text);
        for (Consumer<String> each : followers) {
            each.accept(text);
        }
    }

    /** SIGUSR1: a log that was moved away is begun anew. */
    synchronized void reopen() throws IOException {
        if (path != null) {
            out.close();
            out = open();
        }
    }

    synchronized void close() {
        if (path != null) {
            out.close();
        }
    }
}
