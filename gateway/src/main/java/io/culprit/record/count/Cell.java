package io.culprit.record.count;

import io.culprit.failure.Trace;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One exact count, for even and for odd minutes apart. A reader that looks more often than once a minute can therefore
 * tell which minute every increment belongs to, however late it looks, and neither side waits for the other. Written
 * by one IO thread, read by any.
 */
final class Cell {
    /** Examples that a key may give before they are rationed. */
    private static final int FREE_EXAMPLES = 5;

    /** Pause between two further examples, in milliseconds. */
    private static final long EXAMPLE_EVERY = 10_000;

    private final AtomicLongArray byParity = new AtomicLongArray(2);
    private int examples;
    private long lastExampleMillis;
    private volatile Exemplar exemplar = Exemplar.NONE;

    void add(int parity) {
        byParity.setRelease(parity, byParity.getPlain(parity) + 1);
    }

    long of(int parity) {
        return byParity.getAcquire(parity);
    }

    long total() {
        return of(0) + of(1);
    }

    /** Whether this occurrence should be kept as an example; the first ones always, then one every ten seconds. */
    boolean exampleDue(long millis) {
        if (examples >= FREE_EXAMPLES && millis - lastExampleMillis < EXAMPLE_EVERY) {
            return false;
        }
        examples++;
        lastExampleMillis = millis;
        return true;
    }

    void remember(Trace trace, long millis) {
        exemplar = new Exemplar(trace, 1, millis);
    }

    Exemplar exemplar() {
        return exemplar;
    }
}
