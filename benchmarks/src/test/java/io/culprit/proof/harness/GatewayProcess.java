package io.culprit.proof.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code culprit run} as a process of its own, which can be killed. */
public final class GatewayProcess implements AutoCloseable {
    private final Process process;
    private final int port;
    private final Path errors;

    private GatewayProcess(Process process, int port, Path errors) {
        this.process = process;
        this.port = port;
        this.errors = errors;
    }

    /**
     * What it has to live on.
     *
     * @param heap {@code -Xmx}, such as 64m; empty for what the launcher gives by default
     * @param files descriptors beside the jars', 0 for as many as this process has
     * @param disk a file system of its own that is mounted for it alone, empty for none
     */
    public record Resources(String heap, int files, Optional<Disk> disk) {
        static final Resources DEFAULT = new Resources("", 0);

        public Resources(String heap, int files) {
            this(heap, files, Optional.empty());
        }
    }

    /**
     * A small file system, which only the process sees.
     *
     * @param folder where it is mounted
     * @param size as {@code mount -o size=} takes it, such as 512k
     */
    public record Disk(Path folder, String size) {
        /** Whether this machine lets a process have file systems of its own; the reason is said where it does not. */
        public static boolean isPossible() throws IOException, InterruptedException {
            boolean possible =
                    new ProcessBuilder("unshare", "-rm", "true").start().waitFor() == 0;
            if (!possible) {
                System.err.println("skipped: unshare -rm needs kernel.unprivileged_userns_clone = 1, or root");
            }
            return possible;
        }
    }

    /** Starts one with this configuration, which listens on the port. */
    public static GatewayProcess start(Path directory, int port, String yaml, String... options) throws IOException {
        return start(Resources.DEFAULT, directory, port, yaml, options);
    }

    /** The same with just so much memory and so many descriptors. */
    public static GatewayProcess start(Resources resources, Path directory, int port, String yaml, String... options)
            throws IOException {
        Path config = Files.writeString(
                directory.resolve("c.yaml"), "listen: [ { address: \"127.0.0.1:" + port + "\" } ]\n" + yaml);
        Path errors = Files.createTempFile(directory, "stderr", "");
        // What runs these tests may ignore it (nohup does), and a child would too.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP"));
        resources
                .disk()
                .ifPresent(disk -> command.addAll(List.of(
                        "unshare",
                        "-rm",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=" + disk.size() + " tmpfs " + disk.folder() + " && exec \"$@\"",
                        "sh")));
        String classPath = System.getProperty("java.class.path");
        if (resources.files() > 0) {
            classPath = ClassPath.asJars(directory);
            int files = resources.files() + classPath.split(":").length;
            command.addAll(List.of("sh", "-c", "ulimit -n " + files + "; exec \"$@\"", "sh"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                resources.files() > 0 ? "-XX:-MaxFDLimit" : "-XX:+MaxFDLimit",
                "-Xmx" + (resources.heap().isEmpty() ? "256m" : resources.heap()),
                "-cp",
                classPath,
                "io.culprit.cli.Main",
                "run",
                "-c",
                config.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile())
                .start();
        var gateway = new GatewayProcess(process, port, errors);
        TestGateway.await("the process listens", 30_000, () -> {
            if (!process.isAlive()) {
                throw new AssertionError(gateway.errors());
            }
            return listens(port);
        });
        return gateway;
    }

    /** Whether somebody takes connections on that port of the loopback. */
    public static boolean listens(int port) {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress("127.0.0.1", port), 100);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A program that runs the command line with the classes under test, for others that want to start it. */
    public static Path launcher(Path directory) throws IOException {
        Path culprit = Files.writeString(directory.resolve("culprit"), """
                #!/bin/sh
                exec "%s" -Xmx64m -XX:TieredStopAtLevel=1 -cp "%s" io.culprit.cli.Main "$@"
                """.formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(culprit, PosixFilePermissions.fromString("rwxr-xr-x"));
        return culprit;
    }

    public int port() {
        return port;
    }

    /** A file as the process sees it, on its own file systems too. */
    public Path seen(Path file) {
        return Path.of("/proc/" + process.pid() + "/root" + file);
    }

    public String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            return e.toString();
        }
    }

    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Whether it runs, or with which status it ended; for messages. */
    public String state() {
        return process.isAlive() ? "it runs" : "it ended with status " + process.exitValue();
    }

    /** Its exit status, once it has ended by itself. */
    public int exit() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("it runs still\n" + errors());
        }
        return process.exitValue();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
