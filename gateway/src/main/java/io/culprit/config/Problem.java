package io.culprit.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param file name of the file as the user gave it
 * @param line line from 1, 0 when the file as a whole is meant
 * @param column column from 1, 0 when the file as a whole is meant
 * @param message what is wrong and what would be right
 */
public record Problem(String file, int line, int column, String message) {
    @Override
    public String toString() {
        return line == 0 ? file + ": " + message : file + ":" + line + ":" + column + ": " + message;
    }
}
