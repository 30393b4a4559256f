package io.culprit.tls;

import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one connection that wait: in a buffer lent by the loop, on the heap where they are more than it takes, in none where
 * there are none. Owned by one IO thread.
 */
public final class WaitingBytes {
    private final IoLoop loop;
    private final MemoryAccount memory;
    private @Nullable ByteBuffer held;

    /** @param memory counts what is held */
    public WaitingBytes(IoLoop loop, MemoryAccount memory) {
        this.loop = loop;
        this.memory = memory;
    }

    /** Whether none wait. */
    public boolean isEmpty() {
        return held == null;
    }

    /** How many wait. */
    public int size() {
        return held == null ? 0 : held.remaining();
    }

    /**
     * Those that wait, to be read from; {@link #settle} is to be called once some were taken by their position.
     *
     * @throws NullPointerException when none wait
     */
    public ByteBuffer bytes() {
        return java.util.Objects.requireNonNull(held);
    }

    /** Gives the buffer back when all of it was taken. @return whether none wait */
    public boolean settle() {
        if (held != null && !held.hasRemaining()) {
            release();
        }
        return held == null;
    }

    /** Takes bytes, behind those that wait already. */
    public void append(ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return;
        }
        if (held == null) {
            held = loop.lendLarge();
            memory.buffers(IoLoop.BUFFER_SIZE);
        } else {
            held.compact();
        }
        if (held.remaining() < bytes.remaining()) {
            grow(held, bytes.remaining());
        }
        held.put(bytes).flip();
    }

    private void grow(ByteBuffer full, int more) {
        ByteBuffer grown = ByteBuffer.allocate(full.position() + more);
        memory.heap(grown.capacity());
        grown.put(full.flip());
        release();
        held = grown;
    }

    /** Moves all that wait into a buffer that has room for them. */
    public void drainTo(ByteBuffer target) {
        if (held != null) {
            target.put(held);
            release();
        }
    }

    /** Moves as many as a buffer takes. @return how many */
    public int take(ByteBuffer target) {
        ByteBuffer from = bytes();
        int n = Math.min(from.remaining(), target.remaining());
        target.put(target.position(), from, from.position(), n);
        target.position(target.position() + n);
        from.position(from.position() + n);
        settle();
        return n;
    }

    /** Drops what waits. Idempotent. */
    public void release() {
        if (held != null && held.isDirect()) {
            loop.giveBackLarge(held);
            memory.buffers(-IoLoop.BUFFER_SIZE);
        } else if (held != null) {
            memory.heap(-held.capacity());
        }
        held = null;
    }
}
