package io.culprit.triage.tally;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts by second, in bounded memory: where too many different seconds occur, neighbours are put together, by twos, as often as
 * needed.
 */
public final class Timeline implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int MOST = 1 << 16;
    private static final long EMPTY = Long.MIN_VALUE;

    private long[] keys = filled(256);
    private long[] counts = new long[256];
    private int size;
    private int shift;
    private long lastKey = EMPTY;
    private int lastSlot;

    private static long[] filled(int length) {
        long[] keys = new long[length];
        java.util.Arrays.fill(keys, EMPTY);
        return keys;
    }

    void add(long second, long count) {
        long key = second >> shift;
        if (key == lastKey) {
            counts[lastSlot] += count;
            return;
        }
        int slot = slot(keys, key);
        if (keys[slot] == EMPTY) {
            if (size * 2 >= keys.length) {
                grow();
                add(second, count);
                return;
            }
            keys[slot] = key;
            size++;
        }
        counts[slot] += count;
        lastKey = key;
        lastSlot = slot;
    }

    private static int slot(long[] keys, long key) {
        int mask = keys.length - 1;
        int at = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & mask;
        while (keys[at] != EMPTY && keys[at] != key) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        boolean coarser = size >= MOST;
        long[] oldKeys = keys;
        long[] oldCounts = counts;
        keys = filled(coarser ? oldKeys.length : oldKeys.length * 2);
        counts = new long[keys.length];
        size = 0;
        lastKey = EMPTY;
        shift += coarser ? 1 : 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != EMPTY) {
                long key = coarser ? oldKeys[i] >> 1 : oldKeys[i];
                int slot = slot(keys, key);
                size += keys[slot] == EMPTY ? 1 : 0;
                keys[slot] = key;
                counts[slot] += oldCounts[i];
            }
        }
    }

    void clear() {
        keys = filled(256);
        counts = new long[256];
        size = 0;
        lastKey = EMPTY;
    }

    void merge(Timeline other) {
        other.bySecond().forEach(this::add);
    }

    /** Count from one second to another, both included. */
    public long between(long from, long to) {
        long sum = 0;
        for (Map.Entry<Long, Long> each :
                bySecond().subMap(from, true, to, true).entrySet()) {
            sum += each.getValue();
        }
        return sum;
    }

    /** Seconds a count stands for. */
    public long resolution() {
        return 1L << shift;
    }

    /** All counts in order; a key is the first second of what it stands for. */
    public TreeMap<Long, Long> bySecond() {
        TreeMap<Long, Long> sorted = new TreeMap<>();
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != EMPTY) {
                sorted.put(keys[i] << shift, counts[i]);
            }
        }
        return sorted;
    }

    /** Whether nothing was counted. */
    public boolean isEmpty() {
        return size == 0;
    }
}
