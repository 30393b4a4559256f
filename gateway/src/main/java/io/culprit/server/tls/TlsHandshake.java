package io.culprit.server.tls;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.http.Sample;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.Trouble;
import io.culprit.server.clients.ClientConnection;
import io.culprit.server.clients.ClientTransport;
import io.culprit.server.request.RejectedConnection;
import io.culprit.server.request.Services;
import io.culprit.tls.TlsBuffers;
import io.culprit.tls.TlsScratch;
import io.culprit.tls.TlsSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.WriteReadyHandler;

/**
 * A connection from its first byte to the end of its TLS handshake, or to the failure's name. What the library has to compute
 * runs on the worker's threads and comes back to the connection's own. Owned by one IO thread.
 */
public final class TlsHandshake extends ClientConnection {
    private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);

    /** Fatal unrecognized_name (RFC 6066 section 3), where no library is asked. */
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

    /** Fatal no_application_protocol (RFC 7301 section 3.2). */
    private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    /** Fatal protocol_version, to whoever begins with SSL 2. */
    private static final byte[] PROTOCOL_VERSION = {21, 3, 1, 0, 2, 2, 70};

    /** What comes after the handshake. */
    public interface Next {
        /** Who speaks the protocol that was agreed on. */
        ClientConnection secured(ClientTransport transport);

        /** Who answers a client that speaks plain HTTP here. */
        ClientConnection plain(ClientTransport transport, Failure why);
    }

    private final Services services;
    private final ServerTls tls;
    private final TlsBuffers scratch;
    private final ClientTransport transport;
    private final StreamConnection socket;
    private final IoLoop loop;
    private final MemoryAccount memory;
    private final Next next;
    private final Deadline clock = new Deadline() {
        @Override
        protected void expired() {
            timedOut();
        }
    };
    private @Nullable ByteBuffer hello;
    private Optional<ClientHello> offered = Optional.empty();
    private Optional<TlsChannel> channel = Optional.empty();
    private boolean computing;
    private volatile boolean over;
    private long began;

    /**
     * @param transport whose early bytes belong to the handshake
     */
    public TlsHandshake(Services services, ServerTls tls, TlsScratch scratch, ClientTransport transport, Next next) {
        this.services = services;
        this.tls = tls;
        this.transport = transport;
        this.socket = transport.socket();
        this.loop = services.loop(socket.getIoThread());
        this.scratch = scratch.of(loop);
        this.memory = transport.memory();
        this.next = next;
    }

    @Override
    public IoLoop loop() {
        return loop;
    }

    @Override
    public void start() {
        socket.setCloseListener(c -> closed());
        socket.getSourceChannel().setReadListener(c -> readable());
        socket.getSinkChannel().setWriteListener(c -> writable());
        services.clients().idle(loop).add(this, System.nanoTime());
        loop.deadlines().arm(clock, limit());
        ByteBuffer early = transport.takeEarly();
        if (early.hasRemaining()) {
            helloBuffer().put(early);
        }
        socket.getSourceChannel().resumeReads();
        readable();
    }

    private long limit() {
        return services.config().limits().headTimeout().toNanos();
    }

    private ByteBuffer helloBuffer() {
        if (hello == null) {
            hello = loop.lendLarge();
            memory.buffers(IoLoop.BUFFER_SIZE);
            services.clients().idle(loop).remove(this);
        }
        return hello;
    }

    private void dropHello() {
        if (hello != null) {
            loop.giveBackLarge(hello);
            memory.buffers(-IoLoop.BUFFER_SIZE);
            hello = null;
        }
    }

    @Override
    protected void readable() {
        if (over) {
            return;
        }
        try {
            if (computing) {
                if (!channel.get().readAhead()) {
                    left("the client closed the connection in the TLS handshake");
                }
                return;
            }
            if (channel.isPresent()) {
                advance(channel.get());
            } else {
                readHello();
            }
        } catch (SSLException e) {
            broke(e);
        } catch (IOException e) {
            left("the client reset the connection in the TLS handshake");
        } catch (RuntimeException | Error e) {
            Trouble.endIfOutOfMemory(e);
            LOG.error("a TLS handshake failed inside the gateway: {}", Trouble.line(e));
            close();
        }
    }

    private void readHello() throws IOException {
        ByteBuffer in = scratch.in.clear().limit(IoLoop.BUFFER_SIZE - (hello == null ? 0 : hello.position()));
        int n = transport.source().read(in);
        if (n > 0) {
            helloBuffer().put(in.flip());
        }
        ByteBuffer held = hello;
        if (held == null) {
            if (n < 0) {
                close(); // it never sent a byte: no handshake was begun
            }
            return;
        }
        ByteBuffer bytes = held.duplicate().flip();
        switch (ClientHello.look(bytes)) {
            case PARTIAL -> {
                if (n < 0) {
                    left("the client closed the connection within its ClientHello, %d bytes had come"
                            .formatted(bytes.remaining()));
                } else if (!held.hasRemaining()) {
                    fail(Cause.CLIENT_TLS_BAD_RECORD, "a ClientHello of more than %d bytes".formatted(held.capacity()));
                }
            }
            case WHOLE -> begin(bytes);
            case PLAIN -> plain(bytes);
            case SSL2 -> {
                say(PROTOCOL_VERSION);
                fail(Cause.CLIENT_TLS_VERSION, "the client began with SSL 2's hello; " + allowed());
            }
            case FOREIGN -> fail(Cause.CLIENT_TLS_BAD_RECORD, "the first bytes are no TLS record: " + Sample.of(bytes));
        }
    }

    private String allowed() {
        return tls.config().minVersion().equals("1.3") ? "TLS 1.3 is allowed" : "TLS 1.2 and 1.3 are allowed";
    }

    private void begin(ByteBuffer bytes) throws IOException {
        ClientHello client = ClientHello.parse(bytes);
        offered = Optional.of(client);
        if (tls.refuses(client.name())) {
            say(UNRECOGNIZED_NAME);
            fail(
                    Cause.CLIENT_TLS_UNKNOWN_NAME,
                    client.name().isEmpty()
                            ? "the client asked for no name (no SNI), and tls.unknown_names is refuse"
                            : "no certificate is for \"" + Sample.printable(client.name()) + "\"");
            return;
        }
        if (!tls.speaksOneOf(client.protocols())) {
            say(NO_APPLICATION_PROTOCOL);
            fail(Cause.CLIENT_TLS_NO_PROTOCOL, "the client " + client.shown());
            return;
        }
        began = System.currentTimeMillis();
        TlsChannel begun = new TlsChannel(tls.lend(), loop, scratch, memory, transport.source(), transport.sink());
        channel = Optional.of(begun);
        begun.engine().beginHandshake();
        begun.putBack(bytes);
        dropHello();
        advance(begun);
    }

    private void plain(ByteBuffer bytes) {
        ByteBuffer read = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        dropHello();
        finish();
        hand(next.plain(
                transport.with(read),
                Failure.of(Cause.CLIENT_TLS_PLAIN_HTTP, "plain HTTP came to a listener with tls")));
    }

    /** As far as it goes without more bytes. */
    private void advance(TlsChannel on) throws IOException {
        SSLEngine engine = on.engine();
        while (!over) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    compute(engine);
                    return;
                }
                case NEED_WRAP -> {
                    on.wrapOwn();
                    if (on.unsent()) {
                        socket.getSinkChannel().resumeWrites();
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    int n = on.shake();
                    if (n < 0) {
                        left("the client closed the connection in the TLS handshake, after %s"
                                .formatted(Text.duration(sinceBegan())));
                        return;
                    }
                    if (n == 0) {
                        return;
                    }
                }
                default -> {
                    done(on);
                    return;
                }
            }
        }
    }

    private long sinceBegan() {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - began);
    }

    private void compute(SSLEngine engine) {
        List<Runnable> tasks = new ArrayList<>(1);
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            tasks.add(task);
        }
        computing = true;
        socket.getWorker().execute(() -> {
            try {
                if (!over) {
                    tasks.forEach(Runnable::run); // not for a client that has left meanwhile
                }
            } finally {
                loop.execute(() -> {
                    computing = false;
                    if (over) {
                        channel.get().release();
                    } else {
                        socket.getSourceChannel().resumeReads();
                        readable();
                    }
                });
            }
        });
    }

    private void writable() {
        try {
            if (channel.isEmpty() || channel.get().flush()) {
                socket.getSinkChannel().suspendWrites();
            }
        } catch (IOException e) {
            left("the client reset the connection in the TLS handshake");
        }
    }

    private void done(TlsChannel on) throws IOException {
        SSLSession session = on.engine().getSession();
        on.agreed(new TlsSession(
                session.getProtocol(),
                session.getCipherSuite(),
                offered.map(ClientHello::name).orElse(""),
                session.getCreationTime() < began,
                Optional.ofNullable(on.engine().getApplicationProtocol()).orElse(""),
                tls.certificate(session)));
        finish();
        ConduitStreamSourceChannel source = socket.getSourceChannel();
        ConduitStreamSinkChannel sink = socket.getSinkChannel();
        TlsSource above = new TlsSource(source.getConduit(), on, loop);
        above.setReadReadyHandler(new ReadReadyHandler.ChannelListenerHandler<>(source));
        source.setConduit(above);
        TlsSink below = new TlsSink(sink.getConduit(), on);
        below.setWriteReadyHandler(new WriteReadyHandler.ChannelListenerHandler<>(sink));
        sink.setConduit(below);
        sink.setWriteListener(null);
        if (!on.unsent()) {
            sink.suspendWrites();
        }
        hand(next.secured(transport.securedBy(on)));
    }

    private void hand(ClientConnection to) {
        services.clients().replace(this, to);
        to.start();
    }

    /** The handshake is over, the connection is not. */
    private void finish() {
        over = true;
        loop.deadlines().remove(clock);
        services.clients().idle(loop).remove(this);
    }

    private void broke(SSLException e) {
        channel.ifPresent(TlsChannel::sayWhy);
        Cause cause = HandshakeTrouble.cause(e, offered);
        String what = HandshakeTrouble.words(e);
        fail(
                cause,
                offered.map(o -> what + "; the client " + o.shown()
                                + (cause == Cause.CLIENT_TLS_VERSION ? "; " + allowed() : ""))
                        .orElse(what));
    }

    private void left(String how) {
        if (hello == null && channel.isEmpty()) {
            close(); // it never sent a byte
            return;
        }
        fail(Cause.CLIENT_TLS_CLOSED, how);
    }

    private void timedOut() {
        if (hello == null && channel.isEmpty()) {
            close(); // it never sent a byte
        } else {
            fail(
                    Cause.CLIENT_TLS_TIMEOUT,
                    "the TLS handshake was not done within limits.head_timeout of " + Text.duration(limit()));
        }
    }

    private void fail(Cause cause, String detail) {
        if (!over) {
            over = true;
            InetSocketAddress peer = transport.peer();
            RejectedConnection.record(services, loop, peer, "TLS", Failure.of(cause, detail));
            close();
        }
    }

    private void say(byte[] alert) throws IOException {
        transport.sink().write(ByteBuffer.wrap(alert));
    }

    @Override
    public void drain(long quietSince) {
        if (isIdleSince(quietSince)) {
            readable(); // what has come already is served
            if (!over && isIdleSince(quietSince)) {
                close();
            }
        }
    }

    @Override
    public void stop() {
        close();
    }

    @Override
    public void terminate() {
        close();
    }

    @Override
    protected boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        over = true;
        transport.close();
    }

    private void closed() {
        over = true;
        loop.deadlines().remove(clock);
        services.clients().idle(loop).remove(this);
        services.clients().closed(this);
        dropHello();
        if (!computing) {
            channel.ifPresent(TlsChannel::release); // else the worker's thread is still at it
        }
        memory.close();
    }
}
