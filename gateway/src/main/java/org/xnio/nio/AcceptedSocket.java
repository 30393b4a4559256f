package org.xnio.nio;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.xnio.Option;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * XNIO's connection for a socket that was accepted by somebody else than XNIO's server. Not XNIO's own, for three promises that
 * one cannot keep: closing many at once costs each a closing and not a look at all that is ready (thousands of clients that
 * left together froze the gateway for seconds); the end of input costs no {@code shutdown}; and what goes wrong in a handler
 * is not swallowed. Beside {@link RegisteredChannel} and its conduit the only class that knows XNIO's inside. Owned by one IO
 * thread.
 */
@NullMarked
public final class AcceptedSocket extends StreamConnection {
    private final SocketChannel socket;
    private final AcceptedConduit conduit;

    private AcceptedSocket(XnioIoThread thread, SocketChannel socket) {
        super(thread);
        this.socket = socket;
        this.conduit = new AcceptedConduit(thread, socket, this);
        setSourceConduit(conduit);
        setSinkConduit(conduit);
    }

    /**
     * Call on the IO thread that will own the connection.
     *
     * @param socket connected and not blocking; in the selector once somebody waits for it
     */
    public static StreamConnection connection(XnioIoThread thread, SocketChannel socket) {
        return new AcceptedSocket(thread, socket);
    }

    @Override
    public SocketAddress getPeerAddress() {
        try {
            return socket.getRemoteAddress();
        } catch (IOException e) {
            throw new IllegalStateException("a closed connection is asked for its peer", e);
        }
    }

    @Override
    public SocketAddress getLocalAddress() {
        try {
            return socket.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException("a closed connection is asked for its address", e);
        }
    }

    @Override
    public <T> @Nullable T setOption(Option<T> option, T value) throws IOException {
        if (option != Options.CLOSE_ABORT) {
            throw new IllegalArgumentException(option + " is not an option here");
        }
        socket.setOption(StandardSocketOptions.SO_LINGER, Boolean.TRUE.equals(value) ? 0 : -1);
        return null;
    }

    @Override
    public boolean supportsOption(Option<?> option) {
        return option == Options.CLOSE_ABORT;
    }

    /** Says that nothing more will be sent. */
    void shutdownOutput() throws IOException {
        if (writeClosed() && socket.isOpen()) {
            socket.shutdownOutput();
        }
    }

    @Override
    protected void closeAction() throws IOException {
        conduit.leave();
        socket.close();
    }

    @Override
    protected void notifyWriteClosed() {
        // whoever closed it knows
    }

    @Override
    protected void notifyReadClosed() {
        // whoever closed it knows
    }
}
