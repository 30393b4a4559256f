package io.culprit.server.http2;

import io.culprit.http.hpack.HpackEncoder;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.reply.ClientSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way to one client: those that streams make within one turn of the loop leave in one write. Owned by one IO
 * thread.
 */
final class FrameWriter {
    /** A dynamic table size update to 0. */
    private static final byte EMPTY_TABLE = 0x20;

    private final IoLoop loop;
    private final MemoryAccount memory;
    private final ClientSink sink;
    private final Runnable flushed;
    private @Nullable ByteBuffer out;
    private boolean scheduled;
    private boolean tableUpdateDue;
    private boolean closed;

    /** @param flushed told when all that was written has left with it, not from within a write */
    FrameWriter(IoLoop loop, MemoryAccount memory, ClientSink sink, Runnable flushed) {
        this.loop = loop;
        this.memory = memory;
        this.sink = sink;
        this.flushed = flushed;
    }

    /** Whether the socket takes no more for now: data frames wait in their streams then. */
    boolean congested() {
        return !sink.idle();
    }

    /** Whether nothing waits. */
    boolean quiet() {
        return out == null && sink.idle();
    }

    boolean broken() {
        return sink.broken();
    }

    private ByteBuffer room(int size) throws IOException {
        if (out != null && out.remaining() < size) {
            send();
        }
        if (out == null) {
            out = loop.lendLarge();
            memory.buffers(IoLoop.BUFFER_SIZE);
        }
        if (!scheduled) {
            scheduled = true;
            loop.execute(this::turnEnds);
        }
        return out;
    }

    private void turnEnds() {
        scheduled = false;
        if (closed) {
            return;
        }
        try {
            send();
        } catch (IOException e) {
            sink.abort(); // more control frames than a client may leave unread
        }
        if (quiet()) {
            flushed.run();
        }
    }

    /** Lets go at once what waits for the end of the turn. */
    void send() throws IOException {
        if (out != null) {
            ByteBuffer made = out;
            out = null;
            try {
                sink.write(made.flip());
                sink.flush();
            } finally {
                loop.giveBackLarge(made);
                memory.buffers(-IoLoop.BUFFER_SIZE);
            }
        }
    }

    private static void header(ByteBuffer into, int length, int type, int flags, int stream) {
        into.put((byte) (length >> 16)).putShort((short) length);
        into.put((byte) type).put((byte) flags).putInt(stream);
    }

    /** A frame with a payload of ints; those beyond {@code count} are not used. */
    private void ints(int type, int flags, int stream, int... payload) throws IOException {
        ByteBuffer into = room(FrameType.HEADER + 4 * payload.length);
        header(into, 4 * payload.length, type, flags, stream);
        for (int each : payload) {
            into.putInt(each);
        }
    }

    /** @param pairs identifiers and values by turns */
    void settings(int... pairs) throws IOException {
        ByteBuffer into = room(FrameType.HEADER + 3 * pairs.length);
        header(into, 3 * pairs.length, FrameType.SETTINGS, 0, 0);
        for (int i = 0; i < pairs.length; i += 2) {
            into.putShort((short) pairs[i]).putInt(pairs[i + 1]);
        }
    }

    void settingsAck() throws IOException {
        ints(FrameType.SETTINGS, FrameType.ACK, 0);
    }

    void pingAck(long opaque) throws IOException {
        ints(FrameType.PING, FrameType.ACK, 0, (int) (opaque >>> 32), (int) opaque);
    }

    void windowUpdate(int stream, int more) throws IOException {
        ints(FrameType.WINDOW_UPDATE, 0, stream, more);
    }

    void reset(int stream, ErrorCode code) throws IOException {
        ints(FrameType.RST_STREAM, 0, stream, code.ordinal());
    }

    void goAway(int lastStream, ErrorCode code) throws IOException {
        ints(FrameType.GOAWAY, 0, 0, lastStream, code.ordinal());
    }

    /** An interim response of a status alone. */
    void interim(int stream, int status) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(8);
        HpackEncoder.status(status, block);
        headers(stream, block.flip(), false);
    }

    /** The client keeps a smaller table than blocks begin with: the next block says that ours is empty (RFC 7541 section 4.2). */
    void tableShrinks() {
        tableUpdateDue = true;
    }

    /** A whole header block, in as many frames as it needs. */
    void headers(int stream, ByteBuffer fields, boolean endStream) throws IOException {
        ByteBuffer block = fields;
        if (tableUpdateDue) {
            tableUpdateDue = false;
            block = ByteBuffer.allocate(1 + fields.remaining())
                    .put(EMPTY_TABLE)
                    .put(fields)
                    .flip();
        }
        int type = FrameType.HEADERS;
        do {
            int n = Math.min(block.remaining(), FrameType.LONGEST);
            ByteBuffer into = room(FrameType.HEADER + n);
            boolean last = n == block.remaining();
            int flags = (last ? FrameType.END_HEADERS : 0)
                    | (type == FrameType.HEADERS && endStream ? FrameType.END_STREAM : 0);
            header(into, n, type, flags, stream);
            into.put(into.position(), block, block.position(), n);
            into.position(into.position() + n);
            block.position(block.position() + n);
            type = FrameType.CONTINUATION;
        } while (block.hasRemaining());
    }

    /** One DATA frame of the next {@code n} bytes, at most {@link FrameType#LONGEST}. */
    void data(int stream, ByteBuffer bytes, int n, boolean endStream) throws IOException {
        ByteBuffer into = room(FrameType.HEADER + n);
        header(into, n, FrameType.DATA, endStream ? FrameType.END_STREAM : 0, stream);
        into.put(into.position(), bytes, bytes.position(), n);
        into.position(into.position() + n);
        bytes.position(bytes.position() + n);
    }

    /** Gives back what it holds. Idempotent. */
    void release() {
        closed = true;
        if (out != null) {
            loop.giveBackLarge(out);
            memory.buffers(-IoLoop.BUFFER_SIZE);
            out = null;
        }
        sink.release();
    }

    void abort() {
        sink.abort();
    }
}
