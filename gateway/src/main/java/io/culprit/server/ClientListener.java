package io.culprit.server;

import io.culprit.config.ListenConfig;
import io.culprit.failure.Failure;
import io.culprit.listen.ListenSocket;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Trouble;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.ClientTransport;
import io.culprit.server.clients.Clients;
import io.culprit.server.http1.Http1Connection;
import io.culprit.server.http2.Http2Connection;
import io.culprit.server.opening.PriorKnowledge;
import io.culprit.server.opening.ProxyPreamble;
import io.culprit.server.request.Services;
import io.culprit.server.tls.ServerTls;
import io.culprit.server.tls.TlsHandshake;
import io.culprit.tls.TlsScratch;
import io.culprit.tls.TlsSession;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * One entry of {@code listen}: whether a client may come, and what its connection goes through before it carries requests.
 * Immutable; each method says on which thread it is called.
 */
final class ClientListener implements ListenSocket.Owner, TlsHandshake.Next {
    private static final Logger LOG = LoggerFactory.getLogger(ClientListener.class);

    private final Services services;
    private volatile Settings settings;
    private final Clients clients;
    private final IoLoop accepting;
    private final Runnable lookLater;
    private final TlsScratch scratch;

    /**
     * @param tls empty for plain connections
     * @param accepting loop that accepts
     * @param lookLater called when no client may come for now
     */
    ClientListener(
            Services services,
            ListenConfig config,
            Optional<ServerTls> tls,
            TlsScratch scratch,
            IoLoop accepting,
            Runnable lookLater) {
        this.services = services;
        this.settings = new Settings(config, tls);
        this.clients = services.clients();
        this.scratch = scratch;
        this.accepting = accepting;
        this.lookLater = lookLater;
    }

    /** What may change while it listens. */
    private record Settings(ListenConfig config, Optional<ServerTls> tls) {}

    /** Clients accepted from now on are served so. */
    void change(ListenConfig config, Optional<ServerTls> tls) {
        settings = new Settings(config, tls);
    }

    /** How clients are served now. */
    ListenConfig config() {
        return settings.config();
    }

    /** What it has for the same terms and the same files, to be kept: sessions go on, and nothing is read anew. */
    Optional<ServerTls> sameTls(ListenConfig other) {
        Settings now = settings;
        return now.config().tls().equals(other.tls()) && now.config().http2() == other.http2()
                ? now.tls().filter(each -> !each.filesChanged())
                : Optional.empty();
    }

    /** Its TLS now, empty for plain connections. */
    Optional<ServerTls> tls() {
        return settings.tls();
    }

    @Override
    public boolean admits() {
        boolean admitted = clients.admits(accepting);
        if (!admitted) {
            lookLater.run();
        }
        return admitted;
    }

    @Override
    public boolean hasRoom() {
        return clients.hasRoom();
    }

    @Override
    public IoLoop next() {
        return clients.next();
    }

    @Override
    public void lost(IoLoop loop) {
        clients.lost(loop);
    }

    @Override
    public void descriptorsUsedUp() {
        clients.makeRoom(accepting);
    }

    @Override
    public void accepted(IoLoop loop, StreamConnection socket) {
        begin(loop, socket);
    }

    /** Serves a client from now on; call on its IO thread. */
    void begin(IoLoop loop, StreamConnection socket) {
        try {
            ClientTransport transport =
                    ClientTransport.of(socket, loop, services.current().config().trustedProxies());
            ClientConnection first = settings.config().proxyProtocol()
                    ? new ProxyPreamble(services.current(), transport, this::open)
                    : open(transport);
            clients.opened(first);
            first.start();
        } catch (RuntimeException e) {
            LOG.error("setting a client's connection up failed: {}", Trouble.line(e));
            IoUtils.safeClose(socket);
        }
    }

    /** What the connection begins with, once it is known whose it is. */
    private ClientConnection open(ClientTransport transport) {
        Settings now = settings;
        if (now.tls().isPresent()) {
            return new TlsHandshake(services.current(), now.tls().get(), scratch, transport, this);
        }
        return now.config().http2()
                ? new PriorKnowledge(services.current(), transport)
                : new Http1Connection(services.current(), transport, Optional.empty());
    }

    @Override
    public ClientConnection secured(ClientTransport transport) {
        if (transport.tls().map(TlsSession::protocol).orElse("").equals("h2")) {
            return new Http2Connection(services.current(), transport);
        }
        return new Http1Connection(services.current(), transport, Optional.empty());
    }

    @Override
    public ClientConnection plain(ClientTransport transport, Failure why) {
        return new Http1Connection(services.current(), transport, Optional.of(why));
    }
}
