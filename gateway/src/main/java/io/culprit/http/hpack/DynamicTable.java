package io.culprit.http.hpack;

/** The fields a peer has had added, the latest first (RFC 7541 section 2.3.2). Owned by one IO thread. */
final class DynamicTable {
    /** What an entry weighs beside its bytes (RFC 7541 section 4.1). */
    private static final int OVERHEAD = 32;

    private byte[][] names = {};
    private byte[][] values = {};
    private int newest;
    private int count;
    private int size;
    private int limit;

    DynamicTable(int limit) {
        this.limit = limit;
    }

    int count() {
        return count;
    }

    /** Bytes of memory its entries take. */
    int size() {
        return size;
    }

    /** @param index 0 for the latest */
    byte[] name(int index) {
        return names[slot(index)];
    }

    byte[] value(int index) {
        return values[slot(index)];
    }

    private int slot(int index) {
        return Math.floorMod(newest - index, names.length);
    }

    void limit(int newLimit) {
        limit = newLimit;
        evict(0);
    }

    /** One that is larger than the table empties it and is not added (RFC 7541 section 4.4). */
    void add(byte[] name, byte[] value) {
        int weight = name.length + value.length + OVERHEAD;
        evict(weight);
        if (weight > limit) {
            return;
        }
        if (count == names.length) {
            grow();
        }
        newest = (newest + 1) % names.length;
        names[newest] = name;
        values[newest] = value;
        count++;
        size += weight;
    }

    private void evict(int weight) {
        while (count > 0 && size + weight > limit) {
            int oldest = slot(count - 1);
            size -= names[oldest].length + values[oldest].length + OVERHEAD;
            names[oldest] = null;
            values[oldest] = null;
            count--;
        }
    }

    private void grow() {
        int capacity = Math.max(16, 2 * names.length);
        byte[][] moreNames = new byte[capacity][];
        byte[][] moreValues = new byte[capacity][];
        for (int i = 0; i < count; i++) {
            moreNames[count - 1 - i] = name(i);
            moreValues[count - 1 - i] = value(i);
        }
        names = moreNames;
        values = moreValues;
        newest = count - 1;
    }
}
