package io.culprit.triage.read;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Looks through bytes eight at a time. */
final class Bytes {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private Bytes() {}

    /** Eight bytes as a number. */
    static long eight(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    /** Index of the first such byte, -1 where there is none: a byte of the exclusive or is zero where it stands. */
    static int find(byte[] bytes, int from, int to, byte wanted) {
        long pattern = ONES * (wanted & 0xff);
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long word = (long) LONGS.get(bytes, i) ^ pattern;
            long found = (word - ONES) & ~word & HIGH;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** A number that differs for different bytes more often than not. */
    static long hash(byte[] bytes, int from, int to) {
        long hash = (long) to - from;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            hash = (hash ^ (long) LONGS.get(bytes, i)) * MIX;
            hash ^= hash >>> 29;
        }
        long rest = 0;
        if (i < to && to - from >= 8) {
            rest = (long) LONGS.get(bytes, to - 8); // some bytes count twice, which does no harm
        } else {
            for (; i < to; i++) {
                rest = rest << 8 | bytes[i] & 0xff;
            }
        }
        hash = (hash ^ rest) * MIX;
        return hash ^ hash >>> 32;
    }

    /** Whether the text stands there. */
    static boolean at(byte[] bytes, int from, int to, byte[] text) {
        return to - from >= text.length && Arrays.equals(bytes, from, from + text.length, text, 0, text.length);
    }
}
