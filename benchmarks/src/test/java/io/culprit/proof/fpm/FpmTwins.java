package io.culprit.proof.fpm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * One experiment on the real PHP-FPM and on the simulated one, by one client. What is observed must be the same: outcomes
 * counted, records byte for byte, status pages field by field, log lines with other process ids and times.
 */
abstract class FpmTwins {
    static final Path SIM_ROOT = Path.of("/srv/www");

    /** One experiment: what it sees, in words that both sides must share. */
    interface Experiment {
        List<String> observe(Fpm fpm, FcgiClient client, Path root) throws Exception;
    }

    static void same(Fpm.Settings settings, Experiment experiment) throws Exception {
        List<String> real;
        List<String> simulated;
        try (RealFpm fpm = RealFpm.start(settings)) {
            settle();
            real = experiment.observe(fpm, new FcgiClient(fpm.socket()), fpm.root()).stream()
                    .map(line -> line.replace(fpm.root().toString(), SIM_ROOT.toString()))
                    .toList();
        }
        try (SimFpm fpm = SimFpm.start(settings)) {
            settle();
            simulated = experiment.observe(fpm, new FcgiClient(fpm.socket()), SIM_ROOT);
        }
        assertEquals(String.join("\n", real), String.join("\n", simulated));
    }

    static void settle() throws InterruptedException {
        Thread.sleep(200); // the first workers fork
    }

    /** Log lines that both must write, with what differs by nature taken out. */
    static List<String> normal(List<String> log) {
        return log.stream()
                .map(line -> line.replaceAll("pid [0-9]+", "pid N")
                        .replaceAll("child [0-9]+", "child N")
                        .replaceAll("(trace|trace of) [0-9]+", "$1 N")
                        .replaceAll("[0-9]+\\.[0-9]{6}", "S")
                        .replaceAll("execvp\\(.*", "execvp(...)")
                        .replaceAll("fd=[0-9]+, \".*\"", "fd=N, \"SOCKET\""))
                .toList();
    }

    static List<FcgiClient.Reply> together(int n, FcgiClient client, Path root, String script) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(n);
        try {
            List<Future<FcgiClient.Reply>> running = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                running.add(threads.submit(() -> client.get(root, script)));
                Thread.sleep(20);
            }
            List<FcgiClient.Reply> replies = new ArrayList<>();
            for (Future<FcgiClient.Reply> each : running) {
                replies.add(each.get());
            }
            return replies;
        } finally {
            threads.shutdownNow();
        }
    }

    static String counted(List<FcgiClient.Reply> replies) {
        return replies.stream()
                .collect(Collectors.groupingBy(FcgiClient.Reply::verdict, TreeMap::new, Collectors.counting()))
                .toString();
    }

    static String field(FcgiClient client, String name) {
        for (String line : client.page("/fpm-status", "").bodyText().split("\n")) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1).trim();
            }
        }
        return "?";
    }
}
