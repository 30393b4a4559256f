package io.culprit.server.http2;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.HeaderBlock;
import io.culprit.http.MessageException;
import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.loop.Deadline;
import io.culprit.loop.Spill;
import io.culprit.reply.ClientResponse;
import io.culprit.reply.HeadChanges;
import io.culprit.reply.ReplyHead;
import io.culprit.server.clients.ClientExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a stream's request, in frames (RFC 9113 section 8.1). What the client's windows do not take waits here and holds
 * up no other stream. Owned by the IO thread of its {@link Http2Connection}.
 */
abstract class Http2Response implements ClientResponse {
    /** Bytes of a file read at a time. */
    private static final int FILE_STEP = 32 << 10;

    private final Http2Connection connection;
    private final int id;
    private final Spill pending;
    private String webSocketKey = "";
    private boolean reset;
    private final Deadline stall = new Deadline() {
        @Override
        protected void expired() {
            events().stalled("the client opened no window for the response for limits.send_timeout");
        }
    };
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

    /**
     * @param pending    what the client's windows do not take
     * @param sendWindow what the client has said of windows of new streams, in bytes
     */
    Http2Response(Http2Connection connection, int id, Spill pending, long sendWindow) {
        this.connection = connection;
        this.id = id;
        this.pending = pending;
        this.sendWindow = sendWindow;
    }

    /** Who hears when it can go on, and when it cannot. */
    abstract ClientExchange.Events events();

    final Http2Connection connection() {
        return connection;
    }

    final int id() {
        return id;
    }

    /** It answers the handshake of a WebSocket with this key. */
    final void answersHandshake(String key) {
        webSocketKey = key;
    }

    /** The client wants it no more. */
    final void resetByClient() {
        reset = true;
    }

    final boolean isReset() {
        return reset;
    }

    /** Nothing more of it leaves. */
    final void tearResponse() {
        torn = true;
    }

    final boolean torn() {
        return torn;
    }

    final boolean endSent() {
        return endSent;
    }

    /** Lets go of everything that did not leave. */
    final void releaseResponse() {
        file = null;
        stagedHead = null;
        pending.release();
        connection.loop().deadlines().remove(stall);
    }

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
    public boolean behind() {
        return pending.remaining() > 0;
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
            connection.windows().waits(this);
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
                    Math.min(data.remaining(), FrameType.LONGEST),
                    Math.min(sendWindow, connection.windows().connection()));
            if (n <= 0 || connection.writer().congested()) {
                return;
            }
            sendWindow -= n;
            connection.windows().sent(n);
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
            connection.windows().blocked(this);
            connection.loop().deadlines().arm(stall, connection.sendTimeoutNanos());
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
                connection.loop().deadlines().arm(stall, connection.sendTimeoutNanos());
            }
        } else if (blocked) {
            blocked = false;
            stall.disarm();
        }
        if (!waits && producerWaits) {
            producerWaits = false;
            connection.loop().execute(this::wanted);
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
            ByteBuffer window = connection.loop().lendLarge();
            try {
                window.limit((int) Math.min(Math.min(FILE_STEP, fileEnd - filePosition), sendable()));
                int n = file.read(window, filePosition);
                if (n <= 0) {
                    file = null;
                    connection.loop().execute(() -> events().fileBroken("the file became shorter while it was sent"));
                    return;
                }
                send(window.flip());
                filePosition += window.position();
            } finally {
                connection.loop().giveBackLarge(window);
            }
        }
        if (filePosition >= fileEnd) {
            file = null;
        }
    }

    private long sendable() {
        return Math.min(sendWindow, connection.windows().connection());
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
            connection.windows().waits(this);
        }
    }
}
