package io.culprit.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import org.junit.jupiter.api.Test;

class OutcomeRingTest {
    /** Whatever clients send, a log that is stuck must not fill the memory. */
    @Test
    void longUrlsAreBoundedByTheirLengthNotTheirNumber() {
        OutcomeRing ring = new OutcomeRing(1024, 100_000);
        Outcome big = Outcomes.failed(Cause.HEAD_RESET, 1, "/" + "x".repeat(30_000));
        for (int i = 0; i < 10; i++) {
            ring.offer(big);
        }
        assertEquals(7, ring.dropped());
        for (int i = 0; i < 3; i++) {
            assertSame(big, ring.poll());
        }
        assertNull(ring.poll());
        ring.offer(big);
        assertSame(big, ring.poll());
    }

    @Test
    void aFullRingDropsAndCounts() {
        OutcomeRing ring = new OutcomeRing(4, 1 << 20);
        for (int i = 0; i < 6; i++) {
            ring.offer(Outcomes.well(i));
        }
        assertEquals(2, ring.dropped());
        assertEquals(0, ring.poll().epochMillis());
    }
}
