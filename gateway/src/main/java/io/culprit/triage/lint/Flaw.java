package io.culprit.triage.lint;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Something that will go wrong, or hides what does.
 *
 * @param id of its rule, e.g. {@code timeout.inverted}
 * @param level how sure it is
 * @param file where it stands
 * @param line from 1
 * @param message what is wrong
 * @param proof what it rests on
 * @param fix what to do
 * @param edit a line to write instead
 */
public record Flaw(
        String id, Level level, Path file, int line, String message, String proof, String fix, Optional<Edit> edit) {
    /** How sure a flaw is. */
    public enum Level {
        /** Requests fail by it. */
        ERROR,
        /** Requests will fail by it under some load or in some order. */
        WARNING,
        /** Advice; no finding. */
        NOTE;

        private final String id = name().toLowerCase(java.util.Locale.ROOT);

        public String id() {
            return id;
        }
    }

    /**
     * A change of one line.
     *
     * @param file which file
     * @param line which line, from 1
     * @param text what it shall be
     */
    public record Edit(Path file, int line, String text) {}
}
