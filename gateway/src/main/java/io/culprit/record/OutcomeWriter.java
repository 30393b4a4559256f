package io.culprit.record;

import io.culprit.failure.Outcome;

/** Somewhere outcomes are written to; used by the recording thread only. */
interface OutcomeWriter extends AutoCloseable {
    void write(Outcome outcome);

    /** Called when no further outcome waits. */
    void flush();

    @Override
    void close();
}
