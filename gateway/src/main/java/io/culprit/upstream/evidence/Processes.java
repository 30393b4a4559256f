package io.culprit.upstream.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The php-fpm processes of this machine, by the titles they give themselves. Stateless. */
final class Processes {
    private static final String MASTER = "php-fpm: master process";
    private static final String WORKER = "php-fpm: pool ";
    private static final int MOST = 8192;

    private final Path proc;

    /**
     * @param proc normally {@code /proc}
     */
    Processes(Path proc) {
        this.proc = proc;
    }

    /**
     * @param master process id of the master, empty when none runs
     * @param workers workers by pool
     */
    record Fpm(OptionalLong master, Map<String, Integer> workers) {
        boolean alive() {
            return master.isPresent() || !workers.isEmpty();
        }

        String line() {
            String pools = workers.entrySet().stream()
                    .map(e -> "pool " + e.getKey() + " with " + e.getValue())
                    .collect(Collectors.joining(", "));
            String head = master.isPresent() ? "php-fpm master " + master.getAsLong() : "no php-fpm master";
            return head + (pools.isEmpty() ? ", no workers" : ", workers: " + pools);
        }
    }

    /** Empty when processes cannot be listed. */
    Optional<Fpm> fpm() {
        OptionalLong master = OptionalLong.empty();
        Map<String, Integer> workers = new TreeMap<>();
        int seen = 0;
        try (DirectoryStream<Path> each = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : each) {
                if (++seen > MOST) {
                    break;
                }
                String title = title(process);
                if (title.startsWith(MASTER)) {
                    master =
                            OptionalLong.of(Long.parseLong(process.getFileName().toString()));
                } else if (title.startsWith(WORKER)) {
                    workers.merge(title.substring(WORKER.length()), 1, Integer::sum);
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(new Fpm(master, workers));
    }

    private static String title(Path process) {
        try {
            byte[] bytes = Files.readAllBytes(process.resolve("cmdline"));
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            return new String(bytes, 0, end, StandardCharsets.ISO_8859_1).trim();
        } catch (IOException e) {
            return ""; // it ended meanwhile, or it is hidden from us
        }
    }
}
