package io.culprit.server.http2;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.HeaderBlock;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.Spill;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.reply.HeadChanges;
import io.culprit.reply.ReplyHead;
import io.culprit.server.request.ClientExchange;
import io.culprit.tls.TlsSession;
import io.culprit.upstream.ClientRoute;
import io.culprit.upstream.fastcgi.FastCgiRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stream that is a request, and its answer in frames (RFC 9113 section 8.1). What the client's windows do not take waits
 * here and holds up no other stream. Owned by the IO thread of its {@link Http2Connection}.
 */
final class Http2Exchange implements ClientExchange {
    /** Bytes of a request's body that may come before they are read. */
    static final int WINDOW = 128 << 10;

    /** Bytes of a file read at a time. */
    private static final int FILE_STEP = 32 << 10;

    private final Http2Connection connection;
    private final int id;
    private final RequestHead head;
    private final Spill received;
    private final Spill pending;
    private final Deadline stall = new Deadline() {
        @Override
        protected void expired() {
            events().stalled("the client opened no window for the response for limits.send_timeout");
        }
    };
    private @Nullable Events events;
    private String upgrade = "";
    private String webSocketKey = "";

    /** What the client sends. */
    private boolean ended;

    private boolean endsUnannounced;
    private boolean resetSent;
    private boolean refused;
    private boolean reset;
    private long arrived;
    private int window = WINDOW;
    private int unread;
    private @Nullable Failure malformed;
    private Trailers requestTrailers = Trailers.NONE;
    private int trailerBytes;
    private @Nullable Runnable readable;

    /** What it gets. */
    private @Nullable ByteBuffer stagedHead;

    private Trailers responseTrailers = Trailers.NONE;

    private boolean endsWithHead;
    private boolean headSent;
    private boolean endSent;
    private boolean endPending;
    private boolean torn;
    private long left = -1;
    private long sendWindow;
    private long written;
    private boolean eager;
    private boolean waiting;
    private boolean blocked;
    private boolean producerWaits;
    private @Nullable FileChannel file;
    private long filePosition;
    private long fileEnd;

    /** @param sendWindow what the client has said of windows of new streams */
    Http2Exchange(
            Http2Connection connection, int id, RequestHead head, Spill received, Spill pending, long sendWindow) {
        this.connection = connection;
        this.id = id;
        this.head = head;
        this.received = received;
        this.pending = pending;
        this.sendWindow = sendWindow;
    }

    /** Who hears of what happens to it. */
    void events(Events owner) {
        events = owner;
    }

    /** It is a tunnel that the client wants, by an extended CONNECT. */
    void webSocket(String key) {
        upgrade = "websocket";
        webSocketKey = key;
        endsUnannounced = true;
    }

    Events events() {
        return Objects.requireNonNull(events);
    }

    int id() {
        return id;
    }

    // -- what the client sends

    /** A DATA frame's payload; padding counts for the window only. */
    void data(ByteBuffer bytes, int flow) throws IOException, ConnectionException {
        window -= flow;
        arrived += bytes.remaining();
        if (head.bodyLength() >= 0 && arrived > head.bodyLength() && !endsUnannounced && !refused) {
            broken("DATA of %d bytes, content-length says %d".formatted(arrived, head.bodyLength()));
            return;
        }
        int padding = flow - bytes.remaining();
        if (refused) {
            return;
        }
        received.append(bytes);
        if (padding > 0) {
            credit(padding);
        }
        tellReadable();
    }

    /** Whether this is more than the stream's window takes. */
    boolean overruns(int flow) {
        return flow > window;
    }

    /** Whether a reset of it may be sent, which it may once. */
    boolean resetNow() {
        boolean first = !resetSent;
        resetSent = true;
        return first;
    }

    /** The request has no more. */
    void requestEnds() throws ConnectionException {
        if (head.bodyLength() >= 0 && arrived != head.bodyLength() && !endsUnannounced && !refused) {
            broken("%d bytes of DATA, content-length says %d".formatted(arrived, head.bodyLength()));
            return;
        }
        ended = true;
        tellReadable();
    }

