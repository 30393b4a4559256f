package io.culprit.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/** The listeners for clients, and the connections they accepted. */
final class Frontend {
    private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);
    private static final int BACKLOG = 4096;

    private final Services services;
    private final List<AcceptingChannel<StreamConnection>> listeners = new ArrayList<>();
    private final Set<ClientConnection> clients = ConcurrentHashMap.newKeySet();
    private Optional<FileServer> files = Optional.empty();

    Frontend(Services services) {
        this.services = services;
    }

    /**
     * Opens one listener; clients are accepted from now on.
     *
     * @return the address it got, which tells the port when 0 was asked for
     * @throws IOException when the address cannot be bound
     */
    InetSocketAddress open(XnioWorker worker, InetSocketAddress address) throws IOException {
        OptionMap options = OptionMap.builder()
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, BACKLOG)
                .getMap();
        AcceptingChannel<StreamConnection> listener =
                worker.createStreamConnectionServer(address, this::acceptAll, options);
        listeners.add(listener);
        listener.resumeAccepts();
        return listener.getLocalAddress(InetSocketAddress.class);
    }

    private void acceptAll(AcceptingChannel<StreamConnection> listener) {
        try {
            for (StreamConnection client = listener.accept(); client != null; client = listener.accept()) {
                accepted(client);
            }
        } catch (IOException e) {
            LOG.warn("accepting a client failed: {}", e.getMessage());
        }
    }

    /** Serves a client from now on; call on its IO thread. */
    void accepted(StreamConnection client) {
        try {
            var connection = new ClientConnection(services, this, client);
            clients.add(connection);
            connection.start();
        } catch (RuntimeException e) {
            LOG.error("setting a client's connection up failed", e);
            IoUtils.safeClose(client);
        }
    }

    void stopAccepting() {
        listeners.forEach(IoUtils::safeClose);
    }

    /** Undertow beneath a client's connection. It is loaded when the first file is asked for: most gateways serve none. */
    synchronized UndertowBridge bridge(StreamConnection client) {
        if (files.isEmpty()) {
            files = Optional.of(new FileServer());
        }
        return files.get().under(client);
    }

    void gone(ClientConnection connection) {
        clients.remove(connection);
    }

    void closeClients() {
        clients.forEach(each -> each.loop().execute(each::close));
    }

    synchronized void close() {
        files.ifPresent(FileServer::close);
    }
}
