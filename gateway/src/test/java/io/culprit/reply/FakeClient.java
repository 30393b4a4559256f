package io.culprit.reply;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/** A client's connection that takes as many bytes as the test says, or is broken. */
final class FakeClient extends StreamConnection {
    private final StringBuilder got = new StringBuilder();
    private final Sink sink = new Sink();
    private WriteReadyHandler ready;

    /** Bytes it takes from now on. */
    long room = Long.MAX_VALUE;

    /** Writes so far; one over several buffers is one. */
    int writes;

    boolean reset;
    RuntimeException fault;
    boolean resumed;
    boolean shut;
    boolean closed;

    FakeClient(XnioIoThread thread) {
        super(thread);
        setSinkConduit(sink);
    }

    StreamSinkConduit sink() {
        return sink;
    }

    /** All it was sent since the last call. */
    String got() {
        String all = got.toString();
        got.setLength(0);
        return all;
    }

    /** The socket takes that many bytes and says so, if anybody wants to hear it. */
    void takes(long bytes) {
        room = bytes;
        if (resumed) {
            ready.writeReady();
        }
    }

    private long take(ByteBuffer bytes) {
        int n = (int) Math.min(room, bytes.remaining());
        byte[] some = new byte[n];
        bytes.get(some);
        got.append(new String(some, StandardCharsets.ISO_8859_1));
        room -= n;
        return n;
    }

    @Override
    protected void closeAction() {
        closed = true;
    }

    @Override
    protected void notifyWriteClosed() {}

    @Override
    protected void notifyReadClosed() {}

    @Override
    public java.net.SocketAddress getPeerAddress() {
        return null;
    }

    @Override
    public java.net.SocketAddress getLocalAddress() {
        return null;
    }

    private final class Sink implements StreamSinkConduit {
        private void check() throws IOException {
            writes++;
            if (fault != null) {
                throw fault;
            }
            if (reset) {
                throw new IOException("Connection reset by peer");
            }
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            check();
            return (int) take(source);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            check();
            long n = 0;
            for (int i = offset; i < offset + length; i++) {
                n += take(sources[i]);
            }
            return n;
        }

        @Override
        public long transferFrom(FileChannel source, long position, long count) throws IOException {
            check();
            ByteBuffer some = ByteBuffer.allocate((int) Math.min(count, Math.min(room, 100_000)));
            if (source.read(some, position) < 0) {
                return 0;
            }
            return take(some.flip());
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
        public boolean isWriteResumed() {
            return resumed;
        }

        @Override
        public void setWriteReadyHandler(WriteReadyHandler handler) {
            ready = handler;
        }

        @Override
        public void terminateWrites() throws IOException {
            if (reset) {
                throw new IOException("Broken pipe");
            }
            shut = true;
        }

        @Override
        public boolean isWriteShutdown() {
            return shut;
        }

        @Override
        public boolean flush() {
            return true;
        }

        @Override
        public XnioIoThread getWriteThread() {
            return getIoThread();
        }

        @Override
        public XnioWorker getWorker() {
            return getIoThread().getWorker();
        }

        @Override
        public long transferFrom(StreamSourceChannel source, long count, ByteBuffer through) {
            throw new AssertionError("not used");
        }

        @Override
        public int writeFinal(ByteBuffer source) {
            throw new AssertionError("not used");
        }

        @Override
        public long writeFinal(ByteBuffer[] sources, int offset, int length) {
            throw new AssertionError("not used");
        }

        @Override
        public void wakeupWrites() {
            throw new AssertionError("not used");
        }

        @Override
        public void awaitWritable() {
            throw new AssertionError("not used");
        }

        @Override
        public void awaitWritable(long time, TimeUnit unit) {
            throw new AssertionError("not used");
        }

        @Override
        public void truncateWrites() {
            throw new AssertionError("not used");
        }
    }
}
