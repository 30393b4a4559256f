package io.culprit.record.journal.store;

import io.culprit.failure.Event;
import java.util.List;

/** What is written in one transaction. */
public record JournalBatch(List<CountRow> counts, List<Example> examples, List<Numbered> events) {
    /** An event and its place within the run. */
    public record Numbered(long number, Event event) {}

    public boolean isEmpty() {
        return counts.isEmpty() && examples.isEmpty() && events.isEmpty();
    }

    public int size() {
        return counts.size() + examples.size() + events.size();
    }
}
