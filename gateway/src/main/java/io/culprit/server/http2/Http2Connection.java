package io.culprit.server.http2;

import io.culprit.config.Limits;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.Spill;
import io.culprit.loop.Trouble;
import io.culprit.reply.ClientSink;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.ClientTransport;
import io.culprit.server.clients.Clients;
import io.culprit.server.request.RejectedConnection;
import io.culprit.server.request.Services;
import io.culprit.server.tls.HandshakeTrouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;

/**
 * One client's connection that speaks HTTP/2: frames in, streams kept, each request in its {@link Http2Exchange}. The frames
 * are our own, since Undertow's channel ends neighbours for one stream's fault and lets bad fields through (gateway/README.md).
 * Owned by one IO thread.
 */
public final class Http2Connection extends ClientConnection implements ClientSink.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    /** Bytes of frames that a client may leave unread. */
    private static final long UNREAD = 512 << 10;

    /** How long a connection that was given up is read from, so that no reset overtakes the word why. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private Services services;
    private final ClientTransport transport;
    private final StreamConnection socket;
    private final IoLoop loop;
    private final Clients.Idle idlers;
    private ForwardedHeaders forwarded;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final ReceivedFrames received;
    private final FloodGuard guard = new FloodGuard();
    private final Streams streams = new Streams();
    private final SendWindows windows;
    private final Deadline clock = new Deadline() {
        @Override
        protected void expired() {
            clockExpired();
        }
    };
    private boolean warned;
    private long warnedNanos;
    private boolean goingAway;
    private boolean clientLeaves;
    private boolean over;

    /** {@link #start} is to be called next, on its IO thread. */
    public Http2Connection(Services services, ClientTransport transport) {
        this.services = services;
        this.transport = transport;
        this.socket = transport.socket();
        this.loop = services.loop(socket.getIoThread());
        this.idlers = services.clients().idle(loop);
        this.forwarded = transport.forwarded(services.config().trustedProxies());
        MemoryAccount memory = transport.memory();
        Limits limits = services.config().limits();
        ClientSink sink = new ClientSink(
                loop,
                socket,
                transport.sink(),
                new Spill(loop, memory, UNREAD, 0, services.files()),
                sendTimeoutNanos(),
                this);
        this.writer = new FrameWriter(loop, memory, sink, this::drained);
        this.windows = new SendWindows(streams, writer, guard);
        this.received = new ReceivedFrames(this, writer, streams, windows, guard, limits.head());
        this.reader = new FrameReader(loop, memory, longestBlock(limits), guard, received);
    }

    /** Compressed, a block can be longer than the fields in it. */
    private static int longestBlock(Limits limits) {
        return limits.head() + limits.head() / 2;
    }

    /** A reload holds from the next request on: whom to believe, and how much to read. */
    void renew() {
        Services now = services.current();
        if (now != services) {
            services = now;
            forwarded = transport.forwarded(now.config().trustedProxies());
            reader.longestBlock(longestBlock(now.config().limits()));
            received.headLimit(now.config().limits().head());
        }
    }

    /** What a connection of this kind begins with (RFC 9113 section 3.4). */
    public static byte[] preface() {
        return FrameReader.PREFACE.clone();
    }

    @Override
    public void start() {
        socket.setCloseListener(c -> closed());
        socket.getSourceChannel().setReadListener(c -> readable());
        idlers.add(this, System.nanoTime());
        armIdle();
        try {
            writer.settings(
                    3,
                    ReceivedFrames.MOST_STREAMS,
                    4,
                    Http2Exchange.WINDOW,
                    8,
                    1,
                    6,
                    services.config().limits().head());
            writer.windowUpdate(0, ReceivedFrames.WINDOW - SendWindows.FIRST);
        } catch (IOException e) {
            close();
            return;
        }
        reader.putBack(transport.takeEarly());
        socket.getSourceChannel().resumeReads();
        readable();
    }

    private void armIdle() {
        loop.deadlines().arm(clock, services.config().limits().idle().toNanos());
    }

    long sendTimeoutNanos() {
        return services.config().limits().sendTimeout().toNanos();
    }

    @Override
    public IoLoop loop() {
        return loop;
    }

    Services services() {
        return services;
    }

    SendWindows windows() {
        return windows;
    }

    boolean goingAway() {
        return goingAway;
    }

    /** The client has said GOAWAY. */
    void clientLeaves() {
        clientLeaves = true;
    }

    /** A request begins: the connection is idle no more. */
    void busy() {
        idlers.remove(this);
        clock.disarm();
    }

    ClientTransport transport() {
        return transport;
    }

    @Override
    public int running() {
        return streams.size();
    }

    ForwardedHeaders forwarded() {
        return forwarded;
    }

    FrameWriter writer() {
        return writer;
    }

    // -- reading

    @Override
    protected void readable() {
        try {
            if (over) {
                discard();
            } else if (!reader.read(transport.source()) && !over) {
                left("the client closed the connection");
            }
        } catch (ConnectionException e) {
            giveUp(e);
        } catch (SSLException e) {
            RejectedConnection.record(services, loop, transport.peer(), "TLS", HandshakeTrouble.badRecord(e));
            left("the client sent a bad TLS record");
        } catch (IOException e) {
            left("the client reset the connection");
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    private void discard() throws IOException {
        ByteBuffer into = loop.readBuffer();
        if (transport.source().read(into) < 0) {
            close();
        }
    }

    // -- writing

    void interim(int id, int status) {
        say(() -> writer.interim(id, status));
    }

    private interface Frames {
        void write() throws IOException;
    }

    /** Writes frames; a client that cannot take them is gone. */
    private void say(Frames frames) {
        try {
            frames.write();
        } catch (IOException e) {
            writer.abort();
        }
    }

    void resetStream(Http2Exchange stream, ErrorCode code) {
        if (!stream.resetNow()) {
            return;
        }
        say(() -> {
            writer.reset(stream.id(), code);
            streams.wasReset(stream.id());
        });
    }

    /** A request got its answer. */
    void answered() {
        guard.answered();
    }

    /** A stream is no more. */
    void over(Http2Exchange stream) {
        if (!streams.remove(stream) || !streams.isEmpty() || over) {
            return;
        }
        if (goingAway || clientLeaves) {
            goAway();
            closeSoon();
        } else if (services.clients().wanted()) {
            goAway();
            closeSoon();
        } else {
            idlers.add(this, System.nanoTime());
            armIdle();
        }
    }

    @Override
    public void drained() {
        windows.quiet();
    }

    @Override
    public void clientBroken() {
        left("the client reset the connection");
    }

    /** All of its requests end in it: whatever the client is told from here on may be wrong. */
    @Override
    public void broken(Throwable trouble) {
        Trouble.endIfOutOfMemory(trouble);
        LOG.error("an HTTP/2 connection failed inside the gateway: {}", Trouble.line(trouble));
        over = true;
        for (Http2Exchange each : streams.all()) {
            each.events().broken(trouble);
        }
        terminate();
    }

    @Override
    public void clientStalled(String why) {
        left(why);
    }

    // -- the end

    private void clockExpired() {
        goAway();
        closeSoon();
    }

    private void goAway() {
        if (!goingAway) {
            goingAway = true;
            say(() -> writer.goAway(streams.last(), ErrorCode.NO_ERROR));
        }
    }

    /** The client broke the rules: it is told, once, and its requests are given up. */
    void giveUp(ConnectionException e) {
        if (over) {
            return;
        }
        over = true;
        RejectedConnection.record(services, loop, transport.peer(), "HTTP/2.0", e.failure());
        try {
            writer.goAway(streams.last(), e.code());
        } catch (IOException broke) {
            LOG.debug("a GOAWAY did not leave: {}", broke.getMessage());
        }
        for (Http2Exchange each : streams.all()) {
            each.resetByClient("the client broke HTTP/2's rules: " + e.getMessage());
        }
        closeSoon();
    }

    /** Closes when what was written has left, and lingers a moment. */
    private void closeSoon() {
        over = true;
        loop.deadlines().arm(closing, LINGER_NANOS);
        loop.execute(() -> {
            try {
                writer.send();
                socket.getSinkChannel().shutdownWrites();
                socket.getSinkChannel().flush();
                if (transport.memory().reached(MemoryBudget.Level.EVICT)) {
                    close();
                }
            } catch (IOException e) {
                close();
            }
        });
    }

    private final Deadline closing = new Deadline() {
        @Override
        protected void expired() {
            close();
        }
    };

    private void left(String how) {
        over = true;
        try {
            for (Http2Exchange each : streams.all()) {
                each.resetByClient(how);
            }
        } finally {
            close();
        }
    }

    @Override
    public void drain(long quietSince) {
        readable(); // what has come already is served
        if (over) {
            return;
        }
        if (!warned && !isIdleSince(quietSince)) {
            warned = true;
            warnedNanos = System.nanoTime();
            say(() -> writer.goAway(
                    Integer.MAX_VALUE, ErrorCode.NO_ERROR)); // RFC 9113 section 6.8: requests may be on their way
        } else if (!warned || warnedNanos - quietSince <= 0) {
            goAway();
            if (streams.isEmpty()) {
                closeSoon();
            }
        }
    }

    @Override
    public void stop() {
        goAway();
        for (Http2Exchange each : streams.all()) {
            each.events().stop();
        }
        if (streams.isEmpty() && !over) {
            closeSoon();
        }
    }

    @Override
    public void terminate() {
        for (Http2Exchange each : streams.all()) {
            each.events().terminate();
        }
        close();
    }

    @Override
    protected boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        if (socket.isOpen()) {
            try {
                writer.send();
            } catch (IOException e) {
                LOG.debug("the last frames did not leave: {}", e.getMessage());
            }
        }
        transport.close();
    }

    private void closed() {
        over = true;
        idlers.remove(this);
        services.clients().closed(this);
        loop.deadlines().remove(clock);
        loop.deadlines().remove(closing);
        received.release();
        reader.release();
        List<Http2Exchange> running = streams.all();
        loop.execute(() -> {
            running.forEach(each -> {
                if (streams.get(each.id()) == each) {
                    each.resetByClient("the connection was closed");
                }
            });
            writer.release();
            transport.release();
            transport.memory().close();
        });
    }
}
