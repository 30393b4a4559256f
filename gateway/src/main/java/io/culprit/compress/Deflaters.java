package io.culprit.compress;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.Deflater;

/**
 * Deflaters of one IO thread, kept for the next response: to make one costs more than to compress a page. Owned by the thread
 * that asks for it.
 */
final class Deflaters {
    /** What zlib takes for one with a window of 32 KiB and its usual memory level, in bytes. */
    static final int WEIGHT = 272 << 10;

    private static final int KEPT = 8;
    private static final int BUFFER = 16 << 10;
    private static final ThreadLocal<Deflaters> OF_THREAD = ThreadLocal.withInitial(Deflaters::new);

    private final Deque<Deflater> idle = new ArrayDeque<>(KEPT);

    /** Where compressed bytes, and those of files, are put for a moment. */
    final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);

    final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);

    private Deflaters() {}

    static Deflaters ofThread() {
        return OF_THREAD.get();
    }

    /** @param level 1 to 9 */
    Deflater take(int level) {
        Deflater deflater = idle.poll();
        if (deflater == null) {
            return new Deflater(level, true);
        }
        deflater.setLevel(level);
        return deflater;
    }

    void giveBack(Deflater deflater) {
        if (idle.size() < KEPT) {
            deflater.reset();
            idle.push(deflater);
        } else {
            deflater.end();
        }
    }
}
