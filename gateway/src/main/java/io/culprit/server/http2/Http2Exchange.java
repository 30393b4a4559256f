package io.culprit.server.http2;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.Trailers;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.Spill;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.server.clients.ClientExchange;
import io.culprit.tls.TlsSession;
import io.culprit.upstream.fastcgi.FastCgiRequest;
import io.culprit.upstream.request.ClientRoute;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stream that is a request (RFC 9113 section 8.1). What came of it and was not read yet waits here, and the client's window
 * opens as it is read. Owned by the IO thread of its {@link Http2Connection}.
 */
final class Http2Exchange extends Http2Response implements ClientExchange {
    /** Bytes of a request's body that may come before they are read. */
    static final int WINDOW = 128 << 10;

    private final RequestHead head;
    private final Spill received;
    private @Nullable Events events;
    private String upgrade = "";

    /** What the client sends. */
    private boolean ended;

    private boolean endsUnannounced;
    private boolean resetSent;
    private boolean refused;
    private long arrived;
    private int window = WINDOW;
    private int unread;
    private @Nullable Failure malformed;
    private Trailers requestTrailers = Trailers.NONE;
    private int trailerBytes;
    private @Nullable Runnable readable;

    /** @param sendWindow what the client has said of windows of new streams */
    Http2Exchange(
            Http2Connection connection, int id, RequestHead head, Spill received, Spill pending, long sendWindow) {
        super(connection, id, pending, sendWindow);
        this.head = head;
        this.received = received;
    }

    /** Who hears of what happens to it. */
    void events(Events owner) {
        events = owner;
    }

    /** It is a tunnel that the client wants, by an extended CONNECT. */
    void webSocket(String key) {
        upgrade = "websocket";
        answersHandshake(key);
        endsUnannounced = true;
    }

    @Override
    Events events() {
        return Objects.requireNonNull(events);
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
        } else if (!committed()) {
            connection().resetStream(this, ErrorCode.PROTOCOL_ERROR);
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
        resetByClient();
        ended = true;
        events().gone(how);
    }

    boolean ended() {
        return ended;
    }

    // -- ClientExchange: the request

    @Override
    public IoLoop loop() {
        return connection().loop();
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
        return id();
    }

    @Override
    public ForwardedHeaders forwarded() {
        return connection().forwarded();
    }

    @Override
    public Optional<TlsSession> tls() {
        return connection().transport().tls();
    }

    @Override
    public MemoryAccount memory() {
        return connection().transport().memory();
    }

    @Override
    public ClientRoute route() {
        return connection().transport().route();
    }

    @Override
    public FastCgiRequest.Client cgiClient(String address) {
        return connection().transport().cgiClient(connection().forwarded(), head, address, protocol());
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
        if (isReset()) {
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
            connection().writer().windowUpdate(id(), unread);
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
        connection().interim(id(), 100);
    }

    @Override
    public void refuseBody() {
        refused = true;
        received.release();
    }

    @Override
    public void finished(long now) {
        connection().answered();
        if (!ended && !isReset() && !connection().writer().broken()) {
            connection()
                    .resetStream(
                            this, ErrorCode.NO_ERROR); // RFC 9113 section 8.1: the rest of the request is not needed
        }
        release();
        connection().over(this);
    }

    @Override
    public void tear() {
        if (!isReset() && !torn() && !endSent()) {
            connection().resetStream(this, committed() ? ErrorCode.INTERNAL_ERROR : ErrorCode.CANCEL);
        }
        tearResponse();
        release();
        connection().over(this);
    }

    private void release() {
        releaseResponse();
        readable = null;
        received.release();
        head.release();
        memory().heap(-trailerBytes);
        trailerBytes = 0;
    }
}
