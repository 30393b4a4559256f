package io.culprit.upstream.fastcgi;

import io.culprit.loop.Spill;
import io.culprit.upstream.request.RequestBody;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A request body on its way out as STDIN records, the empty one that ends the stream included. Whatever piece the inner
 * body offers becomes one record; where the target takes only a part, the record goes on with the next call. Owned by
 * one IO thread.
 */
final class StdinBody implements RequestBody {
    private final RequestBody inner;
    private final ByteBuffer header = ByteBuffer.allocate(FastCgi.HEADER).limit(0);
    private int recordLeft;
    private boolean innerDone;
    private boolean endQueued;

    StdinBody(RequestBody inner) {
        this.inner = inner;
    }

    @Override
    public boolean isEmpty() {
        return false; // an empty stream still has its end
    }

    @Override
    public boolean repeatable() {
        return inner.repeatable();
    }

    @Override
    public void rewind() {
        inner.rewind();
        header.limit(0);
        recordLeft = 0;
        innerDone = false;
        endQueued = false;
    }

    @Override
    public Progress writeTo(Spill.Target target) throws IOException {
        if (!innerDone) {
            Progress progress = inner.isEmpty() ? Progress.DONE : inner.writeTo(piece -> record(piece, target));
            if (progress != Progress.DONE) {
                return progress;
            }
            innerDone = true;
        }
        if (!endQueued) {
            endQueued = true;
            queueHeader(0);
        }
        return drainHeader(target) ? Progress.DONE : Progress.TARGET_FULL;
    }

    private void record(ByteBuffer piece, Spill.Target target) throws IOException {
        while (piece.hasRemaining()) {
            if (recordLeft == 0) {
                recordLeft = Math.min(piece.remaining(), FastCgi.LONGEST);
                queueHeader(recordLeft);
            }
            if (!drainHeader(target)) {
                return;
            }
            int limit = piece.limit();
            int before = piece.position();
            piece.limit(before + Math.min(piece.remaining(), recordLeft));
            target.write(piece);
            piece.limit(limit);
            int written = piece.position() - before;
            recordLeft -= written;
            if (written == 0) {
                return;
            }
        }
    }

    private void queueHeader(int contentLength) {
        Params.header(header.clear(), FastCgi.STDIN, contentLength);
        header.flip();
    }

    private boolean drainHeader(Spill.Target target) throws IOException {
        if (header.hasRemaining()) {
            target.write(header);
        }
        return !header.hasRemaining();
    }

    @Override
    public void whenReadable(Runnable resume) {
        inner.whenReadable(resume);
    }
}
