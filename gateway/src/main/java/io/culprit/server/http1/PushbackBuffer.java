package io.culprit.server.http1;

import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Bytes a client sent beyond the message it is at: they wait here until their turn comes. In a pooled buffer; a larger
 * one of its own only when a full read must be put back in front of a full buffer. Owned by one IO thread.
 */
final class PushbackBuffer {
    private final IoLoop loop;
    private final MemoryAccount memory;
    private @Nullable ByteBuffer buffer;

    PushbackBuffer(IoLoop loop, MemoryAccount memory) {
        this.loop = loop;
        this.memory = memory;
    }

    /** Bytes that wait. */
    int size() {
        return buffer == null ? 0 : buffer.remaining();
    }

    boolean isEmpty() {
        return buffer == null;
    }

    /** True when no more can be read ahead. */
    boolean full() {
        return buffer != null && buffer.limit() == buffer.capacity();
    }

    /** Moves as many bytes as fit; at least one, unless there is no room. */
    int take(ByteBuffer target) {
        ByteBuffer from = Objects.requireNonNull(buffer);
        int n = Math.min(from.remaining(), target.remaining());
        target.put(target.position(), from, from.position(), n);
        target.position(target.position() + n);
        from.position(from.position() + n);
        if (!from.hasRemaining()) {
            release();
        }
        return n;
    }

    /** Puts what was read too far in front of what is kept; the position of {@code rest} stays. */
    void putBack(ByteBuffer rest) {
        int position = rest.position();
        ByteBuffer joined = take(rest.remaining() + size());
        joined.put(rest);
        if (buffer != null) {
            joined.put(buffer);
            release();
        }
        buffer = joined.flip();
        rest.position(position);
    }

    /** Reads behind what is kept. @return bytes read, -1 at the end of input */
    int readMore(StreamSourceConduit source) throws IOException {
        ByteBuffer into = take(IoLoop.POOLED_SIZE);
        if (buffer != null) {
            into.put(buffer);
            release();
        }
        try {
            return into.hasRemaining() ? source.read(into) : 0;
        } finally {
            if (into.position() == 0) {
                giveBack(into);
            } else {
                buffer = into.flip();
            }
        }
    }

    void release() {
        if (buffer != null) {
            giveBack(buffer);
            buffer = null;
        }
    }

    private ByteBuffer take(int size) {
        if (size > IoLoop.POOLED_SIZE) {
            memory.heap(size);
            return ByteBuffer.allocate(size);
        }
        memory.buffers(IoLoop.POOLED_SIZE);
        return loop.lend();
    }

    private void giveBack(ByteBuffer used) {
        if (used.isDirect()) {
            loop.giveBack(used);
            memory.buffers(-IoLoop.POOLED_SIZE);
        } else {
            memory.heap(-used.capacity());
        }
    }
}
