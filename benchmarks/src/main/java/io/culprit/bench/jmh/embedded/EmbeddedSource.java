package io.culprit.bench.jmh.embedded;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/** What an {@link EmbeddedClient} sends. */
final class EmbeddedSource implements StreamSourceConduit {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final XnioIoThread thread;
    private @Nullable ReadReadyHandler handler;
    private ByteBuffer bytes = NOTHING;
    private boolean ended;
    private boolean resumed;

    EmbeddedSource(XnioIoThread thread) {
        this.thread = thread;
    }

    void send(byte[] request) {
        bytes = ByteBuffer.wrap(request);
        ready();
    }

    private void ready() {
        Objects.requireNonNull(handler).readReady();
    }

    void end() {
        ended = true;
        ready();
    }

    @Override
    public int read(ByteBuffer target) {
        if (!bytes.hasRemaining()) {
            return ended ? -1 : 0;
        }
        int n = Math.min(bytes.remaining(), target.remaining());
        target.put(target.position(), bytes, bytes.position(), n);
        target.position(target.position() + n);
        bytes.position(bytes.position() + n);
        return n;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long count, ByteBuffer through, StreamSinkChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void terminateReads() {
        ended = true;
    }

    @Override
    public boolean isReadShutdown() {
        return ended;
    }

    @Override
    public void resumeReads() {
        resumed = true;
    }

    @Override
    public void suspendReads() {
        resumed = false;
    }

    @Override
    public void wakeupReads() {
        resumed = true;
        thread.execute(this::ready);
    }

    @Override
    public boolean isReadResumed() {
        return resumed;
    }

    @Override
    public void awaitReadable() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public XnioIoThread getReadThread() {
        return thread;
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler newHandler) {
        handler = newHandler;
    }

    @Override
    public XnioWorker getWorker() {
        return thread.getWorker();
    }
}
