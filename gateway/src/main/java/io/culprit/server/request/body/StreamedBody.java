package io.culprit.server.request.body;

import io.culprit.http.MessageException;
import io.culprit.http.Trailers;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Spill;
import io.culprit.reply.Ascii;
import io.culprit.upstream.request.RequestBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes a request body on while it arrives ({@code buffering.request: false}). It can be sent again only while nothing
 * was taken from it. A body of unknown length is framed as chunks. Owned by one IO thread.
 */
final class StreamedBody implements RequestBody {
    private static final int FRAMING = 16;

    private final BodySource source;
    private final IoLoop loop;
    private final boolean chunked;
    private final Supplier<Trailers> trailers;
    private final Consumer<String> clientGone;
    private @Nullable ByteBuffer buffer;
    private boolean lastWritten;
    private boolean touched;
    private Runnable resume = () -> {};

    /**
     * @param chunked whether to frame the bytes as chunks
     * @param trailers what follows, asked for when the body has ended
     * @param clientGone told how the client broke the connection
     */
    StreamedBody(
            BodySource source, IoLoop loop, boolean chunked, Supplier<Trailers> trailers, Consumer<String> clientGone) {
        this.trailers = trailers;
        this.source = source;
        this.loop = loop;
        this.chunked = chunked;
        this.clientGone = clientGone;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public boolean repeatable() {
        return !touched;
    }

    @Override
    public void rewind() {
        if (touched) {
            throw new IllegalStateException("a streamed body cannot be sent again");
        }
    }

    @Override
    public void whenReadable(Runnable newResume) {
        resume = newResume;
    }

    @Override
    public Progress writeTo(Spill.Target target) throws IOException {
        while (true) {
            if (buffer != null) {
                target.write(buffer);
                if (buffer.hasRemaining()) {
                    source.pause();
                    return Progress.TARGET_FULL;
                }
                release();
            }
            if (source.ended() && (!chunked || lastWritten)) {
                return Progress.DONE;
            }
            if (!fetch()) {
                return Progress.SOURCE_EMPTY;
            }
        }
    }

    /** @return false when nothing is there now */
    private boolean fetch() throws IOException {
        ByteBuffer next = loop.lend();
        if (!source.ended()) {
            next.position(chunked ? FRAMING : 0).limit(next.capacity() - (chunked ? 2 : 0));
            int n;
            try {
                n = source.read(next);
            } catch (MessageException e) {
                loop.giveBack(next);
                throw e;
            } catch (IOException e) {
                loop.giveBack(next);
                String how = String.valueOf(e.getMessage());
                loop.execute(() -> clientGone.accept(how)); // not now: an upstream is being written
                return false;
            }
            if (n == 0) {
                loop.giveBack(next);
                source.await(this::readable);
                return false;
            }
            if (n > 0) {
                touched = true;
                frame(next);
                buffer = next;
                return true;
            }
        }
        next.clear();
        if (chunked) {
            next.put(trailers.get().lastChunk());
        }
        lastWritten = true;
        buffer = next.flip();
        return true;
    }

    private void frame(ByteBuffer next) {
        int end = next.position();
        if (!chunked) {
            next.flip();
            return;
        }
        byte[] size = Ascii.bytes(Integer.toHexString(end - FRAMING) + "\r\n");
        next.limit(end + 2).put(end, (byte) '\r').put(end + 1, (byte) '\n');
        next.position(FRAMING - size.length).put(FRAMING - size.length, size);
    }

    private void readable() {
        source.pause();
        resume.run();
    }

    void release() {
        if (buffer != null) {
            loop.giveBack(buffer);
            buffer = null;
        }
    }
}
