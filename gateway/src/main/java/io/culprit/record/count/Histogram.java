package io.culprit.record.count;

import io.culprit.failure.Trace;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Durations by bucket. Recording is a search among a few bounds and two plain additions. Written by one IO thread, read
 * by any.
 */
final class Histogram {
    private static final long[] BOUNDS = Buckets.nanos();
    private static final int SUM = BOUNDS.length + 1;
    private static final int LONGEST = SUM + 1;

    private final AtomicLongArray counts = new AtomicLongArray(LONGEST + 1);
    private final AtomicReferenceArray<Exemplar> exemplars = new AtomicReferenceArray<>(SUM);

    /** Counts a duration; one that did not happen (negative) is not counted. */
    void record(long nanos) {
        if (nanos >= 0) {
            add(bucket(nanos), 1);
            add(SUM, nanos);
            if (nanos > counts.getPlain(LONGEST)) {
                counts.setRelease(LONGEST, nanos);
            }
        }
    }

    /** Lets a request stand for its bucket. */
    void remember(long nanos, Trace trace, long epochMillis) {
        exemplars.setRelease(bucket(nanos), new Exemplar(trace, nanos / 1e9, epochMillis));
    }

    private void add(int index, long n) {
        counts.setRelease(index, counts.getPlain(index) + n);
    }

    private static int bucket(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanos > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    /** Adds what was recorded to a sum over all threads. */
    void addTo(Durations sum) {
        for (int i = 0; i < SUM; i++) {
            Exemplar exemplar = exemplars.getAcquire(i);
            sum.add(i, counts.getAcquire(i), exemplar == null ? Exemplar.NONE : exemplar);
        }
        sum.addNanos(counts.getAcquire(SUM));
        sum.longest(counts.getAcquire(LONGEST));
    }
}
