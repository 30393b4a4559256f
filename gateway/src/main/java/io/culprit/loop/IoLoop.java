package io.culprit.loop;

import io.culprit.http.HeadPool;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * What belongs to one IO thread and to nobody else: deadlines, the buffers every event may use and gives back before it
 * returns, and a pool of buffers for bytes that outlive an event. Only that thread may call in here; other threads hand
 * it work with {@link #execute}.
 */
public final class IoLoop {
    static final Logger LOG = LoggerFactory.getLogger(IoLoop.class);

    /** Size of the buffers below, in bytes: one read takes what a socket buffer usually holds. */
    public static final int BUFFER_SIZE = 32 * 1024;

    /** Size of pooled buffers, in bytes. */
    public static final int POOLED_SIZE = 16 * 1024;

    private static final int MAX_POOLED = 256;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final XnioIoThread thread;
    private final int number;
    private final DeadlineWheel deadlines;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final ByteBuffer peekBuffer = ByteBuffer.allocateDirect(16);
    private final HeadPool heads = new HeadPool();
    private final ByteBuffer[] gather = new ByteBuffer[4];
    private final ArrayDeque<ByteBuffer> pooled = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> pooledLarge = new ArrayDeque<>();
    private final LoopMemory memory;
    private final DiskPace diskPace;
    private final Unfinished.Line unfinished = new Unfinished.Line();
    private final AtomicBoolean evicting = new AtomicBoolean();
    private int lent;
    private long wallNanos;
    private long wallMillis;

    /** A loop whose memory nobody bounds. */
    public IoLoop(XnioIoThread thread, int number) {
        this(thread, number, MemoryBudget.unbounded());
    }

    /**
     * @param number index of this loop, from 0
     * @param budget shared with all other loops
     */
    public IoLoop(XnioIoThread thread, int number, MemoryBudget budget) {
        this.thread = thread;
        this.number = number;
        this.deadlines = new DeadlineWheel(thread);
        this.diskPace = new DiskPace(deadlines);
        this.memory = new LoopMemory(budget, budget::relieve);
        budget.reliefBy(this::evictSoon);
    }

    /** The thread that owns this loop. */
    public XnioIoThread thread() {
        return thread;
    }

    /** Index of this loop, from 0. */
    public int number() {
        return number;
    }

    /**
     * Wall-clock time at {@code now} of {@link System#nanoTime}, in milliseconds since 1970. The clock itself is looked at
     * once a second: a clock that was set is followed that fast, and requests do not pay for it.
     */
    public long epochMillis(long now) {
        long since = now - wallNanos;
        if (since < 0 || since > SECOND_NANOS || wallMillis == 0) {
            wallNanos = now;
            wallMillis = System.currentTimeMillis();
            since = 0;
        }
        return wallMillis + since / 1_000_000;
    }

    /** How much of its time goes into temporary files. */
    public DiskPace diskPace() {
        return diskPace;
    }

    /** One for each IO thread of a worker. IO threads number themselves; the loops are in that order. */
    public static List<IoLoop> all(XnioWorker worker, int threads, MemoryBudget memory) {
        IoLoop[] ordered = new IoLoop[threads];
        int found = 0;
        for (int hash = 0; found < ordered.length; hash++) {
            XnioIoThread thread = worker.getIoThread(hash);
            int number = thread.getNumber();
            if (ordered[number] == null) {
                ordered[number] = new IoLoop(thread, number, memory);
                found++;
            }
        }
        return List.of(ordered);
    }

    /** Its deadlines. */
    public DeadlineWheel deadlines() {
        return deadlines;
    }

    /** The read buffer, cleared. Valid until the current event returns. */
    public ByteBuffer readBuffer() {
        return readBuffer.clear();
    }

    /** The write buffer, cleared. Valid until the current event returns. */
    public ByteBuffer writeBuffer() {
        return writeBuffer.clear();
    }

    /** A few bytes, cleared: to look whether anything can be read. Valid until the current event returns. */
    public ByteBuffer peekBuffer() {
        return peekBuffer.clear();
    }

    /** Memory of request heads. */
    public HeadPool heads() {
        return heads;
    }

    /** Scratch array for gathering writes; entries must be null again when the event returns. */
    public ByteBuffer[] gather() {
        return gather;
    }

    /** What this thread holds for clients and upstreams. */
    public LoopMemory memory() {
        return memory;
    }

    /**
     * A cleared buffer of {@link #POOLED_SIZE} bytes that the caller must {@link #giveBack}. None is ever left to the garbage
     * collector, which frees direct memory too late to be counted on.
     */
    public ByteBuffer lend() {
        lent++;
        memory.direct(POOLED_SIZE);
        ByteBuffer buffer = pooled.pollFirst();
        if (buffer == null) {
            buffer = memory.budget().takeSpare();
        }
        return buffer == null ? ByteBuffer.allocateDirect(POOLED_SIZE) : buffer.clear();
    }

    /** Takes a lent buffer back. */
    public void giveBack(ByteBuffer buffer) {
        lent--;
        memory.direct(-POOLED_SIZE);
        if (pooled.size() < MAX_POOLED) {
            pooled.addFirst(buffer);
        } else {
            memory.budget().spare(buffer);
        }
    }

    /** The same with {@link #BUFFER_SIZE} bytes: for what a whole read or write buffer leaves over. */
    public ByteBuffer lendLarge() {
        lent++;
        memory.direct(BUFFER_SIZE);
        ByteBuffer buffer = pooledLarge.pollFirst();
        return buffer == null ? ByteBuffer.allocateDirect(BUFFER_SIZE) : buffer.clear();
    }

    /** Takes a large buffer back. */
    public void giveBackLarge(ByteBuffer buffer) {
        lent--;
        memory.direct(-BUFFER_SIZE);
        pooledLarge.addFirst(buffer);
    }

    /** A part of this request is held until the rest comes. Idempotent. */
    public void unfinished(Unfinished request) {
        unfinished.add(request);
        if (memory.budget().reached(MemoryBudget.Level.EVICT)) {
            memory.budget().relieve(); // others may hold all that is short
        }
    }

    /** The request is whole, or over. Idempotent. */
    public void finished(Unfinished request) {
        unfinished.remove(request);
    }

    /** Not at once: whoever needs memory is in the middle of something. Any thread may call. */
    private void evictSoon() {
        if (evicting.compareAndSet(false, true)) {
            execute(this::evict);
        }
    }

    /** Frees this thread's part of what there is too much of. */
    private void evict() {
        evicting.set(false);
        MemoryBudget budget = memory.budget();
        double part = (double) memory.used() / Math.max(1, budget.heapUsed() + budget.directUsed());
        int ended = unfinished.evict((long) (budget.excess() * part));
        for (int i = 0; i < ended; i++) {
            budget.evicted();
        }
    }

    /** Buffers lent and not given back; 0 when nothing is in flight. */
    public int lent() {
        return lent;
    }

    /** Runs the task on this loop's thread, later. Any thread may call. */
    public void execute(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    Trouble.endIfOutOfMemory(e);
                    LOG.error("a task on {} failed: {}", thread.getName(), Trouble.line(e));
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{} has ended, and with it all that the task was for", thread.getName());
        }
    }
}
