package io.culprit.triage.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs commands that only look, and reads what the kernel shows as files. */
final class Shell {
    private static final long TIMEOUT_MILLIS = 800;
    private static final int MOST = 4 << 20;
    private static final List<String> FOLDERS = List.of("/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/");

    private Shell() {}

    /** The output of a command, empty where there is no such command, it fails or takes too long. */
    static Optional<String> run(String... command) {
        Optional<String> program = FOLDERS.stream()
                .map(f -> f + command[0])
                .filter(p -> Files.isExecutable(Path.of(p)))
                .findFirst();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        String[] whole = command.clone();
        whole[0] = program.get();
        try {
            Process process = new ProcessBuilder(whole)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            var reader = new Thread(() -> kill(process), "doctor-watch");
            reader.setDaemon(true);
            reader.start();
            String text = new String(process.getInputStream().readNBytes(4 << 20), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            reader.interrupt();
            return ended && (process.exitValue() == 0 || !text.isBlank()) ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static void kill(Process process) {
        try {
            if (!process.waitFor(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it has ended by itself
        }
    }

    /** A file of /proc or /sys, empty where it cannot be read. */
    static Optional<String> file(String path) {
        // A file of /proc/sys takes one read only, and the JDK begins with a single byte where the size is 0.
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            return Optional.of(new String(in.readNBytes(MOST), StandardCharsets.ISO_8859_1));
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    /** The number behind a word of such a file, -1 without. */
    static long number(String text, String word) {
        for (String line : text.split("\n")) {
            if (line.startsWith(word)) {
                String digits = line.substring(word.length())
                        .replaceAll("[^0-9].*$", "")
                        .strip();
                String first = line.substring(word.length()).strip().split("\\s+")[0];
                return first.matches("\\d{1,18}")
                        ? Long.parseLong(first)
                        : digits.isEmpty() ? -1 : Long.parseLong(digits);
            }
        }
        return -1;
    }
}