    private void broken(String what) {
        malformed = Failure.of(Cause.CLIENT_BAD_REQUEST, what + " (RFC 9113 section 8.1.1)");
        ended = true;
        if (readable != null) {
            tellReadable();
        } else if (!headSent) {
            connection.resetStream(this, ErrorCode.PROTOCOL_ERROR);
            events().gone(what);
        }
    }

    private void tellReadable() {
        if (readable != null) {
            readable.run();
        }
    }

    /** The client wants the answer no more. */
    void resetByClient(String how) {
        reset = true;
        ended = true;
        events().gone(how);
    }

    boolean ended() {
        return ended;
    }

    // -- ClientExchange: the request

    @Override
    public IoLoop loop() {
        return connection.loop();
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public String protocol() {
        return "HTTP/2.0";
    }

    @Override
    public int stream() {
        return id;
    }

    @Override
    public ForwardedHeaders forwarded() {
        return connection.forwarded();
    }

    @Override
    public Optional<TlsSession> tls() {
        return connection.transport().tls();
    }

    @Override
    public MemoryAccount memory() {
        return connection.transport().memory();
    }

    @Override
    public ClientRoute route() {
        return connection.transport().route();
    }

    @Override
    public FastCgiRequest.Client cgiClient(String address) {
        return connection.transport().cgiClient(connection.forwarded(), head, address, protocol());
    }

    @Override
    public String upgrade() {
        return upgrade;
    }

    @Override
    public void stopReading() {
        readable = null;
    }

    @Override
    public int readBody(ByteBuffer into) throws IOException {
        if (malformed != null) {
            throw new MessageException(malformed);
        }
        if (reset) {
            throw new IOException("it reset the stream");
        }
        int before = into.position();
        if (received.remaining() > 0) {
            received.drain(bytes -> {
                int n = Math.min(bytes.remaining(), into.remaining());
                into.put(into.position(), bytes, bytes.position(), n);
                into.position(into.position() + n);
                bytes.position(bytes.position() + n);
            });
        }
        int n = into.position() - before;
        if (n == 0) {
            return ended ? -1 : 0;
        }
        credit(n);
        return n;
    }

    /** Opens the window again once half of it is used. */
    private void credit(int n) throws IOException {
        unread += n;
        if (!ended && unread >= WINDOW / 2) {
            window += unread;
            connection.writer().windowUpdate(id, unread);
            unread = 0;
        }
    }

    @Override
    public boolean bodyWhole() {
        return ended && received.remaining() == 0;
    }

    /** What follows the request's body. */
    void requestTrailers(Trailers behind) {
        requestTrailers = behind;
        trailerBytes = behind.weight();
        memory().heap(trailerBytes);
    }

    @Override
    public Trailers requestTrailers() {
        return requestTrailers;
    }

    @Override
    public boolean bodyHeld() {
        return ended;
    }

    @Override
    public void listen(Runnable whenReadable) {
        readable = whenReadable;
        if (received.remaining() > 0 || ended) {
            loop().execute(() -> {
                if (readable == whenReadable) {
                    readable.run();
                }
            });
        }
    }

    @Override
    public void watch() {
        readable = null;
    }

    @Override
    public void askForBody() {
        connection.interim(id, 100);
    }

    @Override
    public void refuseBody() {
        refused = true;
        received.release();
    }

    // -- ClientResponse

    @Override
    public void eager(boolean streamAtOnce) {
        eager = streamAtOnce;
    }

    @Override
    public void limits(long memory, long disk) {
        pending.limits(memory, disk);
    }

    @Override
    public boolean saturated() {
        boolean saturated = pending.remaining() > 0 && (eager || pending.full());
        producerWaits |= saturated;
        return saturated;
    }

    @Override
    public boolean idle() {
        boolean idle = stagedHead == null
                && pending.remaining() == 0
                && file == null
                && !endPending
                && connection.writer().quiet();
        if (!idle && !waiting) {
            waiting = true;
            connection.waits(this);
        }
        return idle;
    }

    @Override
    public boolean broken() {
        return reset || torn || connection.writer().broken();
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public boolean committed() {
        return headSent;
    }

    @Override
    public void interim(ResponseHead interim) throws IOException {
        ByteBuffer block = ResponseBlock.of(interim, HeadChanges.NONE, -1);
        written += block.remaining();
        connection.writer().headers(id, block, false);
    }

    @Override
    public void switched(ResponseHead response, HeadChanges changes) throws IOException {
        String accept = Http2WebSocket.accepted(webSocketKey);
        int index = 0;
        HeaderBlock headers = response.headers();
        while (index < headers.count() && !headers.isNamed(index, Http2WebSocket.ACCEPT)) {
            index++;
        }
        if (index == headers.count() || !headers.valueText(index).equals(accept)) {
            throw new MessageException(Failure.of(
                    Cause.HEAD_UNREQUESTED_UPGRADE,
                    "101 with a Sec-WebSocket-Accept that is no answer to the key it was sent"));
        }
        eager = true;
        List<String> removed = new ArrayList<>(changes.removed());
        removed.add(Http2WebSocket.ACCEPT);
        stagedHead = ResponseBlock.of(200, response, new HeadChanges(removed, changes.added()), -1);
        letHeadGo();
        flush();
    }

    @Override
    public void head(ResponseHead response, HeadChanges changes, long bodyLength, boolean bodyless)
            throws MessageException {
        if (!webSocketKey.isEmpty() && response.status() / 100 == 2) {
            throw new MessageException(Failure.of(
                    Cause.HEAD_BAD_STATUS,
                    "%d and not 101 in answer to a WebSocket's handshake: an HTTP/2 client would take it for an open tunnel (RFC 8441 section 5)"
                            .formatted(response.status())));
        }
        stage(ResponseBlock.of(response, changes, response.status() == 204 ? -1 : bodyLength), bodyLength, bodyless);
    }

    @Override
    public void head(ReplyHead own, long bodyLength, boolean bodyless) {
        stage(ResponseBlock.of(own, bodyLength), bodyLength, bodyless || bodyLength == -1);
    }

    private void stage(ByteBuffer block, long bodyLength, boolean bodyless) {
        stagedHead = block;
        endsWithHead = bodyless || bodyLength == 0;
        left = bodyless ? 0 : bodyLength;
    }

    @Override
    public void holdHead() {
        // it stays where it is until something follows
    }

    @Override
    public void dropHead() {
        stagedHead = null;
        responseTrailers = Trailers.NONE;
    }

    private void letHeadGo() throws IOException {
        if (stagedHead != null) {
            ByteBuffer block = stagedHead;
            stagedHead = null;
            headSent = true;
            written += block.remaining();
            endSent = endsWithHead;
            connection.writer().headers(id, block, endsWithHead);
        }
    }

    @Override
    public void body(ByteBuffer data) throws IOException {
        if (torn || reset) {
            data.position(data.limit());
            return;
        }
        letHeadGo();
        if (pending.remaining() == 0 && file == null) {
            send(data);
        }
        if (data.hasRemaining()) {
            pending.append(data);
            block();
        }
    }

    @Override
    public void file(FileChannel source, long from, long to) throws IOException {
        letHeadGo();
        file = source;
        filePosition = from;
        fileEnd = to;
        pump();
    }

    @Override
    public void trailers(Trailers behind) {
        responseTrailers = behind;
    }

    @Override
    public void end() throws IOException {
        letHeadGo();
        if (endSent || torn || reset) {
            return;
        }
        if (pending.remaining() > 0 || file != null) {
            endPending = true;
        } else {
            sendEnd();
        }
    }

    private void sendEnd() throws IOException {
        endSent = true;
        endPending = false;
        if (responseTrailers.isEmpty()) {
            connection.writer().data(id, ByteBuffer.allocate(0), 0, true);
            return;
        }
        ByteBuffer block = ResponseBlock.of(responseTrailers);
        written += block.remaining();
        connection.writer().headers(id, block, true);
    }

    @Override
    public void flush() throws IOException {
        letHeadGo(); // frames leave at the end of the loop's turn
    }

    /** As much as windows and socket take. */
    private void send(ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            int n = (int) Math.min(
                    Math.min(data.remaining(), FrameType.LONGEST), Math.min(sendWindow, connection.sendWindow()));
            if (n <= 0 || connection.writer().congested()) {
                return;
            }
            sendWindow -= n;
            connection.sent(n);
            written += n;
            if (left > 0) {
                left -= n;
            }
            endSent = left == 0;
            connection.writer().data(id, data, n, endSent);
        }
    }

    private void block() {
        if (!blocked) {
            blocked = true;
            connection.blocked(this);
            loop().deadlines().arm(stall, connection.sendTimeoutNanos());
        }
    }

    /**
     * Goes on with what waits: windows have opened, or the socket takes bytes again.
     *
     * @return whether something still waits
     */
    boolean pump() throws IOException {
        long before = written;
        if (pending.remaining() > 0) {
            pending.drain(this::send);
        }
        if (pending.remaining() == 0 && file != null) {
            pumpFile();
        }
        boolean waits = pending.remaining() > 0 || file != null;
        if (!waits && endPending) {
            sendEnd();
        }
        if (waits) {
            if (!blocked) {
                block();
            } else if (written > before) {
                loop().deadlines().arm(stall, connection.sendTimeoutNanos());
            }
        } else if (blocked) {
            blocked = false;
            stall.disarm();
        }
        if (!waits && producerWaits) {
            producerWaits = false;
            loop().execute(this::wanted);
        }
        return waits;
    }

    /** The stream takes bytes again, however much its neighbours still have to send. */
    private void wanted() {
        if (!torn && !reset && !endSent) {
            events().drained();
        }
    }

    private void pumpFile() throws IOException {
        while (file != null && filePosition < fileEnd && canSend()) {
            ByteBuffer window = loop().lendLarge();
            try {
                window.limit((int) Math.min(Math.min(FILE_STEP, fileEnd - filePosition), sendable()));
                int n = file.read(window, filePosition);
                if (n <= 0) {
                    file = null;
                    loop().execute(() -> events().fileBroken("the file became shorter while it was sent"));
                    return;
                }
                send(window.flip());
                filePosition += window.position();
            } finally {
                loop().giveBackLarge(window);
            }
        }
        if (filePosition >= fileEnd) {
            file = null;
        }
    }

    private long sendable() {
        return Math.min(sendWindow, connection.sendWindow());
    }

    private boolean canSend() {
        return sendable() > 0 && !connection.writer().congested();
    }

    /** The client opened the stream's window. @return false when it is beyond what a window may be */
    boolean opened(long more) {
        sendWindow += more;
        return sendWindow <= Integer.MAX_VALUE;
    }

    /** Everything that was given has left: told when the connection knows, if this waits for it. */
    void quiet() {
        waiting = false;
        if (torn || reset) {
            return;
        }
        if (pending.remaining() == 0 && file == null && !endPending) {
            events().drained();
        } else {
            waiting = true;
            connection.waits(this);
        }
    }

    @Override
    public void finished(long now) {
        connection.answered();
        if (!ended && !reset && !connection.writer().broken()) {
            connection.resetStream(
                    this, ErrorCode.NO_ERROR); // RFC 9113 section 8.1: the rest of the request is not needed
        }
        release();
        connection.over(this);
    }

    @Override
    public void tear() {
        if (!reset && !torn && !endSent) {
            connection.resetStream(this, headSent ? ErrorCode.INTERNAL_ERROR : ErrorCode.CANCEL);
        }
        torn = true;
        release();
        connection.over(this);
    }

    private void release() {
        file = null;
        readable = null;
        stagedHead = null;
        received.release();
        pending.release();
        loop().deadlines().remove(stall);
        head.release();
        memory().heap(-trailerBytes);
        trailerBytes = 0;
    }
}
