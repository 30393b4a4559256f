package io.culprit.triage.doctor;

import io.culprit.failure.Diagnosis;
import java.util.List;
import java.util.Optional;

/**
 * What one look brought.
 *
 * @param name what was looked at
 * @param state how it is
 * @param millis how long the look took
 * @param text one line
 * @param details more lines
 * @param diagnosis what it proves, where something is wrong
 * @param next the command to go on with, possibly empty
 */
public record Step(
        String name,
        State state,
        long millis,
        String text,
        List<String> details,
        Optional<Diagnosis> diagnosis,
        String next) {
    /** How it is. */
    public enum State {
        FINE,
        /** Requests fail by it. */
        BAD,
        /** Will become bad. */
        WARNING,
        /** Could not be seen; the text says which right is missing. */
        UNSEEN;

        private final String id = name().toLowerCase(java.util.Locale.ROOT);

        public String id() {
            return id;
        }
    }

    static Step fine(String name, String text) {
        return new Step(name, State.FINE, 0, text, List.of(), Optional.empty(), "");
    }

    static Step unseen(String name, String text) {
        return new Step(name, State.UNSEEN, 0, text, List.of(), Optional.empty(), "");
    }

    static Step bad(String name, String text, Diagnosis what, String next) {
        return new Step(name, State.BAD, 0, text, List.of(), Optional.of(what), next);
    }

    static Step warning(String name, String text, Diagnosis what, String next) {
        return new Step(name, State.WARNING, 0, text, List.of(), Optional.of(what), next);
    }

    Step details(List<String> lines) {
        return new Step(name, state, millis, text, List.copyOf(lines), diagnosis, next);
    }

    Step took(long time) {
        return new Step(name, state, time, text, details, diagnosis, next);
    }
}
