package io.culprit.server.clients;

import io.culprit.config.Network;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.tls.TlsSession;
import io.culprit.upstream.fastcgi.FastCgiRequest;
import io.culprit.upstream.request.ClientRoute;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * What carries a client's bytes once all that comes before its requests is over: the socket, TLS where there is some, and who
 * is at both ends. Owned by one IO thread.
 */
public final class ClientTransport {
    private static final Logger LOG = LoggerFactory.getLogger(ClientTransport.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** TLS above the socket. */
    public interface Secure {
        /** Tells the client that nothing more will be sent, as far as the socket takes it now. */
        void closeNotify();

        /** Gives back what it holds. Idempotent. */
        void release();

        /** What the handshake agreed on. */
        TlsSession session();
    }

    private final StreamConnection socket;
    private final MemoryAccount memory;
    private final InetSocketAddress peer;
    private final InetSocketAddress local;
    private @Nullable ClientRoute route;
    private final Optional<Secure> secure;
    private ByteBuffer early;

    /**
     * @param memory what the client holds
     * @param peer who the client is, be it by its socket or by a preamble that names it
     * @param early bytes that were read already, to be read again first
     */
    public ClientTransport(
            StreamConnection socket,
            MemoryAccount memory,
            InetSocketAddress peer,
            InetSocketAddress local,
            Optional<Secure> secure,
            ByteBuffer early) {
        this.socket = socket;
        this.memory = memory;
        this.peer = peer;
        this.local = local;
        this.secure = secure;
        this.early = early;
    }

    /**
     * A plain connection as it was accepted.
     *
     * @param trustedProxies networks behind which there are many clients, so that no share of memory bounds them
     */
    public static ClientTransport of(StreamConnection socket, IoLoop loop, List<Network> trustedProxies) {
        InetSocketAddress peer = socket.getPeerAddress(InetSocketAddress.class);
        return new ClientTransport(
                socket,
                account(loop, peer, trustedProxies),
                peer,
                socket.getLocalAddress(InetSocketAddress.class),
                Optional.empty(),
                NOTHING);
    }

    /** The account of whoever has this address. */
    public static MemoryAccount account(IoLoop loop, InetSocketAddress peer, List<Network> trustedProxies) {
        return new MemoryAccount(
                loop,
                Network.anyContains(trustedProxies, peer.getAddress())
                        ? Optional.empty()
                        : Optional.of(peer.getAddress().getAddress()));
    }

    /** The same connection, for a client that somebody else has accepted and named. */
    public ClientTransport between(
            IoLoop loop, InetSocketAddress source, InetSocketAddress destination, List<Network> trustedProxies) {
        memory.close();
        return new ClientTransport(socket, account(loop, source, trustedProxies), source, destination, secure, NOTHING);
    }

    /** The same connection with TLS above its socket. */
    public ClientTransport securedBy(Secure above) {
        return new ClientTransport(socket, memory, peer, local, Optional.of(above), NOTHING);
    }

    /** The same connection with these bytes to be read first. */
    public ClientTransport with(ByteBuffer read) {
        return new ClientTransport(socket, memory, peer, local, secure, read);
    }

    /** What the client holds beyond what every connection weighs. */
    public MemoryAccount memory() {
        return memory;
    }

    /** The socket's connection, whose conduits are those of TLS where there is some. */
    public StreamConnection socket() {
        return socket;
    }

    public InetSocketAddress peer() {
        return peer;
    }

    /** Who speaks to whom. */
    public ClientRoute route() {
        if (route == null) {
            route = new ClientRoute(peer, local);
        }
        return route;
    }

    public InetSocketAddress local() {
        return local;
    }

    /**
     * What upstreams are told of the client.
     *
     * @param trusted networks whose claims are believed
     */
    public ForwardedHeaders forwarded(List<Network> trusted) {
        return new ForwardedHeaders(peer, local, tls(), trusted);
    }

    /**
     * Who a FastCGI application is told is asking.
     *
     * @param address the client's address after trusted proxies were taken off
     * @param protocol of the request
     */
    public FastCgiRequest.Client cgiClient(
            ForwardedHeaders forwarded, RequestHead head, String address, String protocol) {
        boolean direct = address.equals(peer.getAddress().getHostAddress());
        return new FastCgiRequest.Client(
                address,
                forwarded.clientBytes(address),
                direct ? peer.getPort() : 0,
                local.getAddress().getHostAddress(),
                local.getPort(),
                forwarded.https(head),
                forwarded.trusted(),
                protocol,
                tls());
    }

    /** Bytes that were read already; the next call has none. */
    public ByteBuffer takeEarly() {
        ByteBuffer taken = early;
        early = NOTHING;
        return taken;
    }

    /** TLS, empty for a plain connection. */
    public Optional<Secure> secure() {
        return secure;
    }

    /** What the TLS handshake agreed on, empty for a plain connection. */
    public Optional<TlsSession> tls() {
        return secure.map(Secure::session);
    }

    public StreamSourceConduit source() {
        return socket.getSourceChannel().getConduit();
    }

    public StreamSinkConduit sink() {
        return socket.getSinkChannel().getConduit();
    }

    public boolean isOpen() {
        return socket.isOpen();
    }

    /** Closes in order; what was written before is delivered. */
    public void close() {
        if (socket.isOpen()) {
            secure.ifPresent(Secure::closeNotify);
        }
        IoUtils.safeClose(socket);
    }

    /** Closes so that nothing that was sent can look whole: without TLS's end, and as a reset. */
    public void reset() {
        try {
            socket.setOption(Options.CLOSE_ABORT, true);
        } catch (IOException e) {
            LOG.debug("a client's connection cannot be reset", e);
        }
    }

    /** The connection is over: gives back what it held. Idempotent. */
    public void release() {
        secure.ifPresent(Secure::release);
    }
}
