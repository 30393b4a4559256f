package io.culprit.proof.wordpress;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's MariaDB on a unix socket of its own, with one empty database and no users to ask for. */
final class MariaDb implements AutoCloseable {
    private final Process process;

    private MariaDb(Process process) {
        this.process = process;
    }

    /** Starts it with its data, its log and {@code my.sock} in this folder. */
    static MariaDb start(Path directory, String database) throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Path init = Files.writeString(
                directory.resolve("init.sql"), "CREATE DATABASE %s CHARACTER SET utf8mb4;".formatted(database));
        List<String> command = new ArrayList<>(List.of(
                Oracle.program("mariadbd", "mariadb-server-core"),
                "--no-defaults",
                "--datadir=" + data,
                "--socket=" + directory.resolve("my.sock"),
                "--pid-file=" + directory.resolve("my.pid"),
                "--skip-networking",
                "--skip-grant-tables",
                "--init-file=" + init,
                "--performance-schema=OFF",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=4M",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-flush-method=nosync",
                "--innodb-doublewrite=0"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        Path log = directory.resolve("mariadb.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        TestGateway.await("MariaDB is ready", 30_000, () -> {
            String text = read(log);
            if (!process.isAlive()) {
                throw new AssertionError("mariadbd ended: " + text);
            }
            return text.contains("ready for connections");
        });
        return new MariaDb(process);
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
