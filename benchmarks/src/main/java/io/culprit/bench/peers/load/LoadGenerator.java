package io.culprit.bench.peers.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What makes the requests of a workload: a process of its own on the load's core, all its connections busy all the time. */
public interface LoadGenerator {
    /** Core of load and upstreams; proxies have the other. */
    String CORE = "1";

    /**
     * Whom to ask for what.
     *
     * @param port on 127.0.0.1
     * @param path with its query
     * @param directory for files of the generator's own
     */
    record Target(int port, String path, Path directory) {}

    /**
     * Runs once.
     *
     * @param seconds rounded to whole ones, at least 1
     * @throws IOException when the generator fails or says what is not understood
     */
    LoadResult run(Target target, int connections, double seconds) throws IOException, InterruptedException;

    /** Runs a command on the load's core and returns what it said; not for use elsewhere. */
    static String say(List<String> command) throws IOException, InterruptedException {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", CORE));
        pinned.addAll(command);
        Process process = new ProcessBuilder(pinned).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command.get(0) + " failed: " + text);
        }
        return text;
    }

    /** Whole seconds, of which a run has at least one. */
    static long whole(double seconds) {
        return Math.max(1, Math.round(seconds));
    }
}
