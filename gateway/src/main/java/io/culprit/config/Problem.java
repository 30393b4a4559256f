package io.culprit.config;

import java.util.Locale;

/**
 * One thing that is wrong with a configuration.
 *
 * @param file name of the file as the user gave it
 * @param line line from 1, 0 when the file as a whole is meant
 * @param column column from 1, 0 when the file as a whole is meant
 * @param message what is wrong and what would be right
 * @param weight what follows from it
 */
public record Problem(String file, int line, int column, String message, Weight weight) {
    /** How grave a problem is. */
    public enum Weight {
        /** The configuration cannot be used. */
        ERROR,
        /** It can be used, and surely does not do what was meant. */
        WARNING,
        /** It cannot be used on this machine; it may be meant for another. */
        HERE;

        /** The word in JSON. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Problem(String file, int line, int column, String message) {
        this(file, line, column, message, Weight.ERROR);
    }

    @Override
    public String toString() {
        String kind = weight == Weight.ERROR ? "" : "warning: ";
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return place + ": " + kind + message;
    }
}
