package io.culprit.server.http2;

import io.culprit.failure.Cause;
import io.culprit.http.Sample;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Frames from bytes that may arrive split anywhere, each checked for what its kind and length allow (RFC 9113 sections 4 and
 * 6). Header blocks are put together. An idle connection holds no buffer. Owned by one IO thread.
 */
final class FrameReader {
    /** What a client's connection begins with (RFC 9113 section 3.4). */
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] NO_BYTES = {};

    /** Reads in one event: a fast client must not keep the thread from all others. */
    private static final int MAX_READS = 8;

    /** Who gets the frames. */
    interface Frames {
        /** A whole header block. */
        void headers(int stream, byte[] block, int length, boolean endStream) throws ConnectionException, IOException;

        /** A header block whose end has not come yet. */
        void blockBegins();

        /** @param flow bytes that count for windows, padding among them */
        void data(int stream, ByteBuffer payload, int flow, boolean endStream) throws ConnectionException, IOException;

        void reset(int stream, int code) throws ConnectionException;

        void settings(int identifier, int value) throws ConnectionException;

        void settingsEnd() throws IOException;

        void ping(long opaque) throws IOException;

        void goAway(int lastStream, int code);

        void windowUpdate(int stream, int more) throws ConnectionException, IOException;
    }

    private final IoLoop loop;
    private final MemoryAccount memory;
    private int longestBlock;
    private final FloodGuard guard;
    private final Frames frames;
    private @Nullable ByteBuffer held;
    private boolean prefaceSeen;
    private boolean settingsSeen;
    private boolean released;
    private byte[] block = NO_BYTES;
    private int blockLength;
    private int blockStream;
    private boolean blockEnds;

    /** @param longestBlock bytes a header block may have, compressed */
    FrameReader(IoLoop loop, MemoryAccount memory, int longestBlock, FloodGuard guard, Frames frames) {
        this.loop = loop;
        this.memory = memory;
        this.longestBlock = longestBlock;
        this.guard = guard;
        this.frames = frames;
    }

    /** What holds from the next block on; never less than the client was told when it came. */
    void longestBlock(int bytes) {
        longestBlock = Math.max(longestBlock, bytes);
    }

    private ByteBuffer take() {
        ByteBuffer buffer = held;
        held = null;
        if (buffer == null) {
            memory.buffers(IoLoop.BUFFER_SIZE);
            return loop.lendLarge();
        }
        return buffer;
    }

    private void giveBack(ByteBuffer buffer) {
        loop.giveBackLarge(buffer);
        memory.buffers(-IoLoop.BUFFER_SIZE);
    }

    /** Has bytes read first that were read from the socket before. */
    void putBack(ByteBuffer early) {
        if (early.hasRemaining()) {
            held = take().put(early);
        }
    }

    /**
     * Reads what is there and hands the whole frames on.
     *
     * @return false when the client has closed
     */
    boolean read(StreamSourceConduit source) throws ConnectionException, IOException {
        ByteBuffer in = take();
        boolean open = true;
        try {
            for (int i = 0; i < MAX_READS && open && !released; i++) {
                int before = in.position();
                int n = source.read(in);
                open = n >= 0;
                if (n == 0 && (i > 0 || before == 0)) {
                    break;
                }
                in.flip();
                try {
                    while (!released && frame(in)) {
                        // each is dealt with in full
                    }
                } finally {
                    in.compact();
                }
            }
        } finally {
            if (in.position() == 0 || released) {
                giveBack(in);
            } else {
                held = in;
            }
        }
        return open;
    }

    /** @return whether there was a whole one */
    private boolean frame(ByteBuffer in) throws ConnectionException, IOException {
        if (!prefaceSeen) {
            return preface(in);
        }
        if (in.remaining() < FrameType.HEADER) {
            return false;
        }
        int at = in.position();
        int length = in.getInt(at) >>> 8;
        int type = in.get(at + 3) & 0xff;
        int flags = in.get(at + 4) & 0xff;
        int stream = in.getInt(at + 5) & 0x7fffffff;
        if (length > FrameType.LONGEST) {
            throw ConnectionException.size(
                    "%s of %d bytes, %d are allowed".formatted(FrameType.shown(type), length, FrameType.LONGEST));
        }
        if (!settingsSeen && (type != FrameType.SETTINGS || (flags & FrameType.ACK) != 0)) {
            throw ConnectionException.protocol("%s before the first SETTINGS".formatted(FrameType.shown(type)));
        }
        if (blockStream != 0 && (type != FrameType.CONTINUATION || stream != blockStream)) {
            throw ConnectionException.protocol("%s on stream %d within the header block of stream %d"
                    .formatted(FrameType.shown(type), stream, blockStream));
        }
        if (in.remaining() < FrameType.HEADER + length) {
            return false;
        }
        ByteBuffer payload = in.slice(at + FrameType.HEADER, length);
        in.position(at + FrameType.HEADER + length);
        dispatch(type, flags, stream, payload);
        return true;
    }

    private boolean preface(ByteBuffer in) throws ConnectionException {
        int n = Math.min(in.remaining(), PREFACE.length);
        for (int i = 0; i < n; i++) {
            if (in.get(in.position() + i) != PREFACE[i]) {
                throw ConnectionException.protocol(
                        "the connection does not begin with HTTP/2's preface: " + Sample.of(in));
            }
        }
        if (n < PREFACE.length) {
            return false;
        }
        in.position(in.position() + n);
        prefaceSeen = true;
        return true;
    }

    private void dispatch(int type, int flags, int stream, ByteBuffer payload) throws ConnectionException, IOException {
        switch (type) {
            case FrameType.DATA -> {
                onStream(type, stream);
                int flow = payload.remaining();
                unpad(type, flags, payload);
                frames.data(stream, payload, flow, (flags & FrameType.END_STREAM) != 0);
            }
            case FrameType.HEADERS -> {
                onStream(type, stream);
                unpad(type, flags, payload);
                if ((flags & FrameType.PRIORITIZED) != 0) {
                    length(type, payload.remaining() >= 5, payload);
                    if ((payload.getInt() & 0x7fffffff) == stream) {
                        throw ConnectionException.protocol("stream %d depends on itself".formatted(stream));
                    }
                    payload.get();
                }
                blockStream = stream;
                blockEnds = (flags & FrameType.END_STREAM) != 0;
                blockLength = 0;
                if ((flags & FrameType.END_HEADERS) == 0) {
                    frames.blockBegins();
                }
                block(payload, flags);
            }
            case FrameType.CONTINUATION -> {
                if (blockStream == 0) {
                    throw ConnectionException.protocol("CONTINUATION without a header block");
                }
                guard.idleFrame(type);
                block(payload, flags);
            }
            case FrameType.PRIORITY -> {
                onStream(type, stream);
                guard.idleFrame(type);
                length(type, payload.remaining() == 5, payload);
                if ((payload.getInt(0) & 0x7fffffff) == stream) {
                    throw ConnectionException.protocol("stream %d depends on itself".formatted(stream));
                }
            }
            case FrameType.RST_STREAM -> {
                onStream(type, stream);
                length(type, payload.remaining() == 4, payload);
                frames.reset(stream, payload.getInt());
            }
            case FrameType.SETTINGS -> settings(flags, stream, payload);
            case FrameType.PUSH_PROMISE -> throw ConnectionException.protocol("PUSH_PROMISE from a client");
            case FrameType.PING -> {
                onConnection(type, stream);
                length(type, payload.remaining() == 8, payload);
                guard.idleFrame(type);
                if ((flags & FrameType.ACK) == 0) {
                    frames.ping(payload.getLong());
                }
            }
            case FrameType.GOAWAY -> {
                onConnection(type, stream);
                length(type, payload.remaining() >= 8, payload);
                guard.idleFrame(type);
                frames.goAway(payload.getInt() & 0x7fffffff, payload.getInt());
            }
            case FrameType.WINDOW_UPDATE -> {
                length(type, payload.remaining() == 4, payload);
                guard.idleFrame(type);
                frames.windowUpdate(stream, payload.getInt() & 0x7fffffff);
            }
            default -> guard.idleFrame(type); // RFC 9113 section 4.1: what is not known is ignored
        }
    }

    private static void onStream(int type, int stream) throws ConnectionException {
        if (stream == 0) {
            throw ConnectionException.protocol(FrameType.shown(type) + " on stream 0");
        }
    }

    private static void onConnection(int type, int stream) throws ConnectionException {
        if (stream != 0) {
            throw ConnectionException.protocol(FrameType.shown(type) + " on stream " + stream);
        }
    }

    private static void length(int type, boolean good, ByteBuffer payload) throws ConnectionException {
        if (!good) {
            throw ConnectionException.size("%s of %d bytes".formatted(FrameType.shown(type), payload.remaining()));
        }
    }

    private static void unpad(int type, int flags, ByteBuffer payload) throws ConnectionException {
        if ((flags & FrameType.PADDED) != 0) {
            length(type, payload.hasRemaining(), payload);
            int padding = payload.get() & 0xff;
            if (padding > payload.remaining()) {
                throw ConnectionException.protocol(
                        "%s with more padding than payload".formatted(FrameType.shown(type)));
            }
            payload.limit(payload.limit() - padding);
        }
    }

    private void settings(int flags, int stream, ByteBuffer payload) throws ConnectionException, IOException {
        onConnection(FrameType.SETTINGS, stream);
        guard.idleFrame(FrameType.SETTINGS);
        if ((flags & FrameType.ACK) != 0) {
            length(FrameType.SETTINGS, !payload.hasRemaining(), payload);
            return;
        }
        length(FrameType.SETTINGS, payload.remaining() % 6 == 0, payload);
        settingsSeen = true;
        while (payload.hasRemaining()) {
            frames.settings(payload.getShort() & 0xffff, payload.getInt());
        }
        frames.settingsEnd();
    }

    /** A part of a header block; the whole is handed on with its last. */
    private void block(ByteBuffer part, int flags) throws ConnectionException, IOException {
        int n = part.remaining();
        if (blockLength + n > longestBlock) {
            throw new ConnectionException(
                    ErrorCode.ENHANCE_YOUR_CALM,
                    Cause.CLIENT_H2_FLOOD,
                    "a header block of more than %d bytes".formatted(longestBlock));
        }
        if (block.length < blockLength + n) {
            int size = Math.max(blockLength + n, 1024);
            memory.heap(size - block.length);
            block = Arrays.copyOf(block, size);
        }
        part.get(block, blockLength, n);
        blockLength += n;
        if ((flags & FrameType.END_HEADERS) != 0) {
            int stream = blockStream;
            blockStream = 0;
            frames.headers(stream, block, blockLength, blockEnds);
            if (block.length > 4096) {
                memory.heap(-block.length);
                block = NO_BYTES;
            }
        }
    }

    /** Gives back what it holds, at the latest when the event returns. Idempotent. */
    void release() {
        if (!released) {
            released = true;
            memory.heap(-block.length);
            block = NO_BYTES;
            if (held != null) {
                giveBack(held);
                held = null;
            }
        }
    }
}
