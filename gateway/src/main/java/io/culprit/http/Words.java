package io.culprit.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks at eight bytes at a time (SIMD within a register): most bytes of a head are neither a line end nor forbidden, and
 * passing them quickly is what a fast parser does. Stateless.
 */
final class Words {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long LINE_FEEDS = ONES * '\n';
    private static final long SPACES = ONES * ' ';
    private static final long DELETES = ONES * 127;

    private Words() {}

    /** Index of the first LF in {@code bytes[from, to)}, or {@code to}. */
    static int lineFeed(byte[] bytes, int from, int to) {
        int at = from;
        for (; at + 8 <= to; at += 8) {
            long other = (long) LONG.get(bytes, at) ^ LINE_FEEDS;
            long found = other - ONES & ~other & HIGHS; // the lowest bit set is exact: the first zero byte
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (at < to && bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    /** Index of the first byte of {@code bytes[from, to)} that may not stand in a field value, or {@code to}. */
    static int forbidden(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (at + 8 <= to && allPlain((long) LONG.get(bytes, at))) {
                at += 8;
            } else if (Grammar.isFieldByte(bytes[at])) {
                at++;
            } else {
                return at;
            }
        }
        return to;
    }

    /** True only when no byte is below space or DEL; bytes from 0x80 on and tabs are left to the closer look. */
    private static boolean allPlain(long word) {
        long del = word ^ DELETES;
        return ((word - SPACES | del - ONES | word) & HIGHS) == 0;
    }
}
