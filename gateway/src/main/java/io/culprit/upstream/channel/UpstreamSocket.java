package io.culprit.upstream.channel;

import io.culprit.loop.IoLoop;
import io.culprit.loop.Trouble;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.nio.RegisteredChannel;

/**
 * A socket to an upstream, TCP or unix-domain alike, on the IO thread of the request it serves. Reads are resumed once
 * and stay so: that costs no system call per request and shows when an idle connection is closed. Owned by one loop.
 */
public final class UpstreamSocket extends RegisteredChannel implements UpstreamChannel {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamSocket.class);
    private static final java.util.concurrent.atomic.AtomicInteger OPEN =
            new java.util.concurrent.atomic.AtomicInteger();

    /** Between two owners nothing is to be told: the selector is asked only after the next one has taken over. */
    private static final ChannelHandler NOBODY = new ChannelHandler() {
        @Override
        public void connected() {}

        @Override
        public void connectFailed(IOException e) {}

        @Override
        public void readable() {}

        @Override
        public void writable() {}

        @Override
        public void abandoned(String why) {}
    };

    private final SocketChannel socket;
    private ChannelHandler handler;
    private boolean connecting;
    private boolean delays;
    private boolean unanswered;
    private boolean open = true;

    private UpstreamSocket(IoLoop loop, SocketChannel socket, boolean connected, boolean delays, ChannelHandler handler)
            throws IOException {
        super(loop.thread(), socket);
        this.socket = socket;
        this.handler = handler;
        this.connecting = !connected;
        this.delays = delays;
        OPEN.incrementAndGet();
        listenFor(connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
    }

    /** Channels open now over all loops; 0 when nothing leaks after a shutdown. */
    public static int openChannels() {
        return OPEN.get();
    }

    /**
     * Starts connecting. On this machine the answer is there at once: looking for it before the selector is troubled
     * makes a refused connection cost half.
     *
     * @return {@link UpstreamChannel#connected} tells whether the connection stands already; else the handler is told
     * @throws IOException when it failed at once, or the process may open no further file
     */
    public static UpstreamSocket connect(IoLoop loop, SocketAddress address, ChannelHandler handler)
            throws IOException {
        SocketChannel socket = socket(address);
        try {
            socket.configureBlocking(false);
            boolean connected = socket.connect(address) || socket.finishConnect();
            boolean delays = !(address instanceof UnixDomainSocketAddress);
            return new UpstreamSocket(loop, socket, connected, delays, handler);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static SocketChannel socket(SocketAddress address) throws IOException {
        if (address instanceof UnixDomainSocketAddress) {
            return SocketChannel.open(StandardProtocolFamily.UNIX);
        }
        // A socket for both families would be asked to take IPv4 too, by one more system call.
        return ((InetSocketAddress) address).getAddress() instanceof Inet4Address
                ? SocketChannel.open(StandardProtocolFamily.INET)
                : SocketChannel.open();
    }

    @Override
    public boolean connected() {
        return !connecting;
    }

    @Override
    public void handler(ChannelHandler newHandler) {
        handler = newHandler;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int n = socket.read(target);
        if (n > 0) {
            unanswered = false;
        }
        return n;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        if (delays && (unanswered || source.remaining() > ONE_SEGMENT)) {
            // Nagle's algorithm (RFC 896) holds back what follows bytes nobody has acknowledged, the tail of a write of
            // several segments too: a request that leaves in one segment, as nearly all do, needs no option set.
            delays = false;
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        unanswered = true;
        return socket.write(source);
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void resumeWrites() {
        if (!listensFor(SelectionKey.OP_WRITE)) {
            listenFor(SelectionKey.OP_WRITE);
        }
    }

    @Override
    public void suspendWrites() {
        if (listensFor(SelectionKey.OP_WRITE)) {
            stopListeningFor(SelectionKey.OP_WRITE);
        }
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
    public Optional<Detached> detach() {
        if (!open) {
            return Optional.empty();
        }
        open = false;
        deregisterNow();
        return Optional.of(new Moving());
    }

    private final class Moving implements Detached {
        @Override
        public UpstreamChannel attach(IoLoop loop) throws IOException {
            OPEN.decrementAndGet(); // the new one counts itself
            return new UpstreamSocket(loop, socket, true, delays, NOBODY);
        }

        @Override
        public void close() {
            OPEN.decrementAndGet();
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("closing an upstream connection failed", e);
            }
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        OPEN.decrementAndGet();
        deregister();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing an upstream connection failed", e);
        }
    }

    @Override
    protected void ready(int operations) {
        if (!open) {
            return;
        }
        try {
            if (connecting) {
                finish();
                return;
            }
            if ((operations & SelectionKey.OP_READ) != 0) {
                handler.readable();
            }
            if (open && (operations & SelectionKey.OP_WRITE) != 0) {
                handler.writable();
            }
        } catch (RuntimeException | Error e) {
            Trouble.endIfOutOfMemory(e);
            LOG.error("an upstream connection's handler failed: {}", Trouble.line(e));
            close();
            handler.abandoned("the gateway failed: " + Trouble.line(e));
        }
    }

    private void finish() {
        try {
            if (!finishConnect()) {
                return;
            }
        } catch (IOException e) {
            connecting = false;
            handler.connectFailed(e);
            return;
        }
        connecting = false;
        stopListeningFor(SelectionKey.OP_CONNECT);
        listenFor(SelectionKey.OP_READ);
        handler.connected();
    }

    @Override
    protected void abandoned() {
        if (open) {
            close();
            handler.abandoned("the IO thread gave the connection up");
        }
    }
}
