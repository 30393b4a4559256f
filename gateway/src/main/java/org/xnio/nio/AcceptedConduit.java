package org.xnio.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;
import org.xnio.conduits.WriteReadyHandler;

/** Both directions of an {@link AcceptedSocket}. Nothing here blocks. Owned by its IO thread. */
final class AcceptedConduit extends RegisteredChannel implements StreamSourceConduit, StreamSinkConduit {
    private final XnioIoThread thread;
    private final SocketChannel socket;
    private final AcceptedSocket connection;
    private ReadReadyHandler reading;
    private WriteReadyHandler writing;

    AcceptedConduit(XnioIoThread thread, SocketChannel socket, AcceptedSocket connection)
            throws ClosedChannelException {
        super(thread, socket);
        this.thread = thread;
        this.socket = socket;
        this.connection = connection;
    }

    void leave() {
        deregister();
    }

    @Override
    protected void ready(int operations) {
        if ((operations & SelectionKey.OP_READ) != 0) {
            reading.readReady();
        }
        if ((operations & SelectionKey.OP_WRITE) != 0 && socket.isOpen()) {
            writing.writeReady();
        }
    }

    @Override
    protected void abandoned() {
        if (reading != null) {
            reading.forceTermination();
        }
        if (writing != null) {
            writing.forceTermination();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return socket.isOpen() ? socket.read(target) : -1;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return socket.isOpen() ? socket.read(targets, offset, length) : -1;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return socket.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return length == 1 ? socket.write(sources[offset]) : socket.write(sources, offset, length);
    }

    @Override
    public int writeFinal(ByteBuffer source) throws IOException {
        return Conduits.writeFinalBasic(this, source);
    }

    @Override
    public long writeFinal(ByteBuffer[] sources, int offset, int length) throws IOException {
        return Conduits.writeFinalBasic(this, sources, offset, length);
    }

    @Override
    public long transferFrom(FileChannel source, long position, long count) throws IOException {
        return source.transferTo(position, count, socket);
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer through) throws IOException {
        return Conduits.transfer(source, count, through, this);
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(socket, position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer through, StreamSinkChannel target) throws IOException {
        return Conduits.transfer(this, count, through, target);
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public void terminateWrites() throws IOException {
        suspendWrites();
        connection.shutdownOutput();
    }

    @Override
    public void truncateWrites() throws IOException {
        terminateWrites();
    }

    @Override
    public void terminateReads() {
        suspendReads();
    }

    @Override
    public boolean isWriteShutdown() {
        return connection.isWriteShutdown();
    }

    @Override
    public boolean isReadShutdown() {
        return connection.isReadShutdown();
    }

    @Override
    public void resumeWrites() {
        listenFor(SelectionKey.OP_WRITE);
    }

    @Override
    public void suspendWrites() {
        stopListeningFor(SelectionKey.OP_WRITE);
    }

    @Override
    public void wakeupWrites() {
        wakeup(SelectionKey.OP_WRITE);
    }

    @Override
    public boolean isWriteResumed() {
        return listensFor(SelectionKey.OP_WRITE);
    }

    @Override
    public void resumeReads() {
        listenFor(SelectionKey.OP_READ);
    }

    @Override
    public void suspendReads() {
        stopListeningFor(SelectionKey.OP_READ);
    }

    @Override
    public void wakeupReads() {
        wakeup(SelectionKey.OP_READ);
    }

    @Override
    public boolean isReadResumed() {
        return listensFor(SelectionKey.OP_READ);
    }

    @Override
    public void awaitWritable() {
        throw new UnsupportedOperationException("an IO thread never waits");
    }

    @Override
    public void awaitWritable(long time, TimeUnit unit) {
        throw new UnsupportedOperationException("an IO thread never waits");
    }

    @Override
    public void awaitReadable() {
        throw new UnsupportedOperationException("an IO thread never waits");
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) {
        throw new UnsupportedOperationException("an IO thread never waits");
    }

    @Override
    public XnioIoThread getWriteThread() {
        return thread;
    }

    @Override
    public XnioIoThread getReadThread() {
        return thread;
    }

    @Override
    public XnioWorker getWorker() {
        return thread.getWorker();
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler handler) {
        reading = handler;
    }

    @Override
    public void setWriteReadyHandler(WriteReadyHandler handler) {
        writing = handler;
    }
}
