package io.culprit.site;

import java.nio.file.Path;

/**
 * A file to serve as it is.
 *
 * @param path its path below the root as the client named it, from {@code /} on
 * @param real where it really is, no component of it a link when it was looked at
 * @param key which file that was, as {@link java.nio.file.attribute.BasicFileAttributes#fileKey} tells it
 */
public record StaticFile(String path, Path real, Object key) implements Resolution {}
