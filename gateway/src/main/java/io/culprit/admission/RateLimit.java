package io.culprit.admission;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many requests each client network may make: nginx's {@code limit_req} with {@code nodelay}, by the generic cell rate
 * algorithm. An IPv6 client is its /64. Memory is bounded: networks that have been quiet are forgotten. Thread-safe.
 */
public final class RateLimit {
    private static final int MOST = 200_000;

    private final long emissionNanos;
    private final long burstNanos;
    private final ConcurrentHashMap<ByteBuffer, Long> due = new ConcurrentHashMap<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();

    /**
     * @param perSecond requests a second, above 0
     * @param burst how many may come at once beyond that, 0 or more
     */
    public RateLimit(double perSecond, int burst) {
        this.emissionNanos = (long) (1e9 / perSecond);
        this.burstNanos = emissionNanos * burst;
    }

    /**
     * Counts a request that comes now.
     *
     * @param client its address, 4 or 16 bytes
     * @param now of {@link System#nanoTime}
     * @return 0 when it may be made, else nanoseconds until one may
     */
    public long take(byte[] client, long now) {
        if (due.size() > MOST) {
            sweep(now);
        }
        long[] wait = new long[1];
        due.compute(ByteBuffer.wrap(client, 0, Math.min(8, client.length)).slice(), (network, before) -> {
            long next = before == null || before - now < 0 ? now : before;
            if (next - now > burstNanos) {
                wait[0] = next - now - burstNanos;
                return before;
            }
            return next + emissionNanos;
        });
        return wait[0];
    }

    private void sweep(long now) {
        if (sweeping.compareAndSet(false, true)) {
            due.values().removeIf(next -> next - now < 0);
            if (due.size() > MOST) {
                due.clear(); // an attack from more networks than can be counted: nobody is bounded for a moment
            }
            sweeping.set(false);
        }
    }
}
