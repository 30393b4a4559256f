package io.culprit.record.journal;

import io.culprit.failure.Event;
import java.util.List;

/** What is written in one transaction. */
record JournalBatch(List<CountRow> counts, List<Example> examples, List<Numbered> events) {
    /** An event and its place within the run. */
    record Numbered(long number, Event event) {}

    boolean isEmpty() {
        return counts.isEmpty() && examples.isEmpty() && events.isEmpty();
    }

    int size() {
        return counts.size() + examples.size() + events.size();
    }
}
