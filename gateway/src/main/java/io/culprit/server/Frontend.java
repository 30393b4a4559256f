package io.culprit.server;

import io.culprit.listen.ListenSocket;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Trouble;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.Clients;
import io.culprit.server.http1.Http1Connection;
import io.culprit.server.request.Services;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** The listeners for clients, and the connections they accepted. */
final class Frontend implements ListenSocket.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);

    /** How often a pause for want of memory is looked at. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Services services;
    private final Clients clients;
    private final IoLoop accepting;
    private final List<ListenSocket> listeners = new ArrayList<>();
    private final Deadline look = new Deadline() {
        @Override
        protected void expired() {
            clients.lookAgain();
            if (clients.paused()) {
                accepting.deadlines().arm(look, LOOK_NANOS);
            }
        }
    };

    Frontend(Services services) {
        this.services = services;
        this.clients = services.clients();
        this.accepting = services.loops().get(0);
    }

    /**
     * Opens one listener; clients are accepted from now on.
     *
     * @return the address it got, which tells the port when 0 was asked for
     * @throws IOException when the address cannot be bound
     */
    InetSocketAddress open(InetSocketAddress address) throws IOException {
        ListenSocket listener = ListenSocket.open(accepting, address, this);
        listeners.add(listener);
        clients.listener(listener);
        return listener.address();
    }

    @Override
    public boolean admits() {
        boolean admitted = clients.admits(accepting);
        if (!admitted) {
            accepting.deadlines().arm(look, LOOK_NANOS);
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

    /** A client that no listener accepted: takes a place for it as the listeners do; call on its IO thread. */
    void serve(StreamConnection client) {
        IoLoop loop = services.loop(client.getIoThread());
        clients.took(loop);
        accepted(loop, client);
    }

    /** Serves a client from now on; call on its IO thread. */
    @Override
    public void accepted(IoLoop loop, StreamConnection client) {
        try {
            var connection = new Http1Connection(services, client);
            clients.opened(connection);
            connection.start();
        } catch (RuntimeException e) {
            LOG.error("setting a client's connection up failed: {}", Trouble.line(e));
            IoUtils.safeClose(client);
        }
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
