package io.culprit.http;

import java.util.ArrayDeque;

/**
 * The memory of heads that nobody reads at the moment: a kept connection between two requests needs none. Owned by one
 * IO thread.
 */
public final class HeadPool {
    /** Bytes of a pooled head: larger than nearly every head. A longer one is left to the garbage collector. */
    static final int BYTES = 1024;

    /** Header lines of a pooled head. */
    static final int LINES = 32;

    private static final int MOST = 256;

    private final ArrayDeque<byte[]> bytes = new ArrayDeque<>();
    private final ArrayDeque<int[]> spans = new ArrayDeque<>();

    byte[] takeBytes() {
        byte[] pooled = bytes.pollLast();
        return pooled == null ? new byte[BYTES] : pooled;
    }

    int[] takeSpans() {
        int[] pooled = spans.pollLast();
        return pooled == null ? new int[LINES * HeaderBlock.STRIDE] : pooled;
    }

    void give(byte[] usedBytes, int[] usedSpans) {
        if (usedBytes.length == BYTES && bytes.size() < MOST) {
            bytes.addLast(usedBytes);
        }
        if (usedSpans.length == LINES * HeaderBlock.STRIDE && spans.size() < MOST) {
            spans.addLast(usedSpans);
        }
    }
}
