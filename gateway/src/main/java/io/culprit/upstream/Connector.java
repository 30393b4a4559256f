package io.culprit.upstream;

import io.culprit.config.UpstreamConfig.ProxyProtocol;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.channel.ChannelHandler;
import io.culprit.upstream.channel.Errno;
import io.culprit.upstream.channel.UpstreamChannel;
import io.culprit.upstream.exchange.UpstreamConnection;
import io.culprit.upstream.pool.ConnectionBudget;
import io.culprit.upstream.pool.ConnectionPlaces;
import io.culprit.upstream.request.ClientRoute;
import io.culprit.upstream.tls.UpstreamHandshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * CONNECT: one new connection to one peer, within the budgets of upstream and peer and within {@code timeouts.connect}.
 * Owned by one IO thread; {@link #cancel} ends it without an answer.
 */
final class Connector implements ChannelHandler {
    private final Upstream upstream;
    private final Peer peer;
    private final IoLoop loop;
    private final Optional<ClientRoute> route;
    private final Consumer<UpstreamConnection> connected;
    private final Consumer<UpstreamConnection> taken;
    private final Predicate<UpstreamConnection> usable;
    private final Consumer<Failure> failed;
    private @Nullable UpstreamChannel channel;
    private final boolean counted;
    private Optional<ConnectionBudget.Want> upstreamWant = Optional.empty();
    private Optional<ConnectionBudget.Want> peerWant = Optional.empty();
    private final ConnectionPlaces places;
    private boolean ended;
    private Optional<UpstreamHandshake> handshake = Optional.empty();
    private Runnable handshaking = () -> {};
    private final Deadline deadline = new Deadline() {
        @Override
        protected void expired() {
            timedOut();
        }
    };

    /**
     * @param route what the preamble says, where there is one
     * @param counted false for a probe, which must not compete with requests for a place
     * @param connected gets a new connection
     * @param taken gets one that another thread had kept
     * @param usable whether such a one may be used
     * @param failed told why there is neither
     */
    Connector(
            Upstream upstream,
            Peer peer,
            IoLoop loop,
            Optional<ClientRoute> route,
            boolean counted,
            Consumer<UpstreamConnection> connected,
            Consumer<UpstreamConnection> taken,
            Predicate<UpstreamConnection> usable,
            Consumer<Failure> failed) {
        this.upstream = upstream;
        this.peer = peer;
        this.places = new ConnectionPlaces(upstream.budget(), peer.budget());
        this.loop = loop;
        this.route = route;
        this.counted = counted;
        this.connected = connected;
        this.taken = taken;
        this.usable = usable;
        this.failed = failed;
    }

    /** Told when the connection stands and the TLS handshake begins. */
    void onHandshake(Runnable begins) {
        handshaking = begins;
    }

    void start() {
        loop.deadlines().arm(deadline, upstream.config().timeouts().connect().toNanos());
        Optional<IoLoop> keeper = counted ? upstream.idleElsewhere(loop, peer) : Optional.empty();
        if (!counted) {
            open();
        } else if (keeper.isPresent()) {
            takeOver(keeper.get());
        } else {
            acquire();
        }
    }

    /** A connection that another thread keeps is better than a second one: an upstream may serve only one at a time. */
    private void takeOver(IoLoop keeper) {
        keeper.execute(() -> {
            Optional<UpstreamConnection.Idle> idle =
                    upstream.pool(keeper).take(peer).flatMap(UpstreamConnection::leave);
            loop.execute(() -> {
                if (idle.isPresent()) {
                    arrived(idle.get());
                } else if (!ended) {
                    acquire();
                }
            });
        });
    }

    private void arrived(UpstreamConnection.Idle idle) {
        UpstreamConnection adopted;
        try {
            adopted = idle.adopt(
                    loop, upstream.config(), upstream.newReader(), upstream.pool(loop), upstream.wantedFor(peer));
        } catch (IOException e) {
            if (!ended) {
                acquire();
            }
            return;
        }
        if (ended) {
            adopted.discard(); // whoever wanted it has left
        } else if (usable.test(adopted)) {
            ended = true;
            loop.deadlines().remove(deadline);
            taken.accept(adopted);
        } else {
            adopted.discard();
            acquire();
        }
    }

    private void acquire() {
        if (upstream.budget().tryAcquire()) {
            upstreamPlace();
        } else {
            upstreamWant = upstream.budget().await(loop, this::upstreamPlace);
            upstream.reclaimIdle(upstream.budget(), any -> true);
        }
    }

    private void upstreamPlace() {
        if (ended) {
            upstream.budget().release();
            return;
        }
        places.upstreamPlace();
        if (peer.budget().tryAcquire()) {
            peerPlace();
        } else {
            peerWant = peer.budget().await(loop, this::peerPlace);
            upstream.reclaimIdle(peer.budget(), each -> each == peer);
        }
    }

    private void peerPlace() {
        if (ended) {
            peer.budget().release();
            return;
        }
        places.peerPlace();
        open();
    }

    private void open() {
        try {
            UpstreamChannel opened = upstream.dialer().connect(loop, peer.address(), this);
            channel = opened;
            if (opened.connected()) {
                connected();
            }
        } catch (IOException e) {
            connectFailed(e);
        }
    }

    @Override
    public void connected() {
        UpstreamChannel opened = Objects.requireNonNull(channel);
        if (upstream.config().proxyProtocol() != ProxyProtocol.OFF && !introduced(opened)) {
            return;
        }
        if (upstream.tls().isEmpty()) {
            ready(opened);
            return;
        }
        handshaking.run();
        InetSocketAddress address = peer.address() instanceof InetSocketAddress inet ? inet : null;
        handshake = Optional.of(new UpstreamHandshake(
                upstream.tls().get(),
                opened,
                loop,
                peer.host(),
                address == null ? 0 : address.getPort(),
                this::ready,
                this::fail));
        handshake.get().start();
    }

    /** Writes the PROXY protocol's preamble, which a new socket takes as a whole. */
    private boolean introduced(UpstreamChannel opened) {
        ByteBuffer preamble = ClientRoute.preamble(upstream.config().proxyProtocol(), route);
        try {
            opened.write(preamble);
        } catch (IOException e) {
            connectFailed(e);
            return false;
        }
        if (preamble.hasRemaining()) {
            fail(Failure.of(Cause.SEND_TIMEOUT, "the socket to " + peer.name() + " does not take the PROXY preamble"));
            return false;
        }
        return true;
    }

    private void ready(UpstreamChannel usable) {
        ended = true;
        loop.deadlines().remove(deadline);
        connected.accept(new UpstreamConnection(
                loop,
                usable,
                peer,
                upstream.config(),
                upstream.newReader(),
                upstream.pool(loop),
                upstream.wantedFor(peer),
                places::release));
    }

    @Override
    public void connectFailed(IOException e) {
        Errno errno = Errno.of(e);
        fail(Failure.of(
                cause(errno),
                "connect() to " + peer.name() + ": " + (errno == Errno.UNKNOWN ? e.getMessage() : lower(e)),
                errno.label()));
    }

    private static String lower(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT);
    }

    private Cause cause(Errno errno) {
        boolean unix = peer.address() instanceof UnixDomainSocketAddress;
        return switch (errno) {
            case ETIMEDOUT -> Cause.CONNECT_KERNEL_TIMEOUT;
            case EHOSTUNREACH, ENETUNREACH -> Cause.CONNECT_UNREACHABLE;
            case EACCES, EPERM -> unix ? Cause.CONNECT_SOCKET_DENIED : Cause.CONNECT_DENIED;
            case ENOENT -> Cause.CONNECT_SOCKET_MISSING;
            case EAGAIN -> unix ? Cause.CONNECT_BACKLOG_FULL : Cause.GATEWAY_NO_LOCAL_PORT;
            case EADDRNOTAVAIL -> Cause.GATEWAY_NO_LOCAL_PORT;
            case EMFILE, ENFILE -> Cause.GATEWAY_FD_LIMIT;
            case ECONNREFUSED, ECONNRESET, EPIPE, UNKNOWN -> Cause.CONNECT_REFUSED;
        };
    }

    private void timedOut() {
        String limit = Text.duration(upstream.config().timeouts().connect().toNanos());
        fail(
                channel == null
                        ? Failure.of(
                                Cause.POOL_FULL,
                                "no connection could be opened within timeouts.connect of %s: all allowed ones stayed in use"
                                        .formatted(limit))
                        : handshake.isPresent()
                                ? handshake
                                        .get()
                                        .evidence(Failure.of(
                                                Cause.TLS_TIMEOUT,
                                                "the TLS handshake with %s was not done within timeouts.connect of %s"
                                                        .formatted(peer.name(), limit)))
                                : Failure.of(
                                        Cause.CONNECT_TIMEOUT,
                                        "no answer from %s within timeouts.connect of %s".formatted(peer.name(), limit),
                                        Errno.ETIMEDOUT.label()));
    }

    private void fail(Failure failure) {
        if (!ended) {
            cancel();
            failed.accept(failure);
        }
    }

    /** Gives up. Idempotent. */
    void cancel() {
        if (ended) {
            return;
        }
        ended = true;
        loop.deadlines().remove(deadline);
        upstream.budget().cancel(upstreamWant);
        peer.budget().cancel(peerWant);
        handshake.ifPresent(UpstreamHandshake::cancel);
        if (channel != null) {
            channel.close();
        }
        places.release();
    }

    @Override
    public void abandoned(String why) {
        fail(Failure.of(Cause.GATEWAY_INTERNAL, why));
    }

    @Override
    public void readable() {}

    @Override
    public void writable() {}
}
