package io.culprit.site;

/**
 * A script to run.
 *
 * @param name its path below the document root, from {@code /} on, one character per byte (SCRIPT_NAME)
 * @param pathInfo what follows it in the request's path, possibly empty (PATH_INFO)
 */
public record Script(String name, String pathInfo) implements Resolution {}
