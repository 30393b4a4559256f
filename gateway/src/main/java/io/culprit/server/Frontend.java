package io.culprit.server;

import io.culprit.config.ListenConfig;
import io.culprit.listen.BindTrouble;
import io.culprit.listen.ListenSocket;
import io.culprit.listen.ListenSocket.Binding;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.Clients;
import io.culprit.server.request.Services;
import io.culprit.server.tls.ServerTls;
import io.culprit.tls.TlsScratch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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

    /** A socket and who gets its clients. */
    private record Listening(ListenSocket socket, ClientListener owner) {}

    private final Services services;
    private final Clients clients;
    private final IoLoop accepting;
    private final TlsScratch scratch;
    private final List<Listening> listening = new CopyOnWriteArrayList<>();
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
     * @param binding whether another process may have the address too
     * @return the address it got, which tells the port when 0 was asked for
     * @throws IOException when the address cannot be bound, or a certificate cannot be used
     */
    InetSocketAddress open(ListenConfig config, Binding binding) throws IOException {
        Listening opened = listen(config, tls(config), binding);
        listening.add(opened);
        return opened.socket().address();
    }

    private static Optional<ServerTls> tls(ListenConfig config) throws IOException {
        return config.tls().isPresent()
                ? Optional.of(new ServerTls(config.tls().get(), config.http2()))
                : Optional.empty();
    }

    private Listening listen(ListenConfig config, Optional<ServerTls> tls, Binding binding) throws IOException {
        ClientListener owner = new ClientListener(services, config, tls, scratch, accepting, this::lookLater);
        ListenSocket socket = ListenSocket.open(accepting, config.address(), owner, binding);
        clients.listener(socket);
        return new Listening(socket, owner);
    }

    /** Changes of the listeners, all prepared: certificates are read, addresses are bound. */
    final class Change {
        private final List<Listening> next = new ArrayList<>();
        private final List<Listening> opened = new ArrayList<>();
        private final List<Runnable> steps = new ArrayList<>();
        private final List<String> renewed = new ArrayList<>();

        /** Addresses that stay and whose files of TLS have changed. */
        List<String> renewed() {
            return renewed;
        }

        /** Puts them into force; what is no longer listened on is closed, its connections go on. */
        void apply() {
            steps.forEach(Runnable::run);
            for (Listening each : listening) {
                if (!next.contains(each)) {
                    clients.forget(each.socket());
                    each.socket().close();
                }
            }
            listening.clear();
            listening.addAll(next);
        }

        /** Nothing comes of it. */
        void drop() {
            for (Listening each : opened) {
                clients.forget(each.socket());
                each.socket().close();
            }
        }
    }

    /**
     * Prepares what another configuration listens on. An address that stays keeps its socket.
     *
     * @throws IOException when an address cannot be bound, or a certificate cannot be used; nothing has changed then
     */
    Change prepare(List<ListenConfig> configs) throws IOException {
        Change change = new Change();
        try {
            for (ListenConfig config : configs) {
                Optional<Listening> kept = listening.stream()
                        .filter(each -> each.owner().config().address().equals(config.address()))
                        .findFirst();
                Optional<ServerTls> same = kept.flatMap(each -> each.owner().sameTls(config));
                Optional<ServerTls> inForce = same.isPresent() ? same : tls(config);
                if (kept.isPresent()) {
                    if (same.isEmpty()
                            && inForce.isPresent()
                            && kept.get().owner().config().equals(config)) {
                        change.renewed.add(BindTrouble.shown(kept.get().socket().address()));
                    }
                    change.next.add(kept.get());
                    change.steps.add(() -> kept.get().owner().change(config, inForce));
                } else {
                    Listening opened = listen(config, inForce, Binding.EXCLUSIVE);
                    change.opened.add(opened);
                    change.next.add(opened);
                }
            }
        } catch (IOException e) {
            change.drop();
            throw e;
        }
        return change;
    }

    /** TLS of each listener that has some, by its address. */
    Map<String, ServerTls> tls() {
        Map<String, ServerTls> all = new LinkedHashMap<>();
        for (Listening each : listening) {
            each.owner()
                    .tls()
                    .ifPresent(tls -> all.put(BindTrouble.shown(each.socket().address()), tls));
        }
        return all;
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
        listening.forEach(each -> each.socket().close());
    }

    /**
     * Connections end with what runs on them; those on which nothing does end now.
     *
     * @param quietSince of {@link System#nanoTime}: who has been answered since then may still send a request
     */
    void drain(long quietSince) {
        clients.all().forEach(each -> each.loop().execute(() -> each.drain(quietSince)));
    }

    /** Requests and tunnels that run, as far as can be seen from another thread. */
    int running() {
        return clients.all().stream().mapToInt(ClientConnection::running).sum();
    }

    /** Connections that are open. */
    int connections() {
        return clients.count();
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
