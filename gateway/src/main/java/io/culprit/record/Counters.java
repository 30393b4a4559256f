package io.culprit.record;

import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Exact counts since the start, kept per IO thread so that counting needs no shared cache line; readers add them up.
 * {@code requests = delivered + failed + client gone} holds at any quiet moment.
 */
public final class Counters {
    private static final int ENDINGS = Outcome.Ending.values().length;
    private static final int CAUSES = Cause.values().length;
    private static final int FINAL = ENDINGS;
    private static final int ATTEMPTS = FINAL + CAUSES;
    private static final int RETRIES = ATTEMPTS + CAUSES;
    private static final int SIZE = RETRIES + 1;

    private final AtomicLongArray[] perLoop;

    Counters(int loops) {
        perLoop = new AtomicLongArray[loops];
        for (int i = 0; i < loops; i++) {
            perLoop[i] = new AtomicLongArray(SIZE);
        }
    }

    /** Called on the IO thread with this number. */
    void count(int loop, Outcome outcome) {
        AtomicLongArray counts = perLoop[loop];
        add(counts, outcome.ending().ordinal(), 1);
        if (outcome.failure() != null) {
            add(counts, FINAL + outcome.failure().cause().ordinal(), 1);
        }
        var attempts = outcome.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            if (attempt.failure() != null) {
                add(counts, ATTEMPTS + attempt.failure().cause().ordinal(), 1);
            }
        }
        if (attempts.size() > 1) {
            add(counts, RETRIES, attempts.size() - 1L);
        }
    }

    private static void add(AtomicLongArray counts, int index, long n) {
        counts.setRelease(index, counts.getPlain(index) + n);
    }

    private long sum(int index) {
        long total = 0;
        for (AtomicLongArray counts : perLoop) {
            total += counts.getAcquire(index);
        }
        return total;
    }

    /** Requests that ended like this. */
    public long ended(Outcome.Ending ending) {
        return sum(ending.ordinal());
    }

    /** Requests that ended, however. */
    public long requests() {
        long total = 0;
        for (int i = 0; i < ENDINGS; i++) {
            total += sum(i);
        }
        return total;
    }

    /** Attempts beyond the first of each request. */
    public long retries() {
        return sum(RETRIES);
    }

    /** Requests by the cause they ended with; causes that never occurred are absent. */
    public Map<Cause, Long> byCause() {
        return causes(FINAL);
    }

    /** Failed attempts by cause, those that were repeated included. */
    public Map<Cause, Long> attemptsByCause() {
        return causes(ATTEMPTS);
    }

    private Map<Cause, Long> causes(int base) {
        Map<Cause, Long> counts = new EnumMap<>(Cause.class);
        for (Cause cause : Cause.values()) {
            long n = sum(base + cause.ordinal());
            if (n > 0) {
                counts.put(cause, n);
            }
        }
        return counts;
    }
}
