package io.culprit.triage.conf;

import java.nio.file.Path;

/**
 * A value of a configuration that has sections and no blocks.
 *
 * @param section name of its section, possibly empty
 * @param name its name
 * @param value as written, quotes removed
 * @param file where it stands
 * @param line from 1
 */
public record Setting(String section, String name, String value, Path file, int line) {
    /** {@code file:line}. */
    public String where() {
        return file + ":" + line;
    }
}
