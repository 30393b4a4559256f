package io.culprit.loop;

import io.culprit.loop.MemoryBudget.Level;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

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
    private final TempFiles files;
    private final MemoryAccount account;
    private ArrayDeque<ByteBuffer> memory = UNTOUCHED;
    private @Nullable TempFile file;
    /** Behind what the file holds, when it takes no more. */
    private ArrayDeque<ByteBuffer> rest = UNTOUCHED;

    private long size;
    private long memorySize;
    private long readPosition;
    private long filePosition;
    private boolean keep;

    /**
     * @param account of the client it is for
     * @param memoryLimit bytes kept in memory before the file is used
     * @param diskLimit bytes the file may hold, 0 for no file
     * @param files where the file is made
     */
    public Spill(IoLoop loop, MemoryAccount account, long memoryLimit, long diskLimit, TempFiles files) {
        this.loop = loop;
        this.account = account;
        this.memoryLimit = memoryLimit;
        this.diskLimit = diskLimit;
        this.files = files;
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

    /** Bytes of memory it holds. */
    public long heldInMemory() {
        return (long) (memory.size() + rest.size()) * IoLoop.POOLED_SIZE;
    }

    /** True when no further byte fits, or none should come while memory is short and there is no file to take it. */
    public boolean full() {
        return size - (keep ? 0 : readPosition) >= memoryLimit + diskLimit
                || file != null && file.written() >= diskLimit
                || !rest.isEmpty()
                || diskLimit == 0 && remaining() > 0 && account.reached(Level.SPILL);
    }

    /**
     * Appends all remaining bytes of {@code source}. While memory is short they go to the file at once. What a full disk does
     * not take waits in memory, and {@link #full} says so: a response is then slowed down, not torn; with {@link #keep} it
     * is an error instead.
     *
     * @throws SpillLimitException when they do not fit; nothing was appended
     * @throws IOException when the temporary file cannot be written
     */
    public void append(ByteBuffer source) throws IOException {
        if (size - (keep ? 0 : readPosition) + source.remaining() > memoryLimit + diskLimit + SLACK) {
            throw new SpillLimitException(memoryLimit + diskLimit);
        }
        int before = source.remaining();
        try {
            if (file == null && rest.isEmpty()) {
                appendToMemory(source);
            }
            if (source.hasRemaining() && diskLimit > 0 && rest.isEmpty()) {
                appendToFile(source);
            }
            if (source.hasRemaining() && keep) {
                memory = appendTo(memory, source, Long.MAX_VALUE); // there is no file: a little beyond the limit
            } else if (source.hasRemaining()) {
                rest = appendTo(rest, source, Long.MAX_VALUE);
            }
        } finally {
            size += before - source.remaining();
        }
    }

    private void appendToFile(ByteBuffer source) throws IOException {
        long start = System.nanoTime();
        try {
            if (file == null) {
                file = files.create();
            }
            file.append(source);
        } catch (IOException e) {
            if (keep) {
                throw e;
            }
            IoLoop.LOG.debug("a response waits in memory for its client: {}", e.getMessage());
        } finally {
            loop.diskPace().spent(start, System.nanoTime());
        }
    }

    private void appendToMemory(ByteBuffer source) {
        Level spared = loop.diskPace().exhausted() ? Level.NO_BODIES : Level.SPILL;
        if (memorySize < memoryLimit && (diskLimit == 0 || !account.reached(spared))) {
            int before = source.remaining();
            memory = appendTo(memory, source, memoryLimit - memorySize);
            memorySize += before - source.remaining();
        }
    }

    /** Appends up to {@code most} bytes, or up to the end of the buffer that this ends in. */
    private ArrayDeque<ByteBuffer> appendTo(ArrayDeque<ByteBuffer> queue, ByteBuffer source, long most) {
        ArrayDeque<ByteBuffer> grown = queue == UNTOUCHED ? new ArrayDeque<>() : queue;
        long left = most;
        while (source.hasRemaining() && left > 0) {
            ByteBuffer last = grown.peekLast();
            if (last == null || last.limit() == last.capacity()) {
                last = loop.lend();
                account.buffers(IoLoop.POOLED_SIZE);
                last.limit(0);
                grown.addLast(last);
            }
            int n = Math.min(source.remaining(), last.capacity() - last.limit());
            int end = last.limit();
            last.limit(end + n);
            last.put(end, source, source.position(), n);
            source.position(source.position() + n);
            left -= n;
        }
        return grown;
    }

    private void giveBack(ByteBuffer buffer) {
        loop.giveBack(buffer);
        account.buffers(-IoLoop.POOLED_SIZE);
    }

    /** Starts over at the first byte; only with {@link #keep}. */
    public void rewind() {
        readPosition = 0;
        filePosition = 0;
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
                memorySize -= buffer.limit();
                giveBack(memory.removeFirst());
            }
        }
        if (file != null && !drainFile(file, target)) {
            return false;
        }
        return drainRest(target);
    }

    private boolean drainRest(Target target) throws IOException {
        while (!rest.isEmpty()) {
            if (!write(rest.peekFirst(), target)) {
                return false;
            }
            giveBack(rest.removeFirst());
        }
        return true;
    }

    private boolean write(ByteBuffer buffer, Target target) throws IOException {
        int before = buffer.remaining();
        target.write(buffer);
        readPosition += before - buffer.remaining();
        return !buffer.hasRemaining();
    }

    private boolean drainFile(TempFile from, Target target) throws IOException {
        ByteBuffer window = loop.lend();
        try {
            while (filePosition < from.written()) {
                window.clear();
                long at = filePosition;
                if (from.channel().read(window, at) <= 0) {
                    throw new IOException("a temporary file ended at byte " + at + " of " + from.written());
                }
                window.flip();
                boolean all = write(window, target);
                filePosition += window.position();
                if (!all) {
                    return false;
                }
            }
        } finally {
            loop.giveBack(window);
        }
        if (!keep) {
            // Everything was taken: start again in memory, so that a file never grows without end.
            dropFile();
        }
        return true;
    }

    /** Gives all memory and the file back. Idempotent. */
    public void release() {
        while (!memory.isEmpty()) {
            giveBack(memory.removeFirst());
        }
        while (!rest.isEmpty()) {
            giveBack(rest.removeFirst());
        }
        memorySize = 0;
        size = 0;
        readPosition = 0;
        dropFile();
    }

    private void dropFile() {
        if (file != null) {
            file.close();
            file = null;
            filePosition = 0;
        }
    }
}
