package io.culprit.loop;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory that may be held for clients and upstreams over all IO threads: heads, bodies, replies, pooled buffers and
 * what a connection or a request weighs by itself. A part of heap and of direct memory only: the rest is the reserve that
 * the admin listener, logs, journal and the JVM live on. IO threads draw from it in chunks ({@link LoopMemory}), so that
 * the hot path pays plain additions. Thread-safe.
 */
public final class MemoryBudget {
    /** What is done about the memory that is held, each with all before it; in percent of the budget that is used. */
    public enum Level {
        FREE(0),
        /** Bodies and responses go to temporary files at once. */
        SPILL(50),
        /** Requests with a body are refused. */
        NO_BODIES(70),
        /** Unfinished heads and bodies end, those that are under way longest first. */
        EVICT(80),
        /** No client is accepted, idle ones are closed. */
        PAUSE(90),
        /** Nothing is held any more: whatever needs memory is refused. */
        EXHAUSTED(100);

        private static final Level[] ALL = values();

        private final int percent;

        Level(int percent) {
            this.percent = percent;
        }
    }

    /** One of heap and direct memory. */
    static final class Pool {
        private volatile long limit;
        private volatile long chunk;
        private final AtomicLong granted = new AtomicLong();

        private Pool(long limit) {
            limit(limit);
        }

        private void limit(long bytes) {
            limit = bytes;
            chunk = Math.max(4 << 10, Math.min(256 << 10, bytes / 256));
        }

        /** Bytes an IO thread draws at a time. */
        long chunk() {
            return chunk;
        }

        void grant(long bytes) {
            granted.addAndGet(bytes);
        }

        private long percent() {
            return granted.get() * 100 / limit;
        }

        private long above(int percent) {
            return granted.get() - limit / 100 * percent;
        }
    }

    /** What one client address holds beyond what every connection weighs. */
    static final class Share {
        private final AtomicLong held = new AtomicLong();
        private int accounts;

        void add(long bytes) {
            held.addAndGet(bytes);
        }

        long held() {
            return held.get();
        }
    }

    private static final int HEAP_PERCENT = 40;
    private static final int DIRECT_PERCENT = 60;

    final Pool heap;
    final Pool direct;
    private final long maxHeap;
    private final long maxDirect;
    private volatile long mostPerClient;
    private final Map<ByteBuffer, Share> shares = new ConcurrentHashMap<>();
    private final List<Runnable> relief = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<ByteBuffer> surplus = new ConcurrentLinkedQueue<>();
    private final AtomicInteger evictions = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();

    private MemoryBudget(long maxHeap, long maxDirect, int sharePercent) {
        this.maxHeap = maxHeap;
        this.maxDirect = maxDirect;
        this.heap = new Pool(maxHeap);
        this.direct = new Pool(maxDirect);
        this.mostPerClient = (maxHeap + maxDirect) / 100 * sharePercent;
    }

    /**
     * The budget of a JVM with this much memory.
     *
     * @param maxHeap bytes the heap may grow to
     * @param maxDirect bytes of direct memory
     * @param most bytes of each that are used at most, 0 for no further bound
     * @param sharePercent share of the whole that one client address may hold, 1 to 100
     */
    public static MemoryBudget of(long maxHeap, long maxDirect, long most, int sharePercent) {
        MemoryBudget budget =
                new MemoryBudget(maxHeap / 100 * HEAP_PERCENT, maxDirect / 100 * DIRECT_PERCENT, sharePercent);
        budget.limit(most, sharePercent);
        return budget;
    }

    /**
     * Other bounds, for what is held from now on; where more is held already, it goes as when memory runs short.
     *
     * @param most bytes of each that are used at most, 0 for no further bound
     * @param sharePercent share of the whole that one client address may hold, 1 to 100
     */
    public void limit(long most, int sharePercent) {
        long bound = most == 0 ? Long.MAX_VALUE : most;
        heap.limit(Math.min(bound, maxHeap));
        direct.limit(Math.min(bound, maxDirect));
        mostPerClient = (heap.limit + direct.limit) / 100 * sharePercent;
    }

    /** A budget that is never short: for tools and tests. */
    public static MemoryBudget unbounded() {
        return new MemoryBudget(Long.MAX_VALUE / 200, Long.MAX_VALUE / 200, 100);
    }

    /** Percent of the budget that is held, of heap or of direct memory, whichever is shorter. */
    public long percent() {
        return Math.max(heap.percent(), direct.percent());
    }

    /** What has to be done now. */
    public Level level() {
        long percent = percent();
        Level level = Level.FREE;
        for (Level each : Level.ALL) {
            level = percent >= each.percent ? each : level;
        }
        return level;
    }

    /** Whether at least this has to be done now. */
    public boolean reached(Level level) {
        return heap.percent() >= level.percent || direct.percent() >= level.percent;
    }

    /** An IO thread that can free memory when it is short. */
    void reliefBy(Runnable ending) {
        relief.add(ending);
    }

    /** Memory is short: every IO thread ends unfinished requests. */
    void relieve() {
        relief.forEach(Runnable::run);
    }

    /** Bytes held beyond those at which unfinished requests begin to end. */
    long excess() {
        return Math.max(heap.above(Level.EVICT.percent), direct.above(Level.EVICT.percent));
    }

    /** Bytes of heap drawn by all IO threads. */
    public long heapUsed() {
        return heap.granted.get();
    }

    /** Bytes of heap that may be. */
    public long heapLimit() {
        return heap.limit;
    }

    /** Bytes of direct memory drawn by all IO threads. */
    public long directUsed() {
        return direct.granted.get();
    }

    /** Bytes of direct memory that may be. */
    public long directLimit() {
        return direct.limit;
    }

    /** Bytes one client address may hold. */
    public long clientLimit() {
        return mostPerClient;
    }

    /** Unfinished heads and bodies ended so far because memory was short. */
    public int evictions() {
        return evictions.get();
    }

    /** Requests refused so far because memory was short. */
    public int refusals() {
        return refusals.get();
    }

    /** Counts a request that was refused because memory is short. */
    public void refused() {
        refusals.incrementAndGet();
    }

    void evicted() {
        evictions.incrementAndGet();
    }

    /** An IPv6 client owns its /64, and would else have as many shares as it likes. */
    Share join(byte[] address) {
        return shares.compute(key(address), (k, before) -> {
            Share share = before == null ? new Share() : before;
            share.accounts++;
            return share;
        });
    }

    void leave(byte[] address) {
        shares.computeIfPresent(key(address), (k, share) -> --share.accounts == 0 ? null : share);
    }

    private static ByteBuffer key(byte[] address) {
        return ByteBuffer.wrap(address, 0, Math.min(8, address.length)).slice();
    }

    /** Buffers one IO thread has too many of, for another. */
    void spare(ByteBuffer buffer) {
        surplus.add(buffer);
    }

    /** A spare buffer, or null where there is none. */
    @Nullable
    ByteBuffer takeSpare() {
        return surplus.poll();
    }
}
