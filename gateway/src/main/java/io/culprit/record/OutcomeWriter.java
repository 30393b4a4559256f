package io.culprit.record;

import io.culprit.failure.Outcome;

/** Somewhere outcomes are written to; all methods are called on the recording thread. */
public interface OutcomeWriter extends AutoCloseable {
    void write(Outcome outcome);

    /** Called when no further outcome waits. */
    void flush();

    /** Opens its file anew, if it has one: logs are being rotated. */
    void reopen();

    @Override
    void close();

    /** Lines that could not be written; any thread may ask. */
    default long lost() {
        return 0;
    }
}
