package io.culprit.http.hpack;

import java.util.Arrays;

/**
 * Decodes header blocks of one connection, each whole (RFC 7541). A field that the receiver does not want is decoded all the
 * same: the table must stay what the peer believes it is. Owned by one IO thread.
 */
public final class HpackDecoder {
    /** What SETTINGS_HEADER_TABLE_SIZE is unless something else was said, in bytes (RFC 9113 section 6.5.2). */
    public static final int TABLE_SIZE = 4096;

    /** Who gets the fields. */
    @FunctionalInterface
    public interface Fields {
        /** One field; the arrays are not to be changed, and hold more than it. */
        void field(byte[] name, int nameStart, int nameEnd, byte[] value, int valueStart, int valueEnd);
    }

    private static final byte[] NO_BYTES = {};

    /** Bytes of text that are kept for the next block. */
    private static final int SCRATCH_KEPT = 4096;

    private final DynamicTable table = new DynamicTable(TABLE_SIZE);
    private byte[] block = NO_BYTES;
    private int at;
    private int end;
    private byte[] scratch = NO_BYTES;
    private byte[] name = NO_BYTES;
    private int nameStart;
    private int nameEnd;
    private byte[] value = NO_BYTES;
    private int valueStart;
    private int valueEnd;

    /** Bytes of memory that stay between blocks: its table's, and those of a buffer for text. */
    public int held() {
        return table.size() + scratch.length;
    }

    /** Size of its table, as RFC 7541 section 4.1 counts it. */
    int tableSize() {
        return table.size();
    }

    /**
     * Decodes {@code bytes[from, to)}, one whole block.
     *
     * @throws HpackException when it is broken: nothing more can be decoded on this connection
     */
    public void decode(byte[] bytes, int from, int to, Fields fields) throws HpackException {
        block = bytes;
        at = from;
        end = to;
        if (scratch.length < 2 * (to - from)) {
            scratch = new byte[2 * (to - from)]; // a Huffman string grows by 8/5 at most
        }
        boolean any = false;
        try {
            while (at < end) {
                int first = block[at];
                if ((first & 0x80) != 0) {
                    indexed(integer(7));
                    any = true;
                } else if ((first & 0xe0) == 0x20) {
                    if (any) {
                        throw new HpackException("a table size update behind a field");
                    }
                    resize(integer(5));
                    continue;
                } else {
                    boolean adds = (first & 0x40) != 0;
                    literal(integer(adds ? 6 : 4));
                    any = true;
                    if (adds) {
                        table.add(
                                Arrays.copyOfRange(name, nameStart, nameEnd),
                                Arrays.copyOfRange(value, valueStart, valueEnd));
                    }
                }
                fields.field(name, nameStart, nameEnd, value, valueStart, valueEnd);
            }
        } finally {
            block = NO_BYTES;
            name = NO_BYTES;
            value = NO_BYTES;
            if (scratch.length > SCRATCH_KEPT) {
                scratch = NO_BYTES; // idle connections hold little
            }
        }
    }

    private void resize(int size) throws HpackException {
        if (size > TABLE_SIZE) {
            throw new HpackException("a table size of %d, %d is allowed".formatted(size, TABLE_SIZE));
        }
        table.limit(size);
    }

    private void indexed(int index) throws HpackException {
        name(index);
        value = index <= StaticTable.LENGTH ? StaticTable.value(index) : table.value(index - StaticTable.LENGTH - 1);
        valueStart = 0;
        valueEnd = value.length;
    }

    private void name(int index) throws HpackException {
        if (index == 0 || index > StaticTable.LENGTH + table.count()) {
            throw new HpackException(
                    "index %d, the table ends at %d".formatted(index, StaticTable.LENGTH + table.count()));
        }
        name = index <= StaticTable.LENGTH ? StaticTable.name(index) : table.name(index - StaticTable.LENGTH - 1);
        nameStart = 0;
        nameEnd = name.length;
    }

    private void literal(int index) throws HpackException {
        int used = 0;
        if (index > 0) {
            name(index);
        } else {
            used = string(0);
            name = value;
            nameStart = valueStart;
            nameEnd = valueEnd;
        }
        string(used);
    }

    /**
     * Reads a string into {@link #value}.
     *
     * @param used bytes of the scratch that are in use
     * @return bytes of the scratch that are in use then
     */
    private int string(int used) throws HpackException {
        if (at == end) {
            throw new HpackException("a block that ends before a string");
        }
        boolean huffman = (block[at] & 0x80) != 0;
        int length = integer(7);
        if (length > end - at) {
            throw new HpackException("a string of %d bytes, %d are left of the block".formatted(length, end - at));
        }
        int start = at;
        at += length;
        if (!huffman) {
            value = block;
            valueStart = start;
            valueEnd = at;
            return used;
        }
        valueEnd = Huffman.decode(block, start, at, scratch, used);
        value = scratch;
        valueStart = used;
        return valueEnd;
    }

    /** RFC 7541 section 5.1, with the first byte's upper bits ignored. */
    private int integer(int prefix) throws HpackException {
        int mask = (1 << prefix) - 1;
        int result = block[at++] & mask;
        if (result < mask) {
            return result;
        }
        for (int shift = 0; shift <= 21; shift += 7) {
            if (at == end) {
                throw new HpackException("a block that ends within a number");
            }
            int next = block[at++];
            result += (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return result;
            }
        }
        throw new HpackException("a number beyond 2^28");
    }
}
