package io.culprit.upstream;

import io.culprit.failure.Text;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How an upstream treats connections that idle: what it announces ({@code Keep-Alive: timeout=}) and the closes that were
 * seen. Both are what a "random 502" on a kept connection comes from. Thread-safe.
 */
public final class IdleHabit {
    /** Closes looked at, the latest. */
    private static final int KEPT = 16;

    /** Closes that agree before a timeout is said to be known. */
    private static final int ENOUGH = 3;

    /** A timeout's closes differ by its clock's ticks only. */
    private static final double SPREAD = 0.2;

    /** Close to the end of its idle time, a connection may be closed while a request is on its way. */
    private static final double SAFE = 0.8;

    /** A close speaks so long for those to come: an upstream that was restarted closes all it had, once. */
    private static final long SPEAKS_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier clock;
    private final long[] seen = new long[KEPT];
    private final long[] seenAt = new long[KEPT];
    private int count;
    private volatile boolean any;
    private volatile long announcedNanos = Long.MAX_VALUE;

    /**
     * @param clock {@link System#nanoTime}, or a test's
     */
    IdleHabit(LongSupplier clock) {
        this.clock = clock;
    }

    /** The upstream said how long it keeps idle connections. */
    public void announced(long nanos) {
        if (announcedNanos != nanos) {
            announcedNanos = nanos;
        }
    }

    /** The upstream closed a connection that had idled so long. */
    public synchronized void closedAfter(long nanos) {
        seen[count % KEPT] = nanos;
        seenAt[count++ % KEPT] = clock.getAsLong();
        any = true;
    }

    private synchronized long shortestLately() {
        long now = clock.getAsLong();
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < Math.min(count, KEPT); i++) {
            if (now - seenAt[i] < SPEAKS_NANOS) {
                shortest = Math.min(shortest, seen[i]);
            }
        }
        return shortest;
    }

    /** How long a connection may have idled for a request that cannot be repeated, in nanoseconds. */
    public long safeNanos() {
        long shortest = Math.min(announcedNanos, any ? shortestLately() : Long.MAX_VALUE);
        return shortest == Long.MAX_VALUE ? shortest : (long) (shortest * SAFE);
    }

    /** How long a connection is worth keeping at most, in nanoseconds: not beyond what was announced. */
    public long keptNanos(long configured) {
        return Math.min(configured, announcedNanos);
    }

    /** The idle timeout that the closes seen agree on, in nanoseconds; empty while they do not. */
    public synchronized Optional<Long> timeoutNanos() {
        int n = Math.min(count, KEPT);
        if (n < ENOUGH) {
            return Optional.empty();
        }
        long[] sorted = Arrays.copyOf(seen, n);
        Arrays.sort(sorted);
        long median = sorted[n / 2];
        long spread = sorted[n - 1] - sorted[0];
        return spread <= median * SPREAD ? Optional.of(median) : Optional.empty();
    }

    /**
     * One sentence where connections are kept longer than the upstream does.
     *
     * @param configuredNanos {@code keepalive.idle}
     */
    public Optional<String> finding(long configuredNanos) {
        return timeoutNanos()
                .filter(timeout -> timeout < configuredNanos)
                .map(timeout -> "this upstream closes kept connections after %s; keepalive.idle is %s"
                        .formatted(Text.duration(timeout), Text.duration(configuredNanos)));
    }
}
