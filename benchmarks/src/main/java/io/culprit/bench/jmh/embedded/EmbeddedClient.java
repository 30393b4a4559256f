package io.culprit.bench.jmh.embedded;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/** A client in this process: what it sends is there at once, and what it gets is looked at no further than its status. */
final class EmbeddedClient extends StreamConnection {
    private static final SocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final EmbeddedSource source;
    private final EmbeddedSink sink;

    EmbeddedClient(XnioIoThread thread) {
        super(thread);
        source = new EmbeddedSource(thread);
        sink = new EmbeddedSink(thread);
        setSourceConduit(source);
        setSinkConduit(sink);
    }

    /** Sends a request, and has it read before this returns. */
    void send(byte[] request) {
        source.send(request);
    }

    /** Leaves, and has that noticed before this returns. */
    void leave() {
        source.end();
    }

    /** Status of the last response, 0 when none came since the last call. */
    int takeStatus() {
        return sink.takeStatus();
    }

    @Override
    public SocketAddress getPeerAddress() {
        return ADDRESS;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return ADDRESS;
    }

    @Override
    protected void notifyWriteClosed() {
        // nobody asks
    }

    @Override
    protected void notifyReadClosed() {
        // nobody asks
    }
}
