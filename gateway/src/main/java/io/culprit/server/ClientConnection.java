package io.culprit.server;

import io.culprit.failure.Failure;
import io.culprit.http.RequestHead;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Spill;
import io.culprit.reply.ClientSink;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.upstream.fastcgi.FastCgiRequest;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * One client's connection: its requests one after the other, each on its {@link HttpExchange}, and who is at the other end. What
 * is no request gets a {@link Rejection}. Owned by one IO thread.
 */
final class ClientConnection implements ClientInput.Events {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final Services services;
    private final Frontend frontend;
    private final IoLoop loop;
    private final StreamConnection client;
    private final ConduitStreamSourceChannel source;
    private final StreamSinkConduit socket;
    private final ClientInput input;
    private final ForwardedHeaders forwarded;
    private HttpExchange exchange;
    private Runnable bodyReadable;
    private boolean reading;
    private boolean persistent;
    private UndertowBridge bridge;
    private Optional<Rejection> rejection = Optional.empty();

    ClientConnection(Services services, Frontend frontend, StreamConnection client) {
        this.services = services;
        this.frontend = frontend;
        this.loop = services.loop(client.getIoThread());
        this.client = client;
        this.source = client.getSourceChannel();
        this.socket = client.getSinkChannel().getConduit();
        this.input =
                new ClientInput(source.getConduit(), loop, services.config().limits(), this);
        this.forwarded = new ForwardedHeaders(
                client.getPeerAddress(InetSocketAddress.class),
                client.getLocalAddress(InetSocketAddress.class),
                services.config().trustedProxies());
    }

    /** Takes the fresh connection over and reads what has come already; call on its IO thread. */
    void start() {
        client.setCloseListener(c -> closed());
        source.setReadListener(c -> readable());
        source.resumeReads();
        readable();
    }

    StreamConnection client() {
        return client;
    }

    /** The way to the client, below all protocols. */
    StreamSinkConduit socket() {
        return socket;
    }

    /**
     * The same for one response.
     *
     * @param memory bytes that may wait for the client
     */
    ClientSink sink(long memory, ClientSink.Owner owner) {
        return new ClientSink(
                loop,
                client,
                socket,
                new Spill(loop, memory, 0, services.config().tempDirectory()),
                services.config().limits().sendTimeout().toNanos(),
                owner);
    }

    ClientInput input() {
        return input;
    }

    IoLoop loop() {
        return loop;
    }

    ForwardedHeaders forwarded() {
        return forwarded;
    }

    /** Whether the connection outlives the running exchange. */
    boolean persistent() {
        return persistent;
    }

    /** The connection ends with the running exchange. */
    void endsHere() {
        persistent = false;
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

    private void readable() {
        try {
            if (bodyReadable != null) {
                bodyReadable.run();
            } else if (exchange != null) {
                readAhead();
            } else {
                readHeads();
            }
        } catch (RuntimeException e) {
            LOG.error("a client's connection failed inside the gateway", e);
            close();
        }
    }

    /** One request after the other, as long as each is answered before this returns and more bytes are at hand. */
    private void readHeads() {
        reading = true;
        try {
            do {
                ClientInput.Progress progress = input.readHead();
                if (progress == ClientInput.Progress.CLOSED) {
                    close();
                } else if (progress == ClientInput.Progress.WHOLE) {
                    persistent = input.head().keepAlive();
                    exchange = new HttpExchange(services, this);
                    exchange.begin();
                }
            } while (exchange == null && input.holdsHead());
        } catch (IOException e) {
            LOG.debug("a client broke its connection", e);
            close();
        } finally {
            reading = false;
        }
    }

    private void readAhead() {
        if (input.full()) {
            source.suspendReads();
        } else if (!input.readAhead()) {
            exchange.clientGone("the client closed the connection");
        }
    }

    /** Has bytes of a request's body told to {@code readable}, until {@link #watch}. */
    void listen(Runnable readable) {
        bodyReadable = readable;
        if (input.whole()) {
            source.wakeupReads(); // the end was read with the last bytes, and no event will tell
        } else {
            resume();
        }
    }

    /** Notices from now on when the client leaves, while nobody wants bytes of its body. */
    void watch() {
        bodyReadable = null;
        source.resumeReads();
    }

    private void resume() {
        if (input.holds()) {
            source.wakeupReads();
        } else {
            source.resumeReads();
        }
    }

    /**
     * The exchange was answered: the next one, or the end.
     *
     * @param now of {@link System#nanoTime}
     */
    void answered(long now) {
        abandoned();
        if (!input.whole() || !persistent && input.holds()) {
            new LingeringClose(client, input, loop).start();
        } else if (persistent) {
            next(now);
        } else {
            close();
        }
    }

    private void next(long now) {
        input.exchangeDone(now);
        if (!reading) {
            resume();
        }
    }

    /** The exchange is over; whether the connection is, somebody else sees to. */
    void abandoned() {
        exchange = null;
        bodyReadable = null;
    }

    /** Has Undertow answer the running exchange; the connection is Undertow's until {@link #takeBack}. */
    void hand(HttpHandler handler) {
        boolean first = bridge == null;
        if (first) {
            bridge = frontend.bridge(client);
        }
        bridge.ask(exchange -> {
            exchange.setPersistent(persistent);
            if (first) {
                exchange.getConnection().addCloseListener(c -> closed());
            }
            handler.handleRequest(exchange);
        });
    }

    /**
     * Undertow has answered.
     *
     * @param alive false when Undertow closes the connection now
     */
    void takeBack(boolean alive) {
        abandoned();
        if (alive) {
            source.setReadListener(c -> readable());
            next(System.nanoTime());
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

    /** Closes at once, whatever runs. */
    void close() {
        IoUtils.safeClose(client);
    }

    private void closed() {
        frontend.gone(this);
        input.release();
        rejection.ifPresent(Rejection::release);
        HttpExchange running = exchange;
        if (running != null) {
            // Not now: the connection may be closed in the middle of a read that the exchange itself has asked for.
            loop.execute(() -> running.clientGone("the connection was closed"));
        }
    }

    @Override
    public void idle() {
        close();
    }

    @Override
    public void badHead(Failure failure) {
        if (client.isOpen() && rejection.isEmpty()) {
            Rejection started = new Rejection(services, this);
            rejection = Optional.of(started);
            started.start(failure);
        }
    }
}
