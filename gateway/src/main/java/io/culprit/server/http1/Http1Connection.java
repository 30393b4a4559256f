package io.culprit.server.http1;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.Spill;
import io.culprit.loop.Trouble;
import io.culprit.reply.ClientSink;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.ClientExchange;
import io.culprit.server.clients.ClientTransport;
import io.culprit.server.clients.Clients;
import io.culprit.server.request.HttpExchange;
import io.culprit.server.request.RejectedConnection;
import io.culprit.server.request.RejectedRequest;
import io.culprit.server.request.Services;
import io.culprit.server.tls.HandshakeTrouble;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * One client's connection: its requests one after the other, each in its {@link Http1Exchange}, and who is at the other end. What
 * is no request gets a {@link Rejection}. Owned by one IO thread.
 */
public final class Http1Connection extends ClientConnection implements Http1Input.Events {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);

    /**
     * How long a client that came with its request may go unwatched: most are answered by then, and a client that closes after one
     * answer then never costs a place in the selector. One that leaves meanwhile is noticed so much later.
     */
    private static final long UNSEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private Services services;
    private final IoLoop loop;
    private final ClientTransport transport;
    private final StreamConnection client;
    private final Optional<Failure> refusal;
    private final ConduitStreamSourceChannel source;
    private final Http1Input input;
    private ForwardedHeaders forwarded;
    private boolean unseen = true;
    private final Deadline late = new Deadline() {
        @Override
        protected void expired() {
            if (unseen) {
                unseen = false;
                source.resumeReads();
            }
        }
    };
    private ClientExchange.@Nullable Events exchange;
    private @Nullable Runnable bodyReadable;
    private boolean reading;
    private boolean persistent;
    private Optional<Rejection> rejection = Optional.empty();
    private boolean lingering;
    private final MemoryAccount memory;
    private final Clients.Idle idlers;

    /**
     * {@link #start} is to be called next, on its IO thread.
     *
     * @param refusal what each request is told, empty: they are served
     */
    public Http1Connection(Services services, ClientTransport transport, Optional<Failure> refusal) {
        this.services = services;
        this.transport = transport;
        this.client = transport.socket();
        this.loop = services.loop(client.getIoThread());
        this.source = client.getSourceChannel();
        this.idlers = services.clients().idle(loop);
        this.refusal = refusal;
        this.forwarded = transport.forwarded(services.config().trustedProxies());
        this.memory = transport.memory();
        this.input = new Http1Input(
                transport.source(), loop, memory, services.config().limits(), this);
    }

    @Override
    public void start() {
        client.setCloseListener(c -> closed());
        source.setReadListener(c -> readable());
        input.putBack(transport.takeEarly());
        idlers.add(this, System.nanoTime());
        readable();
        if (client.isOpen()) {
            if (exchange == null) {
                see();
                source.resumeReads();
            } else if (unseen) {
                loop.deadlines().arm(late, UNSEEN_NANOS);
            }
        }
    }

    /** Events tell of the client from now on. */
    private void see() {
        if (unseen) {
            unseen = false;
            loop.deadlines().remove(late);
        }
    }

    @Override
    public int running() {
        return exchange == null ? 0 : 1;
    }

    /** What this client holds beyond what every connection weighs. */
    MemoryAccount memory() {
        return memory;
    }

    StreamConnection client() {
        return client;
    }

    /**
     * The way to the client for one response.
     *
     * @param memory bytes that may wait for the client
     */
    ClientSink sink(long memory, ClientSink.Owner owner) {
        return new ClientSink(
                loop,
                client,
                transport.sink(),
                new Spill(loop, this.memory, memory, 0, services.files()),
                services.config().limits().sendTimeout().toNanos(),
                owner);
    }

    Http1Input input() {
        return input;
    }

    /** The head that has begun is too late; to be called behind {@link #start}. */
    public void late() {
        input.late();
    }

    @Override
    public IoLoop loop() {
        return loop;
    }

    /** What carries its bytes. */
    ClientTransport transport() {
        return transport;
    }

    ForwardedHeaders forwarded() {
        return forwarded;
    }

    /** Whether the connection outlives the running exchange; to be asked once, and told. */
    boolean persistent() {
        return persistent && !services.lifecycle().leaving();
    }

    /** The connection ends with the running exchange. */
    void endsHere() {
        persistent = false;
    }

    @Override
    protected void readable() {
        try {
            if (bodyReadable != null) {
                bodyReadable.run();
            } else if (exchange != null) {
                readAhead(exchange);
            } else {
                readHeads();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** Something nobody foresaw, while no request was there that could end in it, or in the midst of one. */
    void failed(Throwable trouble) {
        Trouble.endIfOutOfMemory(trouble);
        if (exchange != null) {
            exchange.broken(trouble);
        } else {
            LOG.error("a client's connection failed inside the gateway: {}", Trouble.line(trouble));
            close();
        }
    }

    /** A reload holds from the next request on, on kept connections too: whom to believe, and how much to read. */
    private void renew() {
        Services now = services.current();
        if (now != services) {
            services = now;
            forwarded = transport.forwarded(now.config().trustedProxies());
            input.limits(now.config().limits());
        }
    }

    /** One request after the other, as long as each is answered before this returns and more bytes are at hand. */
    private void readHeads() {
        reading = true;
        try {
            do {
                renew();
                Http1Input.Progress progress = input.readHead();
                if (isIdle() && input.head().started()) {
                    idlers.remove(this);
                }
                if (progress == Http1Input.Progress.CLOSED) {
                    leftInHead("the client closed the connection");
                } else if (progress == Http1Input.Progress.WHOLE) {
                    persistent =
                            input.head().keepAlive() && !services.lifecycle().stopping();
                    begin();
                }
            } while (exchange == null && input.holdsHead());
        } catch (SSLException e) {
            RejectedConnection.record(services, loop, transport.peer(), "TLS", HandshakeTrouble.badRecord(e));
            close();
        } catch (IOException e) {
            LOG.debug("a client broke its connection", e);
            leftInHead("the client reset the connection");
        } finally {
            reading = false;
        }
    }

    /** What was read of a request that will never be whole is told too, as nginx does. */
    private void leftInHead(String how) {
        if (input.head().started() && rejection.isEmpty()) {
            Http1Exchange cut = new Http1Exchange(this);
            new RejectedRequest(
                            services,
                            cut,
                            Failure.of(
                                    Cause.CLIENT_CLOSED,
                                    "%s when %d bytes of a request head had come"
                                            .formatted(how, input.head().length())))
                    .record(false);
            cut.release();
        }
        close();
    }

    private void begin() {
        if (refusal.isPresent()) {
            input.refuse(refusal.get());
            return;
        }
        Http1Exchange framed = new Http1Exchange(this);
        HttpExchange begun = new HttpExchange(services, framed);
        framed.events(begun);
        exchange = begun;
        begun.begin();
    }

    private void readAhead(ClientExchange.Events running) {
        if (input.full()) {
            source.suspendReads();
        } else if (!input.readAhead()) {
            if (input.tunnels() && !input.broken()) {
                source.suspendReads(); // the end is read again behind all that came before it
            } else {
                running.gone(input.broken() ? "the client reset the connection" : "the client closed the connection");
            }
        }
    }

    /** Has bytes of a request's body told to {@code readable}, until {@link #watch}. */
    void listen(Runnable readable) {
        bodyReadable = readable;
        see();
        if (input.whole()) {
            source.wakeupReads(); // the end was read with the last bytes, and no event will tell
        } else {
            resume();
        }
    }

    /** Notices from now on when the client leaves, while nobody wants bytes of its body. */
    void watch() {
        bodyReadable = null;
        if (!unseen) {
            source.resumeReads();
        }
    }

    /** Nothing more is read: a tunnel's client has ended its side. */
    void stopReading() {
        bodyReadable = source::suspendReads;
        source.suspendReads();
    }

    private void resume() {
        see();
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
        if (!input.whole() && !input.tunnels() || !persistent && input.holds()) {
            linger();
        } else if (persistent) {
            next(now); // whatever has begun meanwhile: the client was not told that it ends
        } else {
            close();
        }
    }

    /** Closes once what the client still sends has been thrown away; at once while memory is short. */
    void linger() {
        lingering = true;
        if (memory.reached(MemoryBudget.Level.EVICT)) {
            close();
        } else {
            new LingeringClose(client, input, loop).start();
        }
    }

    private void next(long now) {
        input.exchangeDone(now);
        if (services.clients().wanted() && !input.holds()) {
            close();
            return;
        }
        idlers.add(this, now);
        if (!reading) {
            resume();
        }
    }

    @Override
    public void drain(long quietSince) {
        if (isIdleSince(quietSince)) {
            readable(); // what has come already is served
            if (isIdleSince(quietSince)) {
                close();
            }
        }
    }

    @Override
    public void stop() {
        if (exchange != null) {
            endsHere();
            exchange.stop();
        } else if (lingering) {
            close();
        } else if (rejection.isEmpty()) {
            readable();
            if (exchange == null && rejection.isEmpty()) {
                if (!input.head().started() || !input.stopping()) {
                    close();
                }
            }
        }
    }

    @Override
    public void terminate() {
        if (exchange != null) {
            exchange.terminate();
        }
        close();
    }

    /** The exchange is over; whether the connection is, somebody else sees to. */
    void abandoned() {
        exchange = null;
        bodyReadable = null;
    }

    /** Makes the coming close a reset. */
    void resetOnClose() {
        transport.reset();
    }

    @Override
    protected boolean isOpen() {
        return client.isOpen();
    }

    @Override
    public void close() {
        transport.close();
    }

    private void closed() {
        loop.deadlines().remove(late);
        idlers.remove(this);
        services.clients().closed(this);
        input.release();
        transport.release();
        rejection.ifPresent(Rejection::release);
        ClientExchange.Events running = exchange;
        if (running != null) {
            // Not now: the connection may be closed in the middle of a read that the exchange itself has asked for.
            loop.execute(() -> {
                running.gone("the connection was closed");
                memory.close();
            });
        } else {
            memory.close();
        }
    }

    @Override
    public void idle() {
        close();
    }

    @Override
    public void badHead(Failure failure) {
        if (client.isOpen() && rejection.isEmpty()) {
            Rejection started = new Rejection(this);
            rejection = Optional.of(started);
            started.start(services, failure);
        }
    }
}
