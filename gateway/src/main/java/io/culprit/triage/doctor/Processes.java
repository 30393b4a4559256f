package io.culprit.triage.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The processes that belong to web serving, from /proc. */
final class Processes {
    private static final List<String> SERVERS =
            List.of("nginx", "apache2", "httpd", "haproxy", "caddy", "traefik", "envoy", "varnishd");
    private static final List<String> APPLICATIONS =
            List.of("gunicorn", "uvicorn", "uwsgi", "puma", "unicorn", "node", "java");

    private final List<Running> all = new ArrayList<>();

    /**
     * A process.
     *
     * @param pid its id
     * @param kind nginx, php-fpm, gunicorn, ...
     * @param title command line, or what the process calls itself
     * @param user numeric id of its user, -1 unknown
     * @param parent id of its parent
     */
    record Running(int pid, String kind, String title, int user, int parent) {
        boolean isMaster() {
            return title.contains("master process");
        }

        /** Pool of an FPM worker, empty for others. */
        String pool() {
            int at = title.indexOf(": pool ");
            return at < 0 ? "" : title.substring(at + 7).strip();
        }
    }

    static Processes look() {
        Processes found = new Processes();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path each : entries) {
                found.look(each);
            }
        } catch (IOException e) {
            return found; // no /proc here: then nothing is known
        }
        return found;
    }

    private void look(Path folder) {
        String title =
                Shell.file(folder + "/cmdline").orElse("").replace('\0', ' ').strip();
        String kind = kind(title);
        if (kind.isEmpty()) {
            return;
        }
        String status = Shell.file(folder + "/status").orElse("");
        all.add(new Running(
                Integer.parseInt(folder.getFileName().toString()),
                kind,
                title,
                (int) Shell.number(status, "Uid:"),
                (int) Shell.number(status, "PPid:")));
    }

    private static String kind(String title) {
        String first = title.split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        String name = first.substring(first.lastIndexOf('/') + 1).replaceFirst(":$", "");
        if (name.startsWith("php-fpm")) {
            return "php-fpm";
        }
        if (SERVERS.contains(name)) {
            return name;
        }
        for (String each : APPLICATIONS) {
            if (name.equals(each)
                    || name.startsWith("python") && title.contains("/" + each)
                    || title.startsWith(each + ":")) {
                return each;
            }
        }
        return "";
    }

    List<Running> all() {
        return all;
    }

    List<Running> of(String kind) {
        return all.stream().filter(p -> p.kind.equals(kind)).toList();
    }

    /** Web servers and proxies. */
    List<Running> servers() {
        return all.stream().filter(p -> SERVERS.contains(p.kind)).toList();
    }

    /** FPM's workers, its masters left out. */
    List<Running> workers() {
        return of("php-fpm").stream()
                .filter(p -> !p.isMaster() && !p.pool().isEmpty())
                .toList();
    }
}
