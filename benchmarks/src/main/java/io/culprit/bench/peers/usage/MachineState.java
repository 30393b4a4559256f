package io.culprit.bench.peers.usage;

import io.culprit.bench.peers.Peer;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;

/**
 * How dear system calls are just now on the proxy's core. A shared machine's kernel has a fast and a slow state, in which the
 * same work costs up to twice as much, and not all work alike: figures of different states say nothing about each other. One
 * thread at a time.
 */
public final class MachineState implements AutoCloseable {
    /** Figures further apart than this are of different states; within one they vary by some percent. */
    static final double SAME = 1.25;

    private final Process process;
    private final BufferedReader answers;

    private MachineState(Process process) {
        this.process = process;
        this.answers = process.inputReader();
    }

    /** Starts the probe on the proxy's core; its first second warms it up. */
    public static MachineState start() throws IOException {
        return new MachineState(new ProcessBuilder(List.of(
                        "taskset",
                        "-c",
                        Peer.PROXY_CORE,
                        java.nio.file.Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx32m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StateProbe.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /**
     * Nanoseconds of CPU time of a system call, now.
     *
     * @throws IOException when the probe has ended
     */
    public double nanos() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the probe of the machine's state has ended");
        }
        return Double.parseDouble(answer);
    }

    /** Whether two figures are of the same state. */
    public static boolean same(double one, double other) {
        return Math.max(one, other) <= SAME * Math.min(one, other);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
