package org.xnio.nio;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * Both directions of an {@link AcceptedSocket}. In the selector only from the moment somebody waits for the socket: a client whose
 * request came with its connection, and that is answered and closed at once, never is, which saves four system calls. Nothing
 * here blocks. Owned by its IO thread.
 */
@NullMarked
final class AcceptedConduit implements StreamSourceConduit, StreamSinkConduit {
    private final XnioIoThread thread;
    private final SocketChannel socket;
    private final AcceptedSocket connection;
    private @Nullable Registration registration;
    private @Nullable ReadReadyHandler reading;
    private @Nullable WriteReadyHandler writing;
    private boolean written;
    private boolean noDelay;

    AcceptedConduit(XnioIoThread thread, SocketChannel socket, AcceptedSocket connection) {
        this.thread = thread;
        this.socket = socket;
        this.connection = connection;
    }

    /** The place in the selector. */
    private final class Registration extends RegisteredChannel {
        Registration() throws ClosedChannelException {
            super(thread, socket);
        }

        void want(int operations) {
            listenFor(operations);
        }

        void drop(int operations) {
            stopListeningFor(operations);
        }

        boolean wants(int operations) {
            return listensFor(operations);
        }

        void leave() {
            deregister();
        }

        @Override
        protected void ready(int operations) {
            if ((operations & SelectionKey.OP_READ) != 0) {
                Objects.requireNonNull(reading).readReady();
            }
            if ((operations & SelectionKey.OP_WRITE) != 0 && socket.isOpen()) {
                Objects.requireNonNull(writing).writeReady();
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
    }

    /** Empty for a socket that was closed, for which nobody can wait. */
    private Optional<Registration> registered() {
        if (registration == null && socket.isOpen()) {
            try {
                registration = new Registration();
            } catch (ClosedChannelException e) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(registration);
    }

    void leave() {
        if (registration != null) {
            registration.leave();
        }
    }

    /**
     * What follows unacknowledged bytes must not wait for their acknowledgement (RFC 896): a second write, or the tail of one that
     * takes several segments. Clients that get one short answer spare the call.
     */
    private void beforeWrite(long bytes) throws IOException {
        if (!noDelay && (written || bytes > RegisteredChannel.ONE_SEGMENT)) {
            noDelay = true;
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        written = true;
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
        beforeWrite(source.remaining());
        return socket.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            bytes += sources[i].remaining();
        }
        beforeWrite(bytes);
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
        beforeWrite(count);
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
        registered().ifPresent(place -> place.want(SelectionKey.OP_WRITE));
    }

    @Override
    public void suspendWrites() {
        if (registration != null) {
            registration.drop(SelectionKey.OP_WRITE);
        }
    }

    @Override
    public void wakeupWrites() {
        registered().ifPresent(place -> place.wakeup(SelectionKey.OP_WRITE));
    }

    @Override
    public boolean isWriteResumed() {
        return registration != null && registration.wants(SelectionKey.OP_WRITE);
    }

    @Override
    public void resumeReads() {
        registered().ifPresent(place -> place.want(SelectionKey.OP_READ));
    }

    @Override
    public void suspendReads() {
        if (registration != null) {
            registration.drop(SelectionKey.OP_READ);
        }
    }

    @Override
    public void wakeupReads() {
        registered().ifPresent(place -> place.wakeup(SelectionKey.OP_READ));
    }

    @Override
    public boolean isReadResumed() {
        return registration != null && registration.wants(SelectionKey.OP_READ);
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
