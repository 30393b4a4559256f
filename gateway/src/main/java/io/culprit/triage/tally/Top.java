package io.culprit.triage.tally;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts by name for any number of names in bounded memory: where there are too many, the rarer half is forgotten, and no name that
 * has more than {@link #forgotten()} is missing.
 */
public final class Top implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int MOST = 4_096;
    private static final int LONGEST = 200;

    private final Map<String, long[]> counts = new HashMap<>();
    private long forgotten;

    /** A name and its count. */
    public record Entry(String name, long count) {}

    void add(String name, long amount) {
        if (name.isEmpty()) {
            return;
        }
        long[] count = counts.get(name);
        if (count == null) {
            if (counts.size() >= MOST) {
                forget();
            }
            count = new long[1];
            counts.put(name.length() > LONGEST ? name.substring(0, LONGEST) : name, count);
        }
        count[0] += amount;
    }

    void clear() {
        counts.clear();
    }

    void merge(Top other) {
        other.counts.forEach((name, count) -> add(name, count[0]));
        forgotten = Math.max(forgotten, other.forgotten);
    }

    private void forget() {
        long[] sorted = counts.values().stream().mapToLong(c -> c[0]).sorted().toArray();
        long limit = sorted[sorted.length / 2];
        counts.values().removeIf(c -> c[0] <= limit);
        forgotten += limit;
    }

    /** Names as they are counted, at most. */
    public long forgotten() {
        return forgotten;
    }

    /** Different names, the forgotten ones left out. */
    public int size() {
        return counts.size();
    }

    /** The most frequent, most first; equal ones by name. */
    public List<Entry> first(int most) {
        List<Entry> all = new ArrayList<>();
        counts.forEach((name, count) -> all.add(new Entry(Exhibit.decoded(name), count[0])));
        all.sort(Comparator.comparingLong(Entry::count).reversed().thenComparing(Entry::name));
        return List.copyOf(all.subList(0, Math.min(most, all.size())));
    }

    /** The most frequent one's name, empty when there is none. */
    public String first() {
        List<Entry> one = first(1);
        return one.isEmpty() ? "" : one.get(0).name();
    }

    /** The count of a name. */
    public long of(String name) {
        long[] count = counts.get(name);
        return count == null ? 0 : count[0];
    }
}
