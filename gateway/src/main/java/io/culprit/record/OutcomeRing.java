package io.culprit.record;

import io.culprit.failure.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A bounded queue from one IO thread to the recording thread. Offering is one ordered write; a full ring drops. */
final class OutcomeRing {
    private final AtomicReferenceArray<Outcome> slots;
    private final int mask;
    private final AtomicLong dropped = new AtomicLong();
    private long head;
    private long tail;

    /**
     * @param capacity a power of two
     */
    OutcomeRing(int capacity) {
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    /** Called by the one producing thread. */
    void offer(Outcome outcome) {
        int slot = (int) tail & mask;
        if (slots.getPlain(slot) != null && slots.getAcquire(slot) != null) {
            dropped.lazySet(dropped.getPlain() + 1);
            return;
        }
        slots.setRelease(slot, outcome);
        tail++;
    }

    /** Called by the one consuming thread; null when empty. */
    Outcome poll() {
        int slot = (int) head & mask;
        Outcome outcome = slots.getAcquire(slot);
        if (outcome != null) {
            slots.setRelease(slot, null);
            head++;
        }
        return outcome;
    }

    long dropped() {
        return dropped.get();
    }
}
