package io.culprit.proof.fpm;

import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's php-fpm8.2 from a configuration of the test's own. */
public final class RealFpm implements Fpm {
    private final Process process;
    private final Path directory;

    private RealFpm(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /**
     * @param pool lines of the pool's section; {@code @DIR@} stands for the folder
     * @param global lines of the global section
     */
    public static RealFpm start(String global, String pool) throws Exception {
        String program = Oracle.program("php-fpm8.2", "php8.2-fpm");
        Path directory = Files.createTempDirectory("f");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path www = Files.createDirectory(directory.resolve("www"));
        Files.setPosixFilePermissions(www, PosixFilePermissions.fromString("rwxrwxrwx"));
        boolean root = "root".equals(System.getProperty("user.name"));
        Path file = Files.writeString(directory.resolve("fpm.conf"), """
                [global]
                error_log = @DIR@/fpm.log
                daemonize = no
                %s
                [www]
                %s
                listen = @DIR@/www.sock
                listen.mode = 0666
                slowlog = @DIR@/slow.log
                pm.status_path = /fpm-status
                ping.path = /fpm-ping
                clear_env = no
                %s
                """.formatted(
                        global, root ? "user = www-data\ngroup = www-data" : "", pool)
                .replace("@DIR@", directory.toString()));
        Process process = new ProcessBuilder(program, "-F", "-y", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        RealFpm fpm = new RealFpm(process, directory);
        TestGateway.await("php-fpm is ready", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("php-fpm ended: " + fpm.output());
            }
            return fpm.log().stream().anyMatch(line -> line.contains("ready to handle connections"));
        });
        return fpm;
    }

    static RealFpm start(Settings s) throws Exception {
        RealFpm fpm = start("process_control_timeout = " + s.controlTimeout(), """
                pm = %s
                pm.max_children = %d
                pm.start_servers = %d
                pm.min_spare_servers = %d
                pm.max_spare_servers = %d
                pm.process_idle_timeout = %d
                pm.max_requests = %d
                listen.backlog = %d
                request_terminate_timeout = %d
                request_slowlog_timeout = %d
                """.formatted(
                        s.pm(),
                        s.maxChildren(),
                        s.startServers(),
                        s.minSpare(),
                        s.maxSpare(),
                        s.idleTimeout(),
                        s.maxRequests(),
                        s.backlog(),
                        s.terminateTimeout(),
                        s.slowlogTimeout()));
        for (Script each : Script.values()) {
            fpm.script(each.file(), each.php());
        }
        return fpm;
    }

    /** Puts a script, or any file, under the document root. */
    public void script(String name, String text) throws IOException {
        Path file = root().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** The document root. */
    public Path root() {
        return directory.resolve("www");
    }

    /** Folder of configuration, logs and socket. */
    public Path directory() {
        return directory;
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public Path socket() {
        return directory.resolve("www.sock");
    }

    @Override
    public List<String> log() {
        try {
            return Files.readAllLines(directory.resolve("fpm.log")).stream()
                    .map(line -> line.replaceFirst("^\\[[^]]*] ", ""))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public void signal(String name) throws Exception {
        kill(process.pid(), name);
    }

    @Override
    public void killBusyWorker(String name) throws Exception {
        List<Long> busy = new ArrayList<>();
        String status =
                new FcgiClient(socket()).page("/fpm-status", "json&full").bodyText();
        for (String each : status.split("\\{\"pid\":")) {
            if (each.contains("\"state\":\"Running\"") && each.contains(".php")) {
                busy.add(Long.parseLong(each.replaceAll("(?s),.*", "")));
            }
        }
        kill(busy.get(0), name);
    }

    private static void kill(long pid, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }

    @Override
    public void close() throws Exception {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
