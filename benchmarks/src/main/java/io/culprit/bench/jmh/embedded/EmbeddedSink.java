package io.culprit.bench.jmh.embedded;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/** What an {@link EmbeddedClient} gets: everything is taken at once. */
final class EmbeddedSink implements StreamSinkConduit {
    private static final int STATUS = "HTTP/1.1 ".length();

    private final XnioIoThread thread;
    private boolean ended;
    private boolean resumed;
    private int status;

    EmbeddedSink(XnioIoThread thread) {
        this.thread = thread;
    }

    int takeStatus() {
        int last = status;
        status = 0;
        return last;
    }

    @Override
    public int write(ByteBuffer bytes) {
        if (status == 0) {
            for (int i = 0; i < 3; i++) {
                status = status * 10 + bytes.get(bytes.position() + STATUS + i) - '0';
            }
        }
        int n = bytes.remaining();
        bytes.position(bytes.limit());
        return n;
    }

    @Override
    public long write(ByteBuffer[] bytes, int offset, int length) {
        long n = 0;
        for (int i = offset; i < offset + length; i++) {
            n += write(bytes[i]);
        }
        return n;
    }

    @Override
    public int writeFinal(ByteBuffer bytes) {
        return write(bytes);
    }

    @Override
    public long writeFinal(ByteBuffer[] bytes, int offset, int length) {
        return write(bytes, offset, length);
    }

    @Override
    public long transferFrom(FileChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer through) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void terminateWrites() {
        ended = true;
    }

    @Override
    public boolean isWriteShutdown() {
        return ended;
    }

    @Override
    public void resumeWrites() {
        resumed = true;
    }

    @Override
    public void suspendWrites() {
        resumed = false;
    }

    @Override
    public void wakeupWrites() {
        resumed = true;
    }

    @Override
    public boolean isWriteResumed() {
        return resumed;
    }

    @Override
    public void awaitWritable() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void awaitWritable(long time, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public XnioIoThread getWriteThread() {
        return thread;
    }

    @Override
    public void setWriteReadyHandler(WriteReadyHandler handler) {
        // never needed: there is always room
    }

    @Override
    public void truncateWrites() {
        ended = true;
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public XnioWorker getWorker() {
        return thread.getWorker();
    }
}
