package io.culprit.site;

/**
 * A file to serve as it is.
 *
 * @param path its real path below the site's real root, symbolic links resolved, without a leading slash
 */
public record StaticFile(String path) implements Resolution {}
