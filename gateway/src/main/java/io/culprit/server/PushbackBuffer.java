package io.culprit.server;

import io.culprit.loop.IoLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Bytes a client sent beyond the message it is at: they wait here until their turn comes. In a pooled buffer; a larger
 * one of its own only when a full read must be put back in front of a full buffer. Owned by one IO thread.
 */
final class PushbackBuffer {
    private final IoLoop loop;
    private ByteBuffer buffer;

    PushbackBuffer(IoLoop loop) {
        this.loop = loop;
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
        int n = Math.min(buffer.remaining(), target.remaining());
        target.put(target.position(), buffer, buffer.position(), n);
        target.position(target.position() + n);
        buffer.position(buffer.position() + n);
        if (!buffer.hasRemaining()) {
            release();
        }
        return n;
    }

    /** Puts what was read too far in front of what is kept; the position of {@code rest} stays. */
    void putBack(ByteBuffer rest) {
        int position = rest.position();
        int size = rest.remaining() + (buffer == null ? 0 : buffer.remaining());
        ByteBuffer joined = size > IoLoop.POOLED_SIZE ? ByteBuffer.allocateDirect(size) : loop.lend();
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
        ByteBuffer into = loop.lend();
        if (buffer != null) {
            into.put(buffer);
            release();
        }
        try {
            return into.hasRemaining() ? source.read(into) : 0;
        } finally {
            if (into.position() == 0) {
                loop.giveBack(into);
            } else {
                buffer = into.flip();
            }
        }
    }

    void release() {
        if (buffer != null) {
            if (buffer.capacity() == IoLoop.POOLED_SIZE) {
                loop.giveBack(buffer);
            }
            buffer = null;
        }
    }
}
