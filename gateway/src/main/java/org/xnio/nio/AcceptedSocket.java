package org.xnio.nio;

import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * XNIO's connection for a socket that was accepted by somebody else than XNIO's server, whose pauses after running out of
 * descriptors grow to sixteen seconds. Beside {@link RegisteredChannel} the only class that knows XNIO's inside.
 */
public final class AcceptedSocket {
    private AcceptedSocket() {}

    /**
     * Call on the IO thread that will own the connection.
     *
     * @param socket connected and not blocking
     * @throws ClosedChannelException when it was closed already
     */
    public static StreamConnection connection(XnioIoThread thread, SocketChannel socket) throws ClosedChannelException {
        WorkerThread worker = (WorkerThread) thread;
        return new NioSocketStreamConnection(worker, worker.registerChannel(socket), null);
    }
}
