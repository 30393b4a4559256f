package io.culprit.server.request.body;

import io.culprit.http.Trailers;
import io.culprit.loop.Spill;
import io.culprit.reply.Ascii;
import io.culprit.upstream.request.RequestBody;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A body that was taken in whole and has fields behind it: one chunk, since a length alone leaves no room for them. */
public final class TrailedBody implements RequestBody {
    private final RequestBody body;
    private final byte[] before;
    private final byte[] behind;
    private ByteBuffer frame;
    private boolean bodyDone;

    /** @param length bytes of {@code body} */
    public TrailedBody(RequestBody body, long length, Trailers trailers) {
        this.body = body;
        byte[] last = trailers.lastChunk();
        this.before = length == 0 ? last : Ascii.bytes(Long.toHexString(length) + "\r\n");
        this.behind = length == 0
                ? new byte[0]
                : ByteBuffer.allocate(last.length + 2)
                        .put((byte) '\r')
                        .put((byte) '\n')
                        .put(last)
                        .array();
        begin();
    }

    private void begin() {
        frame = ByteBuffer.wrap(before);
        bodyDone = false;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public boolean repeatable() {
        return body.repeatable();
    }

    @Override
    public void rewind() {
        body.rewind();
        begin();
    }

    @Override
    public Progress writeTo(Spill.Target target) throws IOException {
        if (frame.hasRemaining()) {
            target.write(frame);
        }
        if (!frame.hasRemaining() && !bodyDone) {
            Progress progress = body.writeTo(target);
            if (progress != Progress.DONE) {
                return progress;
            }
            bodyDone = true;
            frame = ByteBuffer.wrap(behind);
            target.write(frame);
        }
        return frame.hasRemaining() ? Progress.TARGET_FULL : Progress.DONE;
    }

    @Override
    public void whenReadable(Runnable resume) {
        body.whenReadable(resume);
    }
}
