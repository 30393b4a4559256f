package io.culprit.config;

/**
 * Where a log goes and how it looks.
 *
 * @param path file name, {@code -} for standard output
 * @param format access log: {@code json}, {@code combined}, {@code nginx-upstream} or {@code off}; error log: the lowest
 *     level written, {@code info}, {@code warn}, {@code error} or {@code crit}
 */
public record LogConfig(String path, String format) {}
