package io.culprit.record;

import io.culprit.failure.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A queue from one IO thread to the recording thread, bounded in outcomes and in bytes, since a client may send long
 * URLs. Offering is one ordered write; a full ring drops.
 */
final class OutcomeRing {
    private final AtomicReferenceArray<Outcome> slots;
    private final int mask;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final long mostChars;
    private long offered;
    private long head;
    private long tail;

    /**
     * @param capacity a power of two
     * @param mostChars characters of foreign text that may wait in it
     */
    OutcomeRing(int capacity, long mostChars) {
        this.mostChars = mostChars;
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    /** Called by the one producing thread. */
    void offer(Outcome outcome) {
        int slot = (int) tail & mask;
        int chars = chars(outcome);
        boolean full = slots.getPlain(slot) != null && slots.getAcquire(slot) != null;
        if (full || offered + chars - taken.getAcquire() > mostChars) {
            dropped.lazySet(dropped.getPlain() + 1);
            return;
        }
        offered += chars;
        slots.setRelease(slot, outcome);
        tail++;
    }

    private static int chars(Outcome outcome) {
        return outcome.target().length()
                + outcome.referer().length()
                + outcome.userAgent().length();
    }

    /** Called by the one consuming thread; null when empty. */
    @Nullable
    Outcome poll() {
        int slot = (int) head & mask;
        Outcome outcome = slots.getAcquire(slot);
        if (outcome != null) {
            slots.setRelease(slot, null);
            taken.setRelease(taken.getPlain() + chars(outcome));
            head++;
        }
        return outcome;
    }

    long dropped() {
        return dropped.get();
    }
}
