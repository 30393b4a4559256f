package io.culprit.triage.read;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Numbers for names that are given as bytes, without making a text of each. Bounded: its owner empties it when it is full. */
final class Names {
    private static final int MOST = 4_096;
    private static final int SLOTS = 4 * MOST;

    private final int[] slots = new int[SLOTS];
    private final long[] hashes = new long[MOST];
    private final byte[][] values = new byte[MOST][];
    private int size;

    /** The name's number, -1 where there is no room for another. */
    int id(byte[] bytes, int from, int to) {
        long hash = Bytes.hash(bytes, from, to);
        int slot = (int) hash & SLOTS - 1;
        while (slots[slot] != 0) {
            int id = slots[slot] - 1;
            if (hashes[id] == hash && Arrays.equals(bytes, from, to, values[id], 0, values[id].length)) {
                return id;
            }
            slot = slot + 1 & SLOTS - 1;
        }
        if (size == MOST) {
            return -1;
        }
        slots[slot] = size + 1;
        hashes[size] = hash;
        values[size] = Arrays.copyOfRange(bytes, from, to);
        return size++;
    }

    int size() {
        return size;
    }

    /** Its bytes, one character each. */
    String name(int id) {
        return new String(values[id], StandardCharsets.ISO_8859_1);
    }

    byte[] bytes(int id) {
        return values[id];
    }

    void clear() {
        Arrays.fill(slots, 0);
        Arrays.fill(values, 0, size, null);
        size = 0;
    }
}
