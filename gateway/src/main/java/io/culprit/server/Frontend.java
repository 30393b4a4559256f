package io.culprit.server;

import io.culprit.config.ListenConfig;
import io.culprit.listen.ListenSocket;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.Clients;
import io.culprit.server.request.Services;
import io.culprit.server.tls.ServerTls;
import io.culprit.server.tls.TlsScratch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;

/** The listeners for clients, and the connections they accepted. */
final class Frontend {
    private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);

    /** How often a pause for want of memory is looked at. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Services services;
    private final Clients clients;
    private final IoLoop accepting;
    private final TlsScratch scratch;
    private final List<ListenSocket> listeners = new ArrayList<>();
    private final Deadline look = new Deadline() {
        @Override
        protected void expired() {
            clients.relieve(accepting);
            if (clients.paused()) {
                accepting.deadlines().arm(look, LOOK_NANOS);
            }
        }
    };

    Frontend(Services services) {
        this.services = services;
        this.clients = services.clients();
        this.accepting = services.loops().get(0);
        this.scratch = new TlsScratch(services.loops().size());
    }

    /**
     * Opens one listener; clients are accepted from now on.
     *
     * @return the address it got, which tells the port when 0 was asked for
     * @throws IOException when the address cannot be bound, or a certificate cannot be used
     */
    InetSocketAddress open(ListenConfig config) throws IOException {
        Optional<ServerTls> tls = config.tls().isPresent()
                ? Optional.of(new ServerTls(config.tls().get(), config.http2()))
                : Optional.empty();
        ClientListener owner = new ClientListener(services, config, tls, scratch, accepting, this::lookLater);
        ListenSocket listener = ListenSocket.open(accepting, config.address(), owner);
        listeners.add(listener);
        clients.listener(listener);
        return listener.address();
    }

    private void lookLater() {
        accepting.deadlines().arm(look, LOOK_NANOS);
    }

    /** A client that no listener accepted: takes a place for it as the listeners do; call on its IO thread. */
    void serve(StreamConnection client) {
        IoLoop loop = services.loop(client.getIoThread());
        clients.took(loop);
        ListenConfig plain =
                new ListenConfig(client.getLocalAddress(InetSocketAddress.class), Optional.empty(), false, false);
        new ClientListener(services, plain, Optional.empty(), scratch, accepting, this::lookLater).begin(loop, client);
    }

    void stopAccepting() {
        listeners.forEach(ListenSocket::close);
    }

    /**
     * Answers what runs with {@code gateway.stopping} and waits until that has left, then closes whoever is still there. Every
     * request has its outcome when this returns. Not on an IO thread.
     *
     * @param nanos how long clients may take to take their answer
     */
    void endClients(long nanos) throws InterruptedException {
        clients.all().forEach(each -> each.loop().execute(each::stop));
        long end = System.nanoTime() + nanos;
        while (clients.count() > 0 && System.nanoTime() < end) {
            Thread.sleep(2);
        }
        CountDownLatch closed = new CountDownLatch(services.loops().size());
        for (IoLoop loop : services.loops()) {
            loop.execute(() -> {
                clients.all().stream().filter(each -> each.loop() == loop).forEach(ClientConnection::terminate);
                closed.countDown();
            });
        }
        if (!closed.await(5, TimeUnit.SECONDS)) {
            LOG.error("an IO thread did not come to an end, the outcomes of its requests are lost");
        }
    }
}
