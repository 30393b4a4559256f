package io.culprit.server.http2;

import io.culprit.config.Limits;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.Trailers;
import io.culprit.http.hpack.HpackDecoder;
import io.culprit.http.hpack.HpackException;
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
import io.culprit.server.request.HttpExchange;
import io.culprit.server.request.RejectedConnection;
import io.culprit.server.request.Services;
import io.culprit.server.tls.HandshakeTrouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.StreamConnection;

/**
 * One client's connection that speaks HTTP/2: frames in, streams kept, each request in its {@link Http2Exchange}. The frames
 * are our own, since Undertow's channel ends neighbours for one stream's fault and lets bad fields through (gateway/README.md).
 * Owned by one IO thread.
 */
public final class Http2Connection extends ClientConnection implements ClientSink.Owner, FrameReader.Frames {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    /** Streams at a time, as nginx has it. */
    private static final int MOST_STREAMS = 128;

    /** What the connection may receive beyond what its streams' windows say: one slow stream holds up no other. */
    private static final int WINDOW = 16 << 20;

    private static final int FIRST_WINDOW = 65_535;

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
    private final HpackDecoder decoder = new HpackDecoder();
    private final RequestFields fields;
    private final FloodGuard guard = new FloodGuard();
    private final Map<Integer, Http2Exchange> streams = new HashMap<>();
    private final ArrayDeque<Http2Response> blocked = new ArrayDeque<>();
    private List<Http2Response> waiting = new ArrayList<>();
    private final ResetStreams lately = new ResetStreams();
    private final Deadline clock = new Deadline() {
        @Override
        protected void expired() {
            clockExpired();
        }
    };
    private int lastStream;
    private long sendWindow = FIRST_WINDOW;
    private long initialWindow = FIRST_WINDOW;
    private int receiveWindow = FIRST_WINDOW;
    private long tableHeld;
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
        this.reader = new FrameReader(loop, memory, longestBlock(limits), guard, this);
        this.fields = new RequestFields(limits.head());
        ClientSink sink = new ClientSink(
                loop,
                socket,
                transport.sink(),
                new Spill(loop, memory, UNREAD, 0, services.files()),
                sendTimeoutNanos(),
                this);
        this.writer = new FrameWriter(loop, memory, sink, this::quiet);
    }

    /** Compressed, a block can be longer than the fields in it. */
    private static int longestBlock(Limits limits) {
        return limits.head() + limits.head() / 2;
    }

    /** A reload holds from the next request on: whom to believe, and how much to read. */
    private void renew() {
        Services now = services.current();
        if (now != services) {
            services = now;
            forwarded = transport.forwarded(now.config().trustedProxies());
            reader.longestBlock(longestBlock(now.config().limits()));
            fields.most(now.config().limits().head());
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
                    MOST_STREAMS,
                    4,
                    Http2Exchange.WINDOW,
                    8,
                    1,
                    6,
                    services.config().limits().head());
            writer.windowUpdate(0, WINDOW - FIRST_WINDOW);
            receiveWindow = WINDOW;
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

    private @Nullable Http2Exchange stream(int id) throws ConnectionException {
        if (id > lastStream || (id & 1) == 0) {
            throw ConnectionException.protocol("a frame on stream %d, which is idle".formatted(id));
        }
        return streams.get(id);
    }

    @Override
    public void headers(int id, byte[] block, int length, boolean endStream) throws ConnectionException, IOException {
        blockClock.disarm();
        renew();
        fields.reset();
        try {
            decoder.decode(block, 0, length, fields);
        } catch (HpackException e) {
            throw new ConnectionException(
                    ErrorCode.COMPRESSION_ERROR,
                    Cause.CLIENT_H2_COMPRESSION,
                    "on stream " + id + ": " + e.getMessage());
        }
        countTable();
        if ((id & 1) == 0) {
            throw ConnectionException.protocol("HEADERS on stream %d, which is the server's".formatted(id));
        }
        if (id <= lastStream) {
            trailers(id, endStream);
        } else {
            lastStream = id;
            begin(id, endStream);
        }
        if (length > 4096) {
            fields.release();
        }
    }

    private void countTable() {
        if (decoder.held() != tableHeld) {
            transport.memory().heap(decoder.held() - tableHeld);
            tableHeld = decoder.held();
        }
    }

    /** Trailers are judged and end the body. */
    private void trailers(int id, boolean endStream) throws ConnectionException {
        Http2Exchange stream = streams.get(id);
        if (stream == null) {
            if (!lately.contains(id)) {
                throw new ConnectionException(
                        ErrorCode.STREAM_CLOSED,
                        Cause.CLIENT_H2_PROTOCOL,
                        "HEADERS on stream %d, which is closed".formatted(id));
            }
            guard.idleFrame(FrameType.HEADERS);
            return;
        }
        if (stream.ended()) {
            reset(stream, ErrorCode.STREAM_CLOSED, "HEADERS behind the end of the request");
        } else if (!endStream) {
            reset(stream, ErrorCode.PROTOCOL_ERROR, "trailers that do not end the request");
        } else if (!fields.malformed().isEmpty() || fields.anyPseudo()) {
            reset(
                    stream,
                    ErrorCode.PROTOCOL_ERROR,
                    "trailers with " + (fields.anyPseudo() ? "a pseudo-header field" : fields.malformed()));
        } else if (fields.tooBig() || fields.trailersLength() > Trailers.MOST) {
            reset(stream, ErrorCode.PROTOCOL_ERROR, "trailers of more than %d bytes".formatted(Trailers.MOST));
        } else {
            stream.requestTrailers(fields.trailers());
            stream.requestEnds();
        }
    }

    private void reset(Http2Exchange stream, ErrorCode code, String why) throws ConnectionException {
        guard.reset(); // it costs us the same, whoever says it
        resetStream(stream, code);
        stream.resetByClient("the client broke HTTP/2's rules: " + why);
    }

    private void begin(int id, boolean endStream) throws IOException, ConnectionException {
        if (goingAway) {
            writer.reset(id, ErrorCode.REFUSED_STREAM); // it was told which stream is the last, and may ask elsewhere
            lately.add(id);
            return;
        }
        renew();
        Limits limits = services.config().limits();
        RequestHead head = new RequestHead(limits.head(), limits.headers(), limits.uri(), loop.heads());
        Http2Exchange stream = new Http2Exchange(
                this,
                id,
                head,
                new Spill(loop, transport.memory(), 2L * Http2Exchange.WINDOW, 0, services.files()),
                new Spill(loop, transport.memory(), 64 << 10, 0, services.files()),
                initialWindow);
        if (streams.size() >= MOST_STREAMS) {
            new RejectedStream(services, stream)
                    .refuse(Failure.of(
                            Cause.CLIENT_H2_STREAMS,
                            "stream %d beside %d others, SETTINGS_MAX_CONCURRENT_STREAMS is %d"
                                    .formatted(id, streams.size(), MOST_STREAMS)));
            writer.reset(id, ErrorCode.REFUSED_STREAM);
            lately.add(id);
            guard.reset();
            return;
        }
        idlers.remove(this);
        clock.disarm();
        streams.put(id, stream);
        try {
            readHead(stream, endStream, limits);
        } catch (MessageException e) {
            RejectedStream rejected = new RejectedStream(services, stream);
            stream.refuseBody();
            if (endStream) {
                stream.requestEnds();
            }
            rejected.answer(e.failure());
            return;
        }
        HttpExchange request = new HttpExchange(services, stream);
        stream.events(request);
        if (endStream) {
            stream.requestEnds();
        }
        request.begin();
    }

    private void readHead(Http2Exchange stream, boolean endStream, Limits limits) throws MessageException {
        if (fields.tooBig()) {
            throw new MessageException(Failure.of(
                    Cause.CLIENT_HEAD_TOO_BIG,
                    "the request head exceeds limits.head of %d bytes".formatted(limits.head())));
        }
        String wrong = fields.wrongAsRequest();
        if (!wrong.isEmpty()) {
            throw new MessageException(Failure.of(Cause.CLIENT_BAD_REQUEST, wrong + " (RFC 9113 section 8)"));
        }
        String protocol = fields.protocol();
        if ("CONNECT".equals(fields.method())) {
            if (protocol == null) {
                throw new MessageException(
                        Failure.of(Cause.CLIENT_NOT_ALLOWED, "CONNECT is for proxies that clients choose"));
            }
            if (!protocol.equals("websocket")) {
                throw new MessageException(
                        Failure.of(Cause.CLIENT_BAD_REQUEST, "a :protocol other than websocket (RFC 8441)"));
            }
        }
        if (fields.hostsDiffer()) {
            throw new MessageException(Failure.of(Cause.CLIENT_HOST_MISMATCH, fields.shownHosts()));
        }
        if (protocol == null) {
            stream.head().readMultiplexed(fields.head(""), endStream);
        } else {
            String key = Http2WebSocket.key();
            stream.webSocket(key);
            stream.head().readMultiplexed(fields.head(key), true); // what follows is the tunnel's
        }
    }

    @Override
    public void blockBegins() {
        renew();
        loop.deadlines()
                .arm(blockClock, services.config().limits().headTimeout().toNanos());
    }

    @Override
    public void data(int id, ByteBuffer payload, int flow, boolean endStream) throws ConnectionException, IOException {
        Http2Exchange stream = stream(id);
        receiveWindow -= flow;
        if (receiveWindow < 0) {
            throw new ConnectionException(
                    ErrorCode.FLOW_CONTROL_ERROR, Cause.CLIENT_H2_PROTOCOL, "DATA beyond the connection's window");
        }
        if (receiveWindow < WINDOW / 2) {
            writer.windowUpdate(0, WINDOW - receiveWindow);
            receiveWindow = WINDOW;
        }
        if (stream == null || !payload.hasRemaining() && !endStream) {
            guard.idleFrame(FrameType.DATA);
        } else {
            guard.useful(payload.remaining());
        }
        if (stream == null) {
            if (!lately.contains(id)) {
                throw new ConnectionException(
                        ErrorCode.STREAM_CLOSED,
                        Cause.CLIENT_H2_PROTOCOL,
                        "DATA on stream %d, which is closed".formatted(id));
            }
            return; // on its way when we reset the stream
        }
        if (stream.overruns(flow)) {
            reset(stream, ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the stream's window");
            return;
        }
        if (stream.ended()) {
            reset(stream, ErrorCode.STREAM_CLOSED, "DATA behind the end of the request");
            return;
        }
        stream.data(payload, flow);
        if (endStream && streams.get(id) == stream) {
            stream.requestEnds();
        }
    }

    @Override
    public void reset(int id, int code) throws ConnectionException {
        Http2Exchange stream = stream(id);
        guard.reset();
        if (stream != null) {
            lately.add(id);
            stream.resetByClient("the client reset stream %d (%s)".formatted(id, ErrorCode.shown(code)));
        }
    }

    @Override
    public void settings(int identifier, int value) throws ConnectionException {
        switch (identifier) {
            case 1 -> writer.tableShrinks();
            case 2 -> {
                if (value != 0 && value != 1) {
                    throw ConnectionException.protocol("SETTINGS_ENABLE_PUSH of " + Integer.toUnsignedString(value));
                }
            }
            case 4 -> {
                if (value < 0) {
                    throw new ConnectionException(
                            ErrorCode.FLOW_CONTROL_ERROR,
                            Cause.CLIENT_H2_PROTOCOL,
                            "SETTINGS_INITIAL_WINDOW_SIZE beyond 2^31-1");
                }
                long more = value - initialWindow;
                initialWindow = value;
                for (Http2Exchange each : streams.values()) {
                    if (!each.opened(more)) {
                        throw new ConnectionException(
                                ErrorCode.FLOW_CONTROL_ERROR,
                                Cause.CLIENT_H2_PROTOCOL,
                                "SETTINGS_INITIAL_WINDOW_SIZE that opens stream %d beyond 2^31-1".formatted(each.id()));
                    }
                }
            }
            case 5 -> {
                if (value < FrameType.LONGEST || value > (1 << 24) - 1) {
                    throw ConnectionException.protocol("SETTINGS_MAX_FRAME_SIZE of " + Integer.toUnsignedString(value));
                }
            }
            default -> {} // RFC 9113 section 6.5.2: what is not known is ignored
        }
    }

    @Override
    public void settingsEnd() throws IOException {
        writer.settingsAck();
        pump();
    }

    @Override
    public void ping(long opaque) throws IOException {
        writer.pingAck(opaque);
    }

    @Override
    public void goAway(int last, int code) {
        clientLeaves = true; // what it still asks for is answered (fact row HC138)
    }

    @Override
    public void windowUpdate(int id, int more) throws ConnectionException, IOException {
        if (id == 0) {
            if (more == 0) {
                throw ConnectionException.protocol("WINDOW_UPDATE of 0 for the connection");
            }
            sendWindow += more;
            if (sendWindow > Integer.MAX_VALUE) {
                throw new ConnectionException(
                        ErrorCode.FLOW_CONTROL_ERROR,
                        Cause.CLIENT_H2_PROTOCOL,
                        "the connection's window beyond 2^31-1");
            }
        } else {
            Http2Exchange stream = stream(id);
            if (stream == null) {
                return;
            }
            if (more == 0) {
                reset(stream, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
                return;
            }
            if (!stream.opened(more)) {
                reset(stream, ErrorCode.FLOW_CONTROL_ERROR, "a window beyond 2^31-1");
                return;
            }
        }
        pump();
    }

    // -- writing

    long sendWindow() {
        return sendWindow;
    }

    void sent(int n) {
        guard.sent();
        sendWindow -= n;
    }

    /** A stream has more than windows or socket take. */
    void blocked(Http2Response stream) {
        blocked.add(stream);
    }

    /** A stream wants to know when all has left. */
    void waits(Http2Response stream) {
        waiting.add(stream);
    }

    /** Each stream that waits gets its turn. */
    private void pump() throws IOException {
        for (int i = blocked.size(); i > 0 && sendWindow > 0 && !writer.congested(); i--) {
            Http2Response next = blocked.poll();
            if (streams.get(next.id()) == next && next.pump()) {
                blocked.add(next);
            }
        }
    }

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
            lately.add(stream.id());
        });
    }

    /** A request got its answer. */
    void answered() {
        guard.answered();
    }

    /** A stream is no more. */
    void over(Http2Exchange stream) {
        boolean mine = streams.remove(stream.id(), stream);
        if (mine) {
            lately.add(stream.id());
        }
        if (!mine || !streams.isEmpty() || over) {
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

    /** All that was written has left. */
    private void quiet() {
        try {
            pump();
        } catch (IOException e) {
            writer.abort();
        }
        if (!writer.quiet() || waiting.isEmpty()) {
            return;
        }
        List<Http2Response> told = waiting;
        waiting = new ArrayList<>();
        for (Http2Response each : told) {
            each.quiet();
        }
    }

    @Override
    public void drained() {
        quiet();
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
        for (Http2Exchange each : List.copyOf(streams.values())) {
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
            say(() -> writer.goAway(lastStream, ErrorCode.NO_ERROR));
        }
    }

    /** The client broke the rules: it is told, once, and its requests are given up. */
    private void giveUp(ConnectionException e) {
        if (over) {
            return;
        }
        over = true;
        RejectedConnection.record(services, loop, transport.peer(), "HTTP/2.0", e.failure());
        try {
            writer.goAway(lastStream, e.code());
        } catch (IOException broke) {
            LOG.debug("a GOAWAY did not leave: {}", broke.getMessage());
        }
        for (Http2Exchange each : List.copyOf(streams.values())) {
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

    private final Deadline blockClock = new Deadline() {
        @Override
        protected void expired() {
            giveUp(new ConnectionException(
                    ErrorCode.PROTOCOL_ERROR,
                    Cause.CLIENT_TIMEOUT,
                    "a header block that was not complete within limits.head_timeout"));
        }
    };

    private final Deadline closing = new Deadline() {
        @Override
        protected void expired() {
            close();
        }
    };

    private void left(String how) {
        over = true;
        try {
            for (Http2Exchange each : List.copyOf(streams.values())) {
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
        for (Http2Exchange each : List.copyOf(streams.values())) {
            each.events().stop();
        }
        if (streams.isEmpty() && !over) {
            closeSoon();
        }
    }

    @Override
    public void terminate() {
        for (Http2Exchange each : List.copyOf(streams.values())) {
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
        loop.deadlines().remove(blockClock);
        reader.release();
        List<Http2Exchange> running = List.copyOf(streams.values());
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
