package io.culprit.loop;

/**
 * One IO thread's part of the {@link MemoryBudget}: plain additions, and a chunk drawn or returned now and then. Owned by
 * the loop's thread.
 */
public final class LoopMemory {
    /** Heap of an idle client connection, its objects measured with a full heap dump, rounded up. */
    public static final int CONNECTION_BYTES = 3 << 10;

    /** Heap of a running request beside its head, measured likewise. */
    public static final int REQUEST_BYTES = 3 << 10;

    /** Heap of a connection to an upstream, its objects and a pooled head, measured likewise over 500 idle ones. */
    public static final int UPSTREAM_BYTES = 4 << 10;

    private final MemoryBudget budget;
    private final Runnable shortOfIt;
    private final Drawn heap;
    private final Drawn direct;

    /** What was drawn of one pool and what of it is used. */
    private static final class Drawn {
        private final MemoryBudget.Pool pool;
        private long used;
        private long granted;

        Drawn(MemoryBudget.Pool pool) {
            this.pool = pool;
        }

        boolean unsettled() {
            return used > granted || granted - used > 2 * pool.chunk();
        }

        /** @return true when more was drawn */
        boolean settle() {
            long wanted = (used / pool.chunk() + 1) * pool.chunk();
            boolean more = wanted > granted;
            pool.grant(wanted - granted);
            granted = wanted;
            return more;
        }
    }

    /**
     * @param shortOfIt run when more was drawn and the budget has become short
     */
    LoopMemory(MemoryBudget budget, Runnable shortOfIt) {
        this.budget = budget;
        this.shortOfIt = shortOfIt;
        this.heap = new Drawn(budget.heap);
        this.direct = new Drawn(budget.direct);
    }

    /** The budget this is a part of. */
    public MemoryBudget budget() {
        return budget;
    }

    /** Counts bytes of heap that are held from now on; negative ones are held no more. */
    public void heap(long bytes) {
        add(heap, bytes);
    }

    /** The same for direct memory. */
    void direct(long bytes) {
        add(direct, bytes);
    }

    private void add(Drawn drawn, long bytes) {
        drawn.used += bytes;
        if (drawn.unsettled() && drawn.settle() && budget.reached(MemoryBudget.Level.EVICT)) {
            shortOfIt.run();
        }
    }

    /** Bytes held by this thread, for its part in freeing some. */
    long used() {
        return heap.used + direct.used;
    }
}
