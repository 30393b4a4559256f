package io.culprit.files;

import java.util.ArrayList;
import java.util.List;

/**
 * Which bytes of a file a request wants (RFC 9110 section 14.1.2).
 *
 * @param kind what to answer with
 * @param ranges in the order they were asked for, empty unless {@code kind} is {@link Kind#PARTS}
 */
record ByteRanges(Kind kind, List<Range> ranges) {
    /** More than these are a way to make one request cost many files (RFC 9110 section 17.15). */
    static final int MOST = 32;

    private static final String UNIT = "bytes=";

    /** What becomes of a Range field. */
    enum Kind {
        /** There is none, or one to be ignored: the whole file. */
        WHOLE,
        /** Some of the ranges can be had. */
        PARTS,
        /** None of them can: 416. */
        UNSATISFIABLE
    }

    /**
     * @param first offset of the first byte
     * @param last offset of the last byte
     */
    record Range(long first, long last) {
        long length() {
            return last - first + 1;
        }
    }

    private static final ByteRanges ALL = new ByteRanges(Kind.WHOLE, List.of());

    /**
     * Reads a Range field. One that breaks the grammar, has another unit or wants more bytes than the file has altogether is
     * ignored, as the RFC allows.
     *
     * @param field its value, empty for none
     * @param size bytes of the file
     */
    static ByteRanges of(String field, long size) {
        if (!field.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return ALL;
        }
        List<Range> found = new ArrayList<>();
        String[] parts = field.substring(UNIT.length()).split(",", -1);
        if (parts.length > MOST) {
            return ALL;
        }
        long sum = 0;
        for (String part : parts) {
            String text = part.trim();
            int dash = text.indexOf('-');
            long first = number(text, 0, dash);
            long last = number(text, dash + 1, text.length());
            if (dash < 0
                    || first == BAD
                    || last == BAD
                    || first == NONE && last == NONE
                    || last != NONE && first > last) {
                return ALL;
            }
            Range range = first == NONE
                    ? new Range(Math.max(0, size - last), size - 1)
                    : new Range(first, last == NONE ? size - 1 : Math.min(last, size - 1));
            if (range.first() < size && range.length() > 0) {
                found.add(range);
                sum += range.length();
            }
        }
        if (found.isEmpty()) {
            return new ByteRanges(Kind.UNSATISFIABLE, List.of());
        }
        return sum > size ? ALL : new ByteRanges(Kind.PARTS, List.copyOf(found));
    }

    private static final long NONE = -1;
    private static final long BAD = -2;

    private static long number(String text, int from, int to) {
        if (from >= to) {
            return from == to ? NONE : BAD;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return BAD;
            }
            value = value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
        }
        return value;
    }
}
