package io.culprit.server.http1;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.Field;
import io.culprit.http.HeaderBlock;
import io.culprit.http.HeaderName;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.ResponseHead;
import io.culprit.http.Sample;
import io.culprit.http.Trailers;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.reply.Ascii;
import io.culprit.reply.ClientSink;
import io.culprit.reply.ForwardedHeaders;
import io.culprit.reply.HeadChanges;
import io.culprit.reply.ReplyHead;
import io.culprit.reply.StatusText;
import io.culprit.server.clients.ClientExchange;
import io.culprit.tls.TlsSession;
import io.culprit.upstream.fastcgi.FastCgiRequest;
import io.culprit.upstream.request.ClientRoute;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer in HTTP/1.1's framing (RFC 9112): lengths, chunks or the end of the connection, and whether the
 * connection goes on behind them. Owned by the IO thread of its {@link Http1Connection}.
 */
final class Http1Exchange implements ClientExchange, ClientSink.Owner {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] VERSION = Ascii.bytes("HTTP/1.1 ");
    private static final byte[] CHUNKED = Ascii.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] LENGTH = Ascii.bytes("Content-Length: ");
    private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: keep-alive\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");
    private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 100 Continue\r\n\r\n");

    /** Room for the status line and what is said of length and connection. */
    private static final int FRAMING = 320;

    private final Http1Connection connection;
    private final Http1Input input;
    private final ClientSink sink;
    private @Nullable Events events;
    private boolean chunking;
    private boolean untilClose;
    private boolean tunnels;
    private boolean committable;
    private long takenBefore;
    private byte @Nullable [] heldHead;
    private Trailers trailers = Trailers.NONE;

    Http1Exchange(Http1Connection connection) {
        this.connection = connection;
        this.input = connection.input();
        this.sink = connection.sink(64 << 10, this);
    }

    /** Who hears of what happens to it. */
    void events(Events owner) {
        events = owner;
    }

    private Events events() {
        return Objects.requireNonNull(events);
    }

    /** Gives back what it held. Idempotent. */
    void release() {
        forgetHeldHead();
        sink.release();
    }

    @Override
    public IoLoop loop() {
        return connection.loop();
    }

    @Override
    public RequestHead head() {
        return input.head();
    }

    @Override
    public String protocol() {
        return input.head().minor() == 1 ? "HTTP/1.1" : "HTTP/1.0";
    }

    @Override
    public boolean framesUnknownLength() {
        return input.head().minor() == 1;
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
        return connection.memory();
    }

    @Override
    public ClientRoute route() {
        return connection.transport().route();
    }

    @Override
    public FastCgiRequest.Client cgiClient(String address) {
        return connection.transport().cgiClient(connection.forwarded(), input.head(), address, protocol());
    }

    @Override
    public String upgrade() {
        RequestHead head = input.head();
        if (head.minor() == 0
                || head.bodyLength() != 0
                || !head.headers().has(HeaderName.UPGRADE)
                || !head.headers().lists(HeaderName.CONNECTION, "upgrade")) {
            return "";
        }
        String asked = head.headers().first(HeaderName.UPGRADE);
        // HTTP/2 in the clear would be a tunnel past all routes
        return asked.toLowerCase(java.util.Locale.ROOT).contains("h2c") ? "" : asked;
    }

    @Override
    public void stopReading() {
        connection.stopReading();
    }

    @Override
    public int readBody(ByteBuffer into) throws IOException {
        return input.readBody(into);
    }

    @Override
    public boolean bodyWhole() {
        return input.whole();
    }

    @Override
    public Trailers requestTrailers() {
        return input.trailers();
    }

    @Override
    public boolean bodyHeld() {
        return input.holdsBody();
    }

    @Override
    public void listen(Runnable readable) {
        connection.listen(readable);
    }

    @Override
    public void watch() {
        connection.watch();
    }

    @Override
    public void askForBody() {
        sink.send(CONTINUE);
    }

    @Override
    public void refuseBody() {
        connection.endsHere();
    }

    @Override
    public void eager(boolean streamAtOnce) {
        sink.eager(streamAtOnce);
    }

    @Override
    public void limits(long memory, long disk) {
        sink.limits(memory, disk);
    }

    @Override
    public boolean saturated() {
        return sink.saturated();
    }

    @Override
    public boolean behind() {
        return sink.behind();
    }

    @Override
    public boolean idle() {
        return sink.idle() && heldHead == null;
    }

    @Override
    public boolean broken() {
        return sink.broken();
    }

    @Override
    public long written() {
        return sink.written();
    }

    @Override
    public boolean committed() {
        return committable && sink.taken() > takenBefore;
    }

    @Override
    public void interim(ResponseHead head) throws IOException {
        if (input.head().minor() == 0) {
            return; // RFC 9110 section 15.2: no interim responses to an HTTP/1.0 client
        }
        ByteBuffer out = sink.staging(head.length() + 2 * head.headers().count() + 64);
        statusLine(head, out);
        copyHeaders(head, HeadChanges.NONE, out);
        out.put(CRLF);
        sink.flush();
    }

    @Override
    public void head(ResponseHead head, HeadChanges changes, long bodyLength, boolean bodyless) throws IOException {
        begin(bodyLength, bodyless);
        ByteBuffer out = sink.staging(head.length() + 2 * head.headers().count() + changes.bound() + FRAMING);
        statusLine(head, out);
        copyHeaders(head, changes, out);
        for (Field each : changes.added()) {
            line(each, out);
        }
        framing(head.status() == 204 ? -1 : bodyLength, out);
    }

    @Override
    public void switched(ResponseHead head, HeadChanges changes) throws IOException {
        String given = head.headers().first(HeaderName.UPGRADE);
        if (!given.isEmpty() && !input.head().headers().lists(HeaderName.UPGRADE, given.toLowerCase(Locale.ROOT))) {
            throw new MessageException(Failure.of(
                    Cause.HEAD_UNREQUESTED_UPGRADE,
                    "101 that switches to %s, the client asked for %s"
                            .formatted(Sample.printable(given), Sample.printable(upgrade()))));
        }
        connection.endsHere();
        input.tunnel();
        committable = true;
        takenBefore = sink.taken();
        untilClose = true;
        sink.eager(true);
        String protocol = head.headers().first(HeaderName.UPGRADE);
        ByteBuffer out = sink.staging(head.length() + 2 * head.headers().count() + changes.bound() + FRAMING);
        statusLine(head, out);
        copyHeaders(head, changes, out);
        for (Field each : changes.added()) {
            line(each, out);
        }
        line(new Field("Connection", "upgrade"), out);
        if (!protocol.isEmpty()) {
            line(new Field("Upgrade", protocol), out);
        }
        out.put(CRLF);
        sink.flush();
        tunnels = true;
    }

    @Override
    public void head(ReplyHead head, long bodyLength, boolean bodyless) throws IOException {
        begin(bodyLength, bodyless || bodyLength == -1);
        int size = FRAMING;
        for (Field each : head.fields()) {
            size += each.name().length() + each.value().length() + 4;
        }
        ByteBuffer out = sink.staging(size);
        out.put(VERSION);
        Ascii.putDecimal(out, head.status());
        out.put((byte) ' ');
        Ascii.put(out, StatusText.of(head.status()));
        out.put(CRLF);
        for (Field each : head.fields()) {
            line(each, out);
        }
        framing(bodyLength, out);
    }

    private void begin(long bodyLength, boolean bodyless) {
        boolean unknown = !bodyless && bodyLength < 0;
        chunking = unknown && input.head().minor() == 1;
        untilClose = unknown && input.head().minor() == 0;
        if (untilClose || !input.whole()) {
            connection.endsHere(); // what is said now must hold even if the rest of the request's body still comes
        }
        committable = true;
        takenBefore = sink.taken();
    }

    private static void statusLine(ResponseHead head, ByteBuffer out) {
        out.put(VERSION);
        Ascii.putDecimal(out, head.status());
        out.put((byte) ' ');
        if (head.reasonEnd() > head.reasonStart()) {
            out.put(head.bytes(), head.reasonStart(), head.reasonEnd() - head.reasonStart());
        } else {
            Ascii.put(out, StatusText.of(head.status()));
        }
        out.put(CRLF);
    }

    private static void copyHeaders(ResponseHead head, HeadChanges changes, ByteBuffer out) {
        HeaderBlock headers = head.headers();
        boolean anyConnection = headers.has(HeaderName.CONNECTION);
        headers.copyLines((name, index) -> changes.drops(head, name, index, anyConnection), out);
    }

    private static void line(Field field, ByteBuffer out) {
        Ascii.put(out, field.name());
        out.put((byte) ':').put((byte) ' ');
        Ascii.put(out, field.value());
        out.put(CRLF);
    }

    private void framing(long announced, ByteBuffer out) {
        if (announced >= 0) {
            out.put(LENGTH);
            Ascii.putDecimal(out, announced);
            out.put(CRLF);
        } else if (chunking) {
            out.put(CHUNKED);
        }
        if (!connection.persistent()) {
            connection.endsHere();
            out.put(CLOSE);
        } else if (input.head().minor() == 0) {
            out.put(KEEP_ALIVE);
        }
        out.put(CRLF);
    }

    @Override
    public void holdHead() {
        heldHead = sink.takeStaged();
        memory().heap(heldHead.length);
    }

    @Override
    public void dropHead() {
        forgetHeldHead();
        trailers = Trailers.NONE;
        committable = false;
        sink.unstage();
    }

    private void forgetHeldHead() {
        if (heldHead != null) {
            memory().heap(-heldHead.length);
            heldHead = null;
        }
    }

    private void letHeadGo() throws IOException {
        if (heldHead != null) {
            byte[] bytes = heldHead;
            forgetHeldHead();
            sink.write(ByteBuffer.wrap(bytes));
        }
    }

    @Override
    public void body(ByteBuffer data) throws IOException {
        letHeadGo();
        if (chunking) {
            sink.writeChunk(data);
        } else {
            sink.write(data);
        }
    }

    @Override
    public void file(FileChannel source, long from, long to) throws IOException {
        letHeadGo();
        sink.send(source, from, to);
    }

    /** For clients that say they take them (RFC 9110 section 6.5.1): old ones stumble over anything behind the last chunk. */
    @Override
    public void trailers(Trailers behind) {
        if (input.head().headers().lists(HeaderName.TE, "trailers")) {
            trailers = behind;
        }
    }

    @Override
    public void end() throws IOException {
        letHeadGo();
        if (chunking) {
            byte[] last = trailers.isEmpty() ? LAST_CHUNK : trailers.lastChunk();
            sink.staging(last.length).put(last);
        }
        sink.flush();
        if (tunnels) {
            sink.endOutput();
        }
    }

    @Override
    public void flush() throws IOException {
        sink.flush();
    }

    @Override
    public void finished(long now) {
        sink.release();
        if (untilClose) {
            connection.endsHere();
        }
        if (sink.broken()) {
            connection.abandoned();
            connection.close();
        } else {
            connection.answered(now);
        }
    }

    @Override
    public void tear() {
        if (untilClose && !tunnels && committed()) {
            connection.resetOnClose(); // a plain close would make what was sent look whole
        }
        sink.abort();
        connection.abandoned();
    }

    @Override
    public void drained() {
        events().drained();
    }

    @Override
    public void clientBroken() {
        events().gone("the client reset the connection");
    }

    @Override
    public void broken(Throwable trouble) {
        connection.failed(trouble);
    }

    @Override
    public void clientStalled(String why) {
        events().stalled(why);
    }

    @Override
    public void fileBroken(String why) {
        events().fileBroken(why);
    }
}
