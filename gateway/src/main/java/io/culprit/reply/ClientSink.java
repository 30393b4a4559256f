package io.culprit.reply;

import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Spill;
import io.culprit.loop.Unfinished;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The way to one client for one response: head and body leave in one write where they can, what the client does not
 * take waits in a {@link Spill}. A broken client is never reported from within a write, because the caller is in the
 * middle of reading an upstream; {@link Owner#clientBroken} comes from the loop afterwards. Owned by one IO thread.
 */
public final class ClientSink {
    /** Bodies up to this size are copied behind the head: cheaper than a gathering write. */
    private static final int COPY_LIMIT = 4096;

    /** Bytes of a file sent in one event: a fast client must not keep the thread from all others. */
    private static final long FILE_MOST = 1 << 20;

    private static final byte[] CRLF = {'\r', '\n'};

    /** Whose response it is. */
    public interface Owner {
        /** All bytes given so far have left after {@link #saturated} was true. */
        void drained();

        /** The client reset the connection. */
        void clientBroken();

        /** Nobody waits for the client any longer; {@code why} says what it did not do. */
        void clientStalled(String why);

        /** Something nobody foresaw happened while bytes were written. */
        void broken(Throwable trouble);

        /** The file being sent cannot be read to its end. */
        default void fileBroken(String why) {
            throw new IllegalStateException("no file was given");
        }
    }

    private final IoLoop loop;
    private final StreamConnection client;
    private final StreamSinkConduit socket;
    private final Spill spill;
    private final long sendTimeoutNanos;
    private final Owner owner;
    private final ByteBuffer crlf = ByteBuffer.wrap(CRLF);
    private final Deadline stall = new Deadline() {
        @Override
        protected void expired() {
            owner.clientStalled(
                    "nothing of the response could be written for limits.send_timeout: the client read nothing, or so little that its window stayed shut");
        }
    };
    private final Unfinished unfinished = new Unfinished() {
        @Override
        protected long held() {
            return spill.heldInMemory();
        }

        @Override
        protected void evict() {
            owner.clientStalled(
                    "memory for clients ran short, and of the response %d bytes waited for the client to take them"
                            .formatted(spill.remaining()));
        }
    };
    private @Nullable ByteBuffer staging;
    private boolean eager;
    private boolean endsOutput;
    private boolean broken;
    private boolean waiting;
    private long written;
    private long taken;
    private @Nullable FileChannel file;
    private long filePosition;
    private long fileEnd;

    /**
     * @param socket the conduit below all protocol conduits of the server
     * @param spill for what the client does not take at once; released by {@link #release}
     */
    public ClientSink(
            IoLoop loop,
            StreamConnection client,
            StreamSinkConduit socket,
            Spill spill,
            long sendTimeoutNanos,
            Owner owner) {
        this.loop = loop;
        this.client = client;
        this.socket = socket;
        this.spill = spill;
        this.sendTimeoutNanos = sendTimeoutNanos;
        this.owner = owner;
    }

    /** Asks for back-pressure as soon as the client is behind, instead of buffering. */
    public void eager(boolean streamAtOnce) {
        eager = streamAtOnce;
    }

    /** How much of a response may wait for the client, in memory and beyond that on disk. */
    public void limits(long memory, long disk) {
        spill.limits(memory, disk);
    }

    /** Bytes that have left towards the client. */
    public long written() {
        return written;
    }

    /** Bytes on their way or gone: what was staged and not flushed is not among them and can be taken back. */
    public long taken() {
        return taken;
    }

    /** True when whoever produces bytes should pause until {@link Owner#drained}. */
    public boolean saturated() {
        return waiting && (eager || spill.full());
    }

    /** True while bytes wait that the client's socket did not take. */
    public boolean behind() {
        return waiting;
    }

    /** True when nothing is staged and nothing waits. */
    public boolean idle() {
        return !waiting && staging == null && file == null;
    }

    /** True once the client's connection is known to be broken. */
    public boolean broken() {
        return broken;
    }

    /** Room for a head or a chunk's framing; must be followed by {@link #flush} within the same event. */
    public ByteBuffer staging(int size) throws IOException {
        if (staging != null && staging.remaining() < size) {
            flush();
        }
        if (staging == null) {
            ByteBuffer shared = loop.writeBuffer();
            staging = size > shared.capacity() ? ByteBuffer.allocate(size) : shared;
        }
        return staging;
    }

    /** Takes what was staged back, as bytes that outlive the event. */
    public byte[] takeStaged() {
        ByteBuffer staged = Objects.requireNonNull(staging);
        byte[] bytes = new byte[staged.flip().remaining()];
        staged.get(bytes);
        staging = null;
        return bytes;
    }

    /** Drops what was staged and not flushed. */
    public void unstage() {
        staging = null;
    }

    /**
     * Sends bytes of the gateway's own.
     *
     * @throws IllegalStateException when they are more than may wait for the client
     */
    public void send(byte[] own) {
        try {
            write(ByteBuffer.wrap(own));
            flush();
        } catch (IOException e) {
            throw new IllegalStateException("a reply of " + own.length + " bytes does not fit its buffer", e);
        }
    }

    /**
     * Sends a part of a file by sendfile, behind all that was given before; nothing else may be given until it is drained.
     *
     * @param from offset of the first byte
     * @param to offset behind the last byte
     */
    public void send(FileChannel source, long from, long to) throws IOException {
        flush();
        if (broken) {
            return;
        }
        file = source;
        filePosition = from;
        fileEnd = to;
        if (!waiting && !transfer(source)) {
            await();
        }
    }

    /** @return true when all of the file has left, or never will */
    private boolean transfer(FileChannel source) {
        try {
            long until = Math.min(fileEnd, filePosition + FILE_MOST);
            while (filePosition < until) {
                long n = socket.transferFrom(source, filePosition, until - filePosition);
                if (n <= 0) {
                    if (source.size() <= filePosition) {
                        file = null;
                        loop.execute(() -> owner.fileBroken("the file became shorter while it was sent"));
                        return true;
                    }
                    return false;
                }
                filePosition += n;
                written += n;
                taken += n;
            }
        } catch (IOException e) {
            broke();
        }
        if (!broken && filePosition < fileEnd) {
            return false;
        }
        file = null;
        return true;
    }

    /** Takes all of {@code data}, as it is. */
    public void write(ByteBuffer data) throws IOException {
        if (fitsStaging(data.remaining())) {
            staging(data.remaining()).put(data);
            return;
        }
        send(data, false);
    }

    /** Takes all of {@code data} as one chunk. */
    public void writeChunk(ByteBuffer data) throws IOException {
        int size = data.remaining();
        ByteBuffer out = staging(size <= COPY_LIMIT ? size + 16 : 16);
        Ascii.putHex(out, size);
        out.put(CRLF);
        if (size <= COPY_LIMIT) {
            out.put(data).put(CRLF);
        } else {
            send(data, true);
        }
    }

    private boolean fitsStaging(int size) {
        return size <= COPY_LIMIT && (staging == null || staging.remaining() >= size);
    }

    private void send(ByteBuffer data, boolean endOfChunk) throws IOException {
        ByteBuffer first = staging;
        staging = null;
        if (first != null) {
            first.flip();
            taken += first.remaining();
        }
        taken += data.remaining();
        crlf.clear();
        if (!broken && !waiting) {
            ByteBuffer[] gather = loop.gather();
            int n = 0;
            if (first != null) {
                gather[n++] = first;
            }
            gather[n++] = data;
            if (endOfChunk) {
                gather[n++] = crlf;
            }
            try {
                written += n == 1 ? socket.write(data) : socket.write(gather, 0, n);
            } catch (IOException e) {
                broke();
            } finally {
                java.util.Arrays.fill(gather, null);
            }
        }
        if (first != null) {
            keepRest(first);
        }
        keepRest(data);
        if (endOfChunk) {
            keepRest(crlf);
        }
    }

    /** Writes what is staged. */
    public void flush() throws IOException {
        ByteBuffer out = staging;
        if (out == null) {
            return;
        }
        staging = null;
        out.flip();
        taken += out.remaining();
        if (!broken && !waiting) {
            try {
                written += socket.write(out);
            } catch (IOException e) {
                broke();
            }
        }
        keepRest(out);
    }

    private void keepRest(ByteBuffer rest) throws IOException {
        if (!rest.hasRemaining()) {
            return;
        }
        if (broken) {
            rest.position(rest.limit());
            return;
        }
        spill.append(rest);
        if (!waiting) {
            await();
        }
    }

    private void await() {
        waiting = true;
        ConduitStreamSinkChannel channel = client.getSinkChannel();
        channel.setWriteListener(c -> writableGuarded());
        channel.resumeWrites();
        loop.deadlines().arm(stall, sendTimeoutNanos);
        loop.unfinished(unfinished);
    }

    /** XNIO would write a stack trace, and the request would hang until its timer runs out. */
    private void writableGuarded() {
        try {
            writable();
        } catch (RuntimeException | Error e) {
            client.getSinkChannel().suspendWrites();
            owner.broken(e);
        }
    }

    private void writable() {
        if (!waiting) {
            client.getSinkChannel().suspendWrites();
            return;
        }
        long before = written;
        try {
            boolean empty = spill.drain(bytes -> written += socket.write(bytes)) && (file == null || transfer(file));
            if (!empty) {
                if (written > before) {
                    loop.deadlines().arm(stall, sendTimeoutNanos);
                    loop.finished(unfinished);
                    loop.unfinished(unfinished); // the slowest go first
                }
                return;
            }
        } catch (IOException e) {
            broke();
        }
        waiting = false;
        stall.disarm();
        loop.finished(unfinished);
        client.getSinkChannel().suspendWrites();
        if (!broken && endsOutput) {
            shutOutput();
        }
        if (!broken) {
            owner.drained();
        }
    }

    private void broke() {
        if (!broken) {
            broken = true;
            loop.execute(owner::clientBroken);
        }
    }

    /** Nothing more will be written: the client is told once all has left. */
    public void endOutput() {
        endsOutput = true;
        if (!waiting && !broken) {
            shutOutput();
        }
    }

    private void shutOutput() {
        try {
            client.getSinkChannel().shutdownWrites();
            client.getSinkChannel().flush();
        } catch (IOException e) {
            broke();
        }
    }

    /** Closes the client's connection in the middle of whatever was being sent. */
    public void abort() {
        broken = true;
        release();
        IoUtils.safeClose(client);
    }

    /** Gives buffers and deadline back. Idempotent. */
    public void release() {
        waiting = false;
        staging = null;
        file = null;
        spill.release();
        loop.finished(unfinished);
        loop.deadlines().remove(stall);
    }
}
