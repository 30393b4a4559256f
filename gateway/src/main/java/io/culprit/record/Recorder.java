package io.culprit.record;

import io.culprit.failure.Outcome;

/** Takes the outcome of every request. */
@FunctionalInterface
public interface Recorder {
    /**
     * Called once per request, on the IO thread that owned it; must neither block nor throw.
     *
     * @param loop number of the calling IO thread
     */
    void record(int loop, Outcome outcome);
}
