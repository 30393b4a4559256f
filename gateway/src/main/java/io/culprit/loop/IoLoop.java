package io.culprit.loop;

import io.culprit.http.HeadPool;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioIoThread;

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
    private final HeadPool heads = new HeadPool();
    private final ByteBuffer[] gather = new ByteBuffer[4];
    private final ArrayDeque<ByteBuffer> pooled = new ArrayDeque<>();
    private int lent;
    private long wallNanos;
    private long wallMillis;

    public IoLoop(XnioIoThread thread, int number) {
        this.thread = thread;
        this.number = number;
        this.deadlines = new DeadlineWheel(thread);
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

    /** Memory of request heads. */
    public HeadPool heads() {
        return heads;
    }

    /** Scratch array for gathering writes; entries must be null again when the event returns. */
    public ByteBuffer[] gather() {
        return gather;
    }

    /** A cleared buffer of {@link #POOLED_SIZE} bytes that the caller must {@link #giveBack}. */
    public ByteBuffer lend() {
        lent++;
        ByteBuffer buffer = pooled.pollFirst();
        return buffer == null ? ByteBuffer.allocateDirect(POOLED_SIZE) : buffer.clear();
    }

    /** Takes a lent buffer back. */
    public void giveBack(ByteBuffer buffer) {
        lent--;
        if (pooled.size() < MAX_POOLED) {
            pooled.addFirst(buffer);
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
                    LOG.error("a task on {} failed", thread.getName(), e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{} has ended, and with it all that the task was for", thread.getName());
        }
    }
}
