package io.culprit.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;

/**
 * A queue of bytes: first in pooled buffers, then in a temporary file. What was appended is drained in order; with
 * {@link #keep} the bytes stay readable from the start, so that a request's body can be sent again. Owned by one IO
 * thread; {@link #release} must be called in the end.
 */
public final class Spill {
    /** Where drained bytes go. */
    @FunctionalInterface
    public interface Target {
        /**
         * Writes what can be written now and moves the position over it.
         *
         * @throws IOException when the target is broken
         */
        void write(ByteBuffer bytes) throws IOException;
    }

    /** Whoever asks {@link #full} before reading may still have one read and its framing in hand. */
    private static final int SLACK = 4 * IoLoop.BUFFER_SIZE;

    /** Most spills stay empty: they all have this one, to which nothing is ever added. */
    private static final ArrayDeque<ByteBuffer> UNTOUCHED = new ArrayDeque<>(0);

    private final IoLoop loop;
    private long memoryLimit;
    private long diskLimit;
    private final Path directory;
    private ArrayDeque<ByteBuffer> memory = UNTOUCHED;
    private TempFile file;
    private long size;
    private long memorySize;
    private long readPosition;
    private boolean keep;

    /**
     * @param memoryLimit bytes kept in memory before the file is used
     * @param diskLimit bytes the file may hold, 0 for no file
     * @param directory where the file is made
     */
    public Spill(IoLoop loop, long memoryLimit, long diskLimit, Path directory) {
        this.loop = loop;
        this.memoryLimit = memoryLimit;
        this.diskLimit = diskLimit;
        this.directory = directory;
    }

    /** Changes what it may hold; bytes it has already stay where they are. */
    public void limits(long memory, long disk) {
        memoryLimit = memory;
        diskLimit = disk;
    }

    /** Keeps drained bytes, so that {@link #rewind} can start over. Call before the first drain. */
    public Spill keep() {
        keep = true;
        return this;
    }

    /** Bytes appended and not yet drained. */
    public long remaining() {
        return size - readPosition;
    }

    /** Bytes appended so far. */
    public long size() {
        return size;
    }

    /** True when no further byte fits. */
    public boolean full() {
        return size - (keep ? 0 : readPosition) >= memoryLimit + diskLimit
                || file != null && file.written() >= diskLimit;
    }

    /**
     * Appends all remaining bytes of {@code source}.
     *
     * @throws SpillLimitException when they do not fit; nothing was appended
     * @throws IOException when the temporary file cannot be written
     */
    public void append(ByteBuffer source) throws IOException {
        if (size - (keep ? 0 : readPosition) + source.remaining() > memoryLimit + diskLimit + SLACK) {
            throw new SpillLimitException(memoryLimit + diskLimit);
        }
        int before = source.remaining();
        if (file == null) {
            appendToMemory(source);
        }
        if (source.hasRemaining()) {
            if (file == null) {
                file = new TempFile(directory);
            }
            file.append(source);
        }
        size += before - source.remaining();
    }

    private void appendToMemory(ByteBuffer source) {
        while (source.hasRemaining() && memorySize < memoryLimit) {
            ByteBuffer last = memory.peekLast();
            if (last == null || last.limit() == last.capacity()) {
                last = loop.lend();
                last.limit(0);
                memory = memory == UNTOUCHED ? new ArrayDeque<>() : memory;
                memory.addLast(last);
            }
            int n = Math.min(source.remaining(), last.capacity() - last.limit());
            int end = last.limit();
            last.limit(end + n);
            last.put(end, source, source.position(), n);
            source.position(source.position() + n);
            memorySize += n;
        }
    }

    /** Starts over at the first byte; only with {@link #keep}. */
    public void rewind() {
        readPosition = 0;
        for (ByteBuffer buffer : memory) {
            buffer.position(0);
        }
    }

    /**
     * Writes as much as the target takes.
     *
     * @return true when nothing is left
     */
    public boolean drain(Target target) throws IOException {
        if (keep) {
            for (ByteBuffer buffer : memory) {
                if (buffer.hasRemaining() && !write(buffer, target)) {
                    return false;
                }
            }
        } else {
            while (!memory.isEmpty()) {
                ByteBuffer buffer = memory.peekFirst();
                if (!write(buffer, target)) {
                    return false;
                }
                loop.giveBack(memory.removeFirst());
                memorySize -= buffer.limit();
            }
        }
        return file == null || drainFile(target);
    }

    private boolean write(ByteBuffer buffer, Target target) throws IOException {
        int before = buffer.remaining();
        target.write(buffer);
        readPosition += before - buffer.remaining();
        return !buffer.hasRemaining();
    }

    private boolean drainFile(Target target) throws IOException {
        ByteBuffer window = loop.lend();
        try {
            while (remaining() > 0) {
                window.clear();
                long at = file.written() - remaining();
                if (file.channel().read(window, at) <= 0) {
                    throw new IOException("a temporary file ended at byte " + at + " of " + file.written());
                }
                window.flip();
                if (!write(window, target)) {
                    return false;
                }
            }
        } finally {
            loop.giveBack(window);
        }
        if (!keep) {
            // Everything was taken: start again in memory, so that a file never grows without end.
            file.close();
            file = null;
            size = 0;
            readPosition = 0;
        }
        return true;
    }

    /** Gives all memory and the file back. Idempotent. */
    public void release() {
        while (!memory.isEmpty()) {
            loop.giveBack(memory.removeFirst());
        }
        memorySize = 0;
        size = 0;
        readPosition = 0;
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
