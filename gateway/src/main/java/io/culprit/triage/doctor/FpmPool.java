package io.culprit.triage.doctor;

import io.culprit.triage.conf.Setting;
import io.culprit.triage.conf.Settings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A pool of PHP-FPM as its file has it.
 *
 * @param name its name
 * @param listen {@code unix:/path} or {@code host:port}
 * @param status path of its status page, empty without
 * @param ping path of its ping page, empty without
 * @param children pm.max_children, -1 unknown
 * @param mode pm
 * @param file where it stands
 */
record FpmPool(String name, String listen, String status, String ping, int children, String mode, Path file) {
    private static final List<String> FOLDERS = List.of("/etc/php", "/etc/php-fpm.d", "/usr/local/etc/php-fpm.d");

    /** The pools of this machine; what cannot be read is told. */
    static List<FpmPool> find(List<String> unseen) {
        List<FpmPool> pools = new ArrayList<>();
        for (Path folder : folders()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.conf")) {
                for (Path file : files) {
                    read(file, pools);
                }
            } catch (IOException e) {
                unseen.add(folder + ": " + e.getMessage());
            }
        }
        return pools;
    }

    private static List<Path> folders() {
        List<Path> found = new ArrayList<>();
        for (String each : FOLDERS) {
            Path folder = Path.of(each);
            if (each.equals("/etc/php") && Files.isDirectory(folder)) {
                try (DirectoryStream<Path> versions = Files.newDirectoryStream(folder)) {
                    versions.forEach(v -> found.add(v.resolve("fpm/pool.d")));
                } catch (IOException e) {
                    continue; // without the right to list it nothing is known of its pools
                }
            } else {
                found.add(folder);
            }
        }
        found.removeIf(f -> !Files.isDirectory(f));
        return found;
    }

    private static void read(Path file, List<FpmPool> pools) throws IOException {
        Settings settings = Settings.ini(file);
        for (String section : settings.sections()) {
            if (section.equals("global") || settings.get(section, "listen").isEmpty()) {
                continue;
            }
            String listen = settings.get(section, "listen")
                    .map(Setting::value)
                    .orElse("")
                    .replace("$pool", section);
            String address = listen.startsWith("/")
                    ? "unix:" + listen.replaceFirst("^/var/run/", "/run/")
                    : listen.matches("\\d+") ? "127.0.0.1:" + listen : listen;
            pools.add(new FpmPool(
                    section,
                    address,
                    settings.get(section, "pm.status_path").map(Setting::value).orElse(""),
                    settings.get(section, "ping.path").map(Setting::value).orElse(""),
                    settings.get(section, "pm.max_children")
                            .map(s -> Integer.parseInt("0" + s.value().replaceAll("\\D", "")))
                            .orElse(-1),
                    settings.get(section, "pm").map(Setting::value).orElse(""),
                    file));
        }
    }
}
