package io.culprit.config.read;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Whether files and folders a configuration names can be used on this machine. Stateless. */
final class HereCheck {
    private HereCheck() {}

    /** A file that will be written: it, or the nearest folder above it that is there, must be writable. */
    static void writable(Section section, Node at, String key, String file) {
        Path path = path(file);
        if (path == null) {
            section.problem(at, "\"%s\" is not a path: %s".formatted(section.name(key), Section.shown(file)));
            return;
        }
        Path folder = path.toAbsolutePath().getParent();
        if (Files.exists(path) ? !Files.isWritable(path) : folder != null && !Files.isDirectory(folder)) {
            section.here(
                    at,
                    Files.exists(path)
                            ? "\"%s\": %s cannot be written, permission denied".formatted(section.name(key), path)
                            : "\"%s\": the folder %s does not exist".formatted(section.name(key), folder));
        } else if (!Files.exists(path) && folder != null && !Files.isWritable(folder)) {
            section.here(
                    at, "\"%s\": no file can be made in %s, permission denied".formatted(section.name(key), folder));
        }
    }

    /** A folder that is made where it does not exist. */
    static void creatable(Section section, Node at, String key, String file) {
        Path path = path(file);
        Path above = path == null ? null : path.toAbsolutePath().getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        if (above != null && !Files.isWritable(above)) {
            section.here(
                    at,
                    "\"%s\": nothing can be written in %s, permission denied; name a file elsewhere, or off"
                            .formatted(section.name(key), above));
        }
    }

    private static @Nullable Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
