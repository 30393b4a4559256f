package io.culprit.record.journal;

import io.culprit.failure.Event;
import io.culprit.record.journal.store.Example;
import io.culprit.record.journal.store.JournalBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Examples and events on their way into the store. Both queues are bounded: examples that do not fit are dropped, of events
 * the oldest, and both are counted. Threads: any; no IO happens under a lock.
 */
final class Backlog {
    private static final int MOST_EXAMPLES = 2_000;
    private static final int MOST_EVENTS = 10_000;

    private final Deque<Example> examples = new ArrayDeque<>();
    private final Deque<JournalBatch.Numbered> events = new ArrayDeque<>();
    private final AtomicLong examplesDropped = new AtomicLong();
    private final AtomicLong eventsDropped = new AtomicLong();
    private long nextEvent;

    void add(Example example) {
        synchronized (examples) {
            if (examples.size() >= MOST_EXAMPLES) {
                examplesDropped.incrementAndGet();
            } else {
                examples.addLast(example);
            }
        }
    }

    void add(Event event) {
        synchronized (events) {
            if (events.size() >= MOST_EVENTS) {
                events.removeFirst();
                eventsDropped.incrementAndGet();
            }
            events.addLast(new JournalBatch.Numbered(nextEvent++, event));
        }
    }

    /** The oldest examples, which stay until {@link #remove}. */
    List<Example> examples(int most) {
        synchronized (examples) {
            return examples.stream().limit(most).toList();
        }
    }

    /** All events, which stay until {@link #remove}. */
    List<JournalBatch.Numbered> events() {
        synchronized (events) {
            return new ArrayList<>(events);
        }
    }

    /** Forgets what the store has taken; events may have been pushed out meanwhile, so their numbers decide. */
    void remove(JournalBatch written) {
        synchronized (examples) {
            for (int i = 0; i < written.examples().size(); i++) {
                examples.removeFirst();
            }
        }
        int taken = written.events().size();
        long last = taken == 0 ? -1 : written.events().get(taken - 1).number();
        synchronized (events) {
            while (!events.isEmpty() && events.peekFirst().number() <= last) {
                events.removeFirst();
            }
        }
    }

    int waitingExamples() {
        synchronized (examples) {
            return examples.size();
        }
    }

    long examplesDropped() {
        return examplesDropped.get();
    }

    long eventsDropped() {
        return eventsDropped.get();
    }
}
