package io.culprit.proof.see;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.culprit.proof.harness.Oracle;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's PostgreSQL with a cluster of its own under a temporary folder; it can be stopped and started again. */
final class Postgres implements AutoCloseable {
    private final Path programs;
    private final Path directory;
    private final int port;

    private Postgres(Path programs, Path directory, int port) {
        this.programs = programs;
        this.directory = directory;
        this.port = port;
    }

    static Postgres create() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("pg");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Postgres postgres = new Postgres(programs(), directory, Oracle.freePort());
        postgres.run("initdb", "-D", postgres.data(), "-U", "culprit", "-A", "trust", "--no-sync", "-E", "UTF8");
        postgres.start();
        return postgres;
    }

    private static Path programs() throws IOException {
        List<Path> found = new ArrayList<>();
        Path base = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(base)) {
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(base)) {
                versions.forEach(version -> found.add(version.resolve("bin")));
            }
        }
        if (found.isEmpty()) {
            String how = "PostgreSQL is missing; apt-get install postgresql";
            return "required".equals(System.getenv("CULPRIT_ORACLES")) ? fail(how) : abort(how);
        }
        return found.get(found.size() - 1);
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    /** PostgreSQL refuses to run as root. */
    private void run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(program + " failed: " + Files.readString(output));
        }
    }

    void start() throws IOException, InterruptedException {
        run(
                "pg_ctl",
                "-D",
                data(),
                "-w",
                "-l",
                directory.resolve("log").toString(),
                "-o",
                "-p " + port + " -k " + directory + " -c listen_addresses=127.0.0.1 -c fsync=off",
                "start");
    }

    /** Ends it at once, as a crash would. */
    void stop() throws IOException, InterruptedException {
        run("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=culprit";
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop();
    }
}
