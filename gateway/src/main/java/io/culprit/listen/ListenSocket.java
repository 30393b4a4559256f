package io.culprit.listen;

import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Trouble;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.nio.AcceptedSocket;
import org.xnio.nio.RegisteredChannel;

/**
 * One listening socket, accepting on one IO thread for all: batches without a hand-off where that thread serves the client
 * itself. Not XNIO's server, for two promises it cannot keep: that accepting pauses while no further client may come and
 * goes on at once when one may, and that after running out of descriptors it looks again soon, where XNIO's waits up to
 * sixteen seconds.
 */
public final class ListenSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListenSocket.class);
    private static final int BACKLOG = 4096;

    /** Clients accepted in one event: many that come at once must not keep the thread from all others. */
    private static final int BATCH = 64;

    /** Pause after the system refused a descriptor. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Whose clients they are. */
    public interface Owner {
        /**
         * Whether a client that waits may be accepted now; another one may be closed for it. If not, the listener pauses until
         * {@link ListenSocket#resume}. Called on the listener's thread.
         */
        boolean admits();

        /** Whether a further client may be accepted at no other's cost, should one wait; called on the listener's thread. */
        boolean hasRoom();

        /** The loop that is to serve the next client; called on the listener's thread. */
        IoLoop next();

        /** Takes a client; called on the thread of the loop that {@link #next} named. */
        void accepted(IoLoop loop, StreamConnection client);

        /** A client named to {@link #next} could not be taken after all; called on the same thread. */
        void lost(IoLoop loop);

        /** The process may open no further file, and a client is waiting; called on the listener's thread. */
        void descriptorsUsedUp();
    }

    /** What another process on the same address means. */
    public enum Binding {
        /** The address is in use, and cannot be bound. */
        EXCLUSIVE,
        /** A gateway of the same user that is about to hand over: the kernel shares new clients out until it has closed. */
        TAKEOVER
    }

    private final IoLoop loop;
    private final ServerSocketChannel socket;
    private final InetSocketAddress address;
    private final Owner owner;
    private @Nullable Acceptor acceptor;
    private boolean closed;
    private long toldNanos = System.nanoTime() - MINUTE_NANOS;

    private ListenSocket(IoLoop loop, ServerSocketChannel socket, Owner owner) throws IOException {
        this.loop = loop;
        this.socket = socket;
        this.owner = owner;
        this.address = (InetSocketAddress) socket.getLocalAddress();
    }

    /**
     * Opens a listener; clients are accepted from now on. Any thread may call.
     *
     * @param loop whose thread accepts
     * @param binding whether another process may have the address too
     * @throws IOException when the address cannot be bound, with the reason and what helps
     */
    public static ListenSocket open(IoLoop loop, InetSocketAddress address, Owner owner, Binding binding)
            throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (binding == Binding.TAKEOVER) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            socket.bind(address, BACKLOG);
            // Set behind the bind it lets a successor in, while one who starts by mistake still finds the address in
            // use.
            if (socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            ListenSocket listener = new ListenSocket(loop, socket, owner);
            loop.execute(listener::begin);
            return listener;
        } catch (IOException e) {
            socket.close();
            throw new IOException(BindTrouble.explain(address, e), e);
        }
    }

    /** The address it has, which tells the port when 0 was asked for. */
    public InetSocketAddress address() {
        return address;
    }

    private void begin() {
        if (closed) {
            return;
        }
        try {
            acceptor = new Acceptor();
        } catch (ClosedChannelException e) {
            LOG.debug("{} was closed before it began to accept", BindTrouble.shown(address));
        }
    }

    /** A further client may be accepted. Any thread may call. */
    public void resume() {
        loop.execute(() -> {
            if (acceptor != null && !closed) {
                acceptor.resume();
            }
        });
    }

    /** Accepts no more, but for those that wait to be accepted. Any thread may call; idempotent. */
    @Override
    public void close() {
        loop.execute(this::end);
    }

    private void end() {
        if (!closed) {
            if (acceptor != null) {
                acceptor.acceptRest();
            }
            closed = true;
            if (acceptor != null) {
                acceptor.end();
            }
            IoUtils.safeClose(socket);
        }
    }

    private void hand(SocketChannel client) {
        IoLoop chosen = owner.next();
        if (chosen == loop) {
            take(chosen, client);
        } else {
            chosen.execute(() -> take(chosen, client));
        }
    }

    private void take(IoLoop chosen, SocketChannel client) {
        try {
            client.configureBlocking(false);
            owner.accepted(chosen, AcceptedSocket.connection(chosen.thread(), client));
        } catch (IOException e) {
            LOG.debug("a client left before it was served: {}", e.getMessage());
            IoUtils.safeClose(client);
            owner.lost(chosen);
        }
    }

    private final class Acceptor extends RegisteredChannel {
        private boolean paused;
        private final Deadline again = new Deadline() {
            @Override
            protected void expired() {
                resume();
            }
        };

        Acceptor() throws ClosedChannelException {
            super(loop.thread(), socket);
            listenFor(SelectionKey.OP_ACCEPT);
        }

        @Override
        protected void ready(int operations) {
            try {
                accept();
            } catch (IOException e) {
                failed(e);
            } catch (RuntimeException | Error e) {
                Trouble.endIfOutOfMemory(e);
                LOG.error("accepting a client failed: {}", Trouble.line(e));
            }
        }

        private void accept() throws IOException {
            for (int i = 0; i < BATCH && !closed; i++) {
                if (i > 0 && !owner.hasRoom()) {
                    return; // nobody goes for a client that may not exist: another event tells if one waits
                }
                if (i == 0 && !owner.admits()) {
                    pause();
                    return;
                }
                SocketChannel client = socket.accept();
                if (client == null) {
                    return;
                }
                hand(client);
            }
        }

        /** Clients whose connections stand already would be reset by the socket's close. */
        private void acceptRest() {
            try {
                SocketChannel client;
                while (owner.hasRoom() && (client = socket.accept()) != null) {
                    hand(client);
                }
            } catch (IOException e) {
                LOG.debug("clients that waited on {} are lost: {}", BindTrouble.shown(address), e.getMessage());
            }
        }

        private void failed(IOException e) {
            if (closed) {
                return;
            }
            owner.descriptorsUsedUp();
            pause();
            loop.deadlines().arm(again, PAUSE_NANOS);
            if (System.nanoTime() - toldNanos >= MINUTE_NANOS) {
                toldNanos = System.nanoTime();
                LOG.warn(
                        "clients cannot be accepted on {}: {}; raise LimitNOFILE (ulimit -n) or lower limits.connections",
                        BindTrouble.shown(address),
                        String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT));
            }
        }

        private void pause() {
            if (!paused) {
                paused = true;
                stopListeningFor(SelectionKey.OP_ACCEPT);
            }
        }

        private void resume() {
            if (paused) {
                paused = false;
                listenFor(SelectionKey.OP_ACCEPT);
            }
        }

        private void end() {
            loop.deadlines().remove(again);
            deregister();
        }

        @Override
        protected void abandoned() {
            closed = true;
        }
    }
}
