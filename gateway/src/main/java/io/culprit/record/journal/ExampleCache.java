package io.culprit.record.journal;

import io.culprit.record.journal.store.Example;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The latest examples of each cause at each upstream, in memory: what the dashboard shows when there is no journal, or
 * none that can be read. Thread-safe.
 */
public final class ExampleCache {
    private static final int EACH = 5;
    private static final int MOST_KEYS = 200;

    private record Key(String upstream, String cause) {}

    /** In order of the last example, so that the longest forgotten goes first. */
    private final Map<Key, Deque<Example>> examples = new LinkedHashMap<>(16, 0.75f, true);

    /** Keeps it in place of the oldest of its kind. */
    public synchronized void put(Example example) {
        Deque<Example> some =
                examples.computeIfAbsent(new Key(example.upstream(), example.cause()), k -> new ArrayDeque<>());
        some.addFirst(example);
        if (some.size() > EACH) {
            some.removeLast();
        }
        if (examples.size() > MOST_KEYS) {
            examples.remove(examples.keySet().iterator().next());
        }
    }

    /** Newest first. */
    public synchronized List<Example> find(ExampleFilter filter, int most) {
        return examples.values().stream()
                .flatMap(Deque::stream)
                .filter(filter::takes)
                .sorted(Comparator.comparingLong(Example::epochMillis).reversed())
                .limit(most)
                .toList();
    }

    /** The one with this request id. */
    public synchronized Optional<Example> find(String requestId) {
        return examples.values().stream()
                .flatMap(Deque::stream)
                .filter(e -> e.requestId().equals(requestId))
                .findFirst();
    }
}
