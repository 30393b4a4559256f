package io.culprit.proof.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The real nginx with a configuration of the test's own.
 *
 * @param file its configuration
 * @param port which {@code @PORT@} stood for
 */
public record RealNginx(Process process, Path file, int port) implements AutoCloseable {
    private static final String MAIN = """
            daemon off;
            worker_processes 1;
            pid @DIR@/nginx.pid;
            error_log @DIR@/error.log info;
            events { worker_connections 512; }
            http {
              access_log off;
              default_type text/plain;
              client_body_temp_path @DIR@/body;
              proxy_temp_path @DIR@/proxy;
              fastcgi_temp_path @DIR@/fastcgi;
              uwsgi_temp_path @DIR@/uwsgi;
              scgi_temp_path @DIR@/scgi;
            %s
            }
            """;

    /** Starts it with these lines in {@code http}; {@code @PORT@} becomes a free port, {@code @DIR@} its folder. */
    public static RealNginx start(String http) throws IOException, InterruptedException {
        String program = Oracle.program("nginx", "nginx");
        int port = Oracle.freePort();
        Path file = write(http, port);
        Path directory = file.getParent();
        Process process = new ProcessBuilder(program, "-c", file.toString(), "-p", directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        TestGateway.await("nginx listens", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("nginx ended: " + directory.resolve("output"));
            }
            return GatewayProcess.listens(port);
        });
        return new RealNginx(process, file, port);
    }

    /** The file alone, for who only reads it. */
    public static Path write(String http, int port) throws IOException {
        Path directory = Files.createTempDirectory("i");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        String text =
                MAIN.formatted(http).replace("@DIR@", directory.toString()).replace("@PORT@", Integer.toString(port));
        return Files.writeString(directory.resolve("nginx.conf"), text);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
