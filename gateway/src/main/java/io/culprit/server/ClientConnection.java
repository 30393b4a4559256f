package io.culprit.server;

import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.failure.Trace;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Spill;
import io.culprit.reply.ClientSink;
import io.culprit.reply.FailureReply;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.upstream.fastcgi.FastCgiRequest;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * One client's connection: its guard, who is at the other end, and the answer to requests that are no requests. Owned
 * by one IO thread.
 */
final class ClientConnection implements RequestGuard.Events, ClientSink.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final Services services;
    private final IoLoop loop;
    private final StreamConnection client;
    private final RequestGuard guard;
    private final ForwardedHeaders forwarded;
    private final ChannelListener<ConduitStreamSourceChannel> watch = channel -> readAhead();
    private Walk walk;
    private ClientSink rejectionSink;
    private boolean closeNoticed;

    private ClientConnection(Services services, IoLoop loop, StreamConnection client) {
        this.services = services;
        this.loop = loop;
        this.client = client;
        this.guard = new RequestGuard(
                client.getSourceChannel().getConduit(), loop, services.config().limits(), this);
        this.forwarded = new ForwardedHeaders(
                client.getPeerAddress(InetSocketAddress.class),
                client.getLocalAddress(InetSocketAddress.class),
                services.config().trustedProxies());
    }

    /** Puts the guard under a fresh connection; call before the server sees it. */
    static ClientConnection install(Services services, StreamConnection client) {
        var connection = new ClientConnection(services, services.loop(client.getIoThread()), client);
        client.getSourceChannel().setConduit(connection.guard);
        return connection;
    }

    StreamConnection client() {
        return client;
    }

    RequestGuard guard() {
        return guard;
    }

    IoLoop loop() {
        return loop;
    }

    ForwardedHeaders forwarded() {
        return forwarded;
    }

    /**
     * Who a FastCGI application is told is asking.
     *
     * @param address the client's address after trusted proxies were taken off
     */
    FastCgiRequest.Client cgiClient(RequestHead head, String address) {
        InetSocketAddress peer = client.getPeerAddress(InetSocketAddress.class);
        InetSocketAddress local = client.getLocalAddress(InetSocketAddress.class);
        boolean direct = address.equals(peer.getAddress().getHostAddress());
        return new FastCgiRequest.Client(
                address,
                forwarded.clientBytes(address),
                direct ? peer.getPort() : 0,
                local.getAddress().getHostAddress(),
                local.getPort(),
                forwarded.https(head),
                forwarded.trusted());
    }

    /** A request came up. The first one tells which server connection this is, whose end is then noticed. */
    void running(Walk newWalk, HttpServerConnection connection) {
        walk = newWalk;
        if (!closeNoticed) {
            closeNoticed = true;
            connection.addCloseListener(c -> closed());
        }
    }

    /** Makes the coming close a reset. */
    void resetOnClose() {
        try {
            client.setOption(Options.CLOSE_ABORT, true);
        } catch (IOException e) {
            LOG.debug("a client's connection cannot be reset", e);
        }
    }

    /** Has bytes of a request's body told to {@code readable}, until {@link #watch}. */
    void listen(Runnable readable) {
        client.getSourceChannel().setReadListener(channel -> readable.run());
    }

    /** Notices from now on when the client leaves, while nobody wants bytes of its body. */
    void watch() {
        client.getSourceChannel().setReadListener(watch);
        guard.resumeReads();
    }

    private void readAhead() {
        if (!guard.readAhead() && walk != null) {
            walk.clientGone("the client closed the connection");
        }
    }

    void done() {
        walk = null;
        guard.exchangeDone();
    }

    private void closed() {
        guard.release();
        if (rejectionSink != null) {
            rejectionSink.release();
        }
        Walk running = walk;
        if (running != null) {
            // Not now: the server may be closing in the middle of a read that the walk itself has asked for.
            loop.execute(() -> running.clientGone("the connection was closed"));
        }
    }

    @Override
    public void idle() {
        IoUtils.safeClose(client);
    }

    @Override
    public void badBody(Failure failure) {
        if (walk != null) {
            walk.fail(failure);
        }
    }

    @Override
    public void badHead(Failure failure) {
        if (!client.isOpen() || rejectionSink != null) {
            return;
        }
        RequestHead head = guard.head();
        Trace trace = Trace.begin(false);
        String id = trace.traceId();
        int status = services.dialects()
                .answer(failure.cause(), services.config().dialect())
                .status();
        byte[] reply = FailureReply.encode(new FailureReply.Spec(
                failure,
                status,
                id,
                services.config().expose(),
                "",
                head.method().equals("HEAD"),
                true,
                false,
                1,
                ""));
        rejectionSink = new ClientSink(
                loop,
                client,
                client.getSinkChannel().getConduit(),
                new Spill(loop, reply.length, 0, services.config().tempDirectory()),
                services.config().limits().sendTimeout().toNanos(),
                this);
        services.recorder()
                .record(
                        loop.number(),
                        new Outcome(
                                Outcome.Ending.FAILED,
                                System.currentTimeMillis(),
                                System.nanoTime(),
                                0,
                                id,
                                trace,
                                forwarded.client(head),
                                head.method().isEmpty() ? "-" : head.method(),
                                head.target().isEmpty() ? "-" : head.target(),
                                "HTTP/1." + head.minor(),
                                head.host(),
                                "",
                                "",
                                "",
                                "",
                                status,
                                reply.length,
                                0,
                                true,
                                -1,
                                List.of(),
                                failure,
                                ""));
        try {
            rejectionSink.write(ByteBuffer.wrap(reply));
            rejectionSink.flush();
        } catch (IOException e) {
            throw new IllegalStateException("a reply of " + reply.length + " bytes does not fit its buffer", e);
        }
        if (rejectionSink.idle()) {
            drained();
        }
    }

    @Override
    public void drained() {
        new LingeringClose(client, guard, loop).start();
    }

    @Override
    public void clientBroken() {
        IoUtils.safeClose(client);
    }

    @Override
    public void clientStalled() {
        IoUtils.safeClose(client);
    }
}
