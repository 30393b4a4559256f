package io.culprit.proof.wordpress;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.culprit.proof.fpm.RealFpm;
import io.culprit.proof.harness.Oracle;
import io.culprit.proof.harness.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/** Debian's WordPress as its package lays it out, links to /usr/share/javascript included, behind Culprit without nginx. */
final class WordPress implements AutoCloseable {
    private static final Path PACKAGE = Path.of("/usr/share/wordpress");

    private final MariaDb database;
    private final RealFpm fpm;
    private final TestGateway gateway;

    private WordPress(MariaDb database, RealFpm fpm, TestGateway gateway) {
        this.database = database;
        this.fpm = fpm;
        this.gateway = gateway;
    }

    /** Lays the site out, installs it and puts the gateway before it; the test is skipped where a package is missing. */
    static WordPress start() throws Exception {
        require("wordpress", PACKAGE.resolve("wp-login.php"));
        require("wordpress-theme-twentytwentyone", PACKAGE.resolve("wp-content/themes/twentytwentyone/style.css"));
        require("wordpress-theme-twentytwentythree", PACKAGE.resolve("wp-content/themes/twentytwentythree/style.css"));
        String php = Oracle.program("php", "php-cli");
        Path directory = Files.createTempDirectory("w");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path site = layOut(directory);
        MariaDb database = MariaDb.start(directory, "wordpress");
        RealFpm fpm = null;
        try {
            install(php, directory);
            fpm = RealFpm.start("process_control_timeout = 5", """
                    pm = static
                    pm.max_children = 6
                    php_admin_value[auto_prepend_file] = %s
                    php_admin_value[upload_max_filesize] = 20M
                    php_admin_value[post_max_size] = 20M
                    """.formatted(directory.resolve("prepend.php")));
            return new WordPress(
                    database, fpm, TestGateway.start("""
                    upstreams:
                      php:
                        protocol: fastcgi
                        servers: [ "unix:%s" ]
                        fastcgi: { root: %s, static: true }
                      uploads:
                        protocol: fastcgi
                        servers: [ "unix:%s" ]
                        fastcgi: { root: %s, static: true }
                    routes:
                      - { match: { path: / }, upstream: php }
                      - { match: { path: /uploads/ }, upstream: uploads }
                    """.formatted(fpm.socket(), PACKAGE, fpm.socket(), site)));
        } catch (Exception | Error e) {
            if (fpm != null) {
                fpm.close();
            }
            database.close();
            throw e;
        }
    }

    private static void require(String debianPackage, Path file) {
        if (!Files.exists(file)) {
            String how = file + " is missing; apt-get install " + debianPackage;
            if ("required".equals(System.getenv("CULPRIT_ORACLES"))) {
                fail(how);
            }
            abort(how);
        }
    }

    /** What WordPress needs beside the package: its settings, a place for uploads, and links to all the rest. */
    private static Path layOut(Path directory) throws IOException {
        Path site = Files.createDirectory(directory.resolve("wp"));
        Path uploads = Files.createDirectory(site.resolve("uploads"));
        Files.setPosixFilePermissions(uploads, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createDirectory(site.resolve("mu"));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PACKAGE)) {
            for (Path each : all) {
                String name = each.getFileName().toString();
                if (!name.startsWith("wp-config") && !name.equals("wp-content")) {
                    Files.createSymbolicLink(site.resolve(name), each);
                }
            }
        }
        put("prepend.php", directory, directory.resolve("prepend.php"));
        put("install.php", directory, directory.resolve("install.php"));
        put("wp-config.php", directory, site.resolve("wp-config.php"));
        put("offline.php", directory, site.resolve("mu/offline.php"));
        return site;
    }

    private static void put(String name, Path directory, Path file) throws IOException {
        try (InputStream in = WordPress.class.getResourceAsStream(name)) {
            Files.writeString(
                    file, new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("@DIR@", directory.toString()));
        }
    }

    private static void install(String php, Path directory) throws IOException, InterruptedException {
        Path output = directory.resolve("install.log");
        Process process = new ProcessBuilder(
                        php, directory.resolve("install.php").toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AssertionError("WordPress could not be installed: " + Files.readString(output));
        }
    }

    /** Where the gateway serves it. */
    String url() {
        return "http://127.0.0.1:" + gateway.port();
    }

    TestGateway gateway() {
        return gateway;
    }

    @Override
    public void close() throws Exception {
        gateway.close();
        fpm.close();
        database.close();
    }
}
