package org.xnio.nio;

import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectableChannel;
import org.jspecify.annotations.NullMarked;
import org.xnio.XnioIoThread;

/**
 * A java.nio channel of our own in the selector of an XNIO IO thread, so that one thread owns both sides of a proxied
 * request. This is the only class that knows XNIO's inside, which is why it lives in XNIO's package:
 * {@code WorkerThread.registerChannel} and {@code NioHandle} are not public.
 *
 * <p>All methods must be called on the IO thread the channel was registered with.
 */
@NullMarked
public abstract class RegisteredChannel extends NioHandle {
    /** Bytes that one TCP segment with a timestamp takes on every path of IPv6 (RFC 8200 section 5), and of IPv4 as it is today. */
    protected static final int ONE_SEGMENT = 1_208;

    /**
     * @throws ClosedChannelException when the channel is already closed
     */
    protected RegisteredChannel(XnioIoThread thread, AbstractSelectableChannel channel) throws ClosedChannelException {
        super((WorkerThread) thread, ((WorkerThread) thread).registerChannel(channel));
        getSelectionKey().attach(this);
    }

    /** The channel is ready for these {@link SelectionKey} operations. */
    protected abstract void ready(int operations);

    /** The IO thread is shutting down and has closed the channel. */
    protected abstract void abandoned();

    protected final void listenFor(int operations) {
        resume(operations);
    }

    protected final void stopListeningFor(int operations) {
        suspend(operations);
    }

    protected final boolean listensFor(int operations) {
        return isResumed(operations);
    }

    protected final boolean finishConnect() throws java.io.IOException {
        return ((java.nio.channels.SocketChannel) getSelectionKey().channel()).finishConnect();
    }

    /**
     * Takes the channel out of the selector; the caller closes it. Not by XNIO's own way, which selects once more for each
     * key: the thread's next turn does the same for all, and a failing upstream makes many.
     */
    protected final void deregister() {
        getSelectionKey().cancel();
    }

    /**
     * The same at once: only then may the channel be registered with this selector again, which somebody does who moves it to
     * another thread and back.
     */
    protected final void deregisterNow() {
        getSelectionKey().cancel();
        try {
            getSelectionKey().selector().selectNow();
        } catch (java.io.IOException e) {
            throw new IllegalStateException("the selector has failed", e);
        }
    }

    @Override
    final void handleReady(int operations) {
        ready(operations);
    }

    @Override
    final void forceTermination() {
        abandoned();
    }

    @Override
    final void terminated() {
        abandoned();
    }
}
