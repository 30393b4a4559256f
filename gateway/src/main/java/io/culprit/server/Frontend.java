package io.culprit.server;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/** The listeners for clients: Undertow's HTTP/1.1 with our {@link RequestGuard} beneath. */
final class Frontend {
    private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);
    private static final int BACKLOG = 4096;

    private final Services services;
    private final HttpOpenListener http;
    private final ByteBufferPool pool = new DefaultByteBufferPool(true, 16 * 1024, -1, 4);
    private final List<AcceptingChannel<StreamConnection>> listeners = new ArrayList<>();

    Frontend(Services services) {
        this.services = services;
        http = new HttpOpenListener(
                pool,
                OptionMap.builder()
                        .set(UndertowOptions.ALWAYS_SET_DATE, false)
                        .set(UndertowOptions.MAX_ENTITY_SIZE, -1L) // limits.body is ours
                        .getMap());
        http.setRootHandler(new ProxyHandler(services));
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

    private void accepted(StreamConnection client) {
        try {
            ClientConnection.install(services, client);
            http.handleEvent(client);
        } catch (RuntimeException e) {
            LOG.error("setting a client's connection up failed", e);
            IoUtils.safeClose(client);
        }
    }

    void stopAccepting() {
        listeners.forEach(IoUtils::safeClose);
    }

    void closeClients() {
        http.closeConnections();
    }

    void close() {
        pool.close();
    }
}
