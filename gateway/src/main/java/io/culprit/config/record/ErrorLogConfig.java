package io.culprit.config.record;

/**
 * The error log: one line per failed attempt.
 *
 * @param path file name, {@code -} for standard output
 * @param level the lowest level written: {@code info}, {@code warn}, {@code error} or {@code crit}
 */
public record ErrorLogConfig(String path, String level) {}
