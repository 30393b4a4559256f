package io.culprit.server;

import io.culprit.config.Limits;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.http.ChunkedDecoder;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.reply.Ascii;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Sits below the server's own parser and sees every byte a client sends first. Only bytes of one message that passed
 * the strict grammar go up, so that no two parsers can disagree about where a request ends; what follows waits in here
 * until the exchange is done. The head itself never goes up: the server gets a stand-in that only frames the body. A
 * violation never reaches the server: it is answered from here.
 *
 * <pre>
 *   HEAD -> BODY_LENGTH | BODY_CHUNKED -> BETWEEN -> HEAD ...      any -> REJECTED
 * </pre>
 *
 * Owned by the IO thread of the connection.
 */
final class RequestGuard extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private static final int MAX_EXTENSION = 4096;
    private static final int MAX_TRAILER = 8192;
    /** HTTP/1.0, for which the server checks no Host again; whether the connection is kept is decided by us anyway. */
    private static final byte[] STAND_IN = Ascii.bytes("GET / HTTP/1.0\r\n");

    private static final byte[] STAND_IN_CHUNKED = Ascii.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] STAND_IN_LENGTH = Ascii.bytes("Content-Length: ");
    private static final byte[] LINE_END = {'\r', '\n'};

    /** Whose input this is. Reached through the server's connection, which knows its original conduit. */
    ClientConnection connection() {
        return events;
    }

    /** What the guard has to say; called on the connection's IO thread, never from within a read. */
    interface Events {
        /** A request head that cannot be accepted; nothing of it went up and no exchange runs. */
        void badHead(Failure failure);

        /** The running exchange's body breaks its framing. */
        void badBody(Failure failure);

        /** No request came for the idle time, or the client closed between two requests. */
        void idle();
    }

    private enum State {
        HEAD,
        BODY_LENGTH,
        BODY_CHUNKED,
        BETWEEN,
        REJECTED
    }

    private final IoLoop loop;
    private final Limits limits;
    private final ClientConnection events;
    private final RequestHead head;
    private final HeldBytes held;
    private final ChunkedDecoder chunks =
            new ChunkedDecoder(MAX_EXTENSION, MAX_TRAILER, Cause.CLIENT_BAD_REQUEST, Cause.CLIENT_BAD_REQUEST);
    private final Deadline clock = new Deadline() {
        @Override
        protected void expired() {
            clockExpired();
        }
    };
    private State state = State.HEAD;
    private long bodyLeft;
    private boolean exchangeRunning;
    private boolean headClock;
    private Failure rejection;
    private boolean released;

    RequestGuard(StreamSourceConduit next, IoLoop loop, Limits limits, ClientConnection events) {
        super(next);
        this.loop = loop;
        this.limits = limits;
        this.events = events;
        this.held = new HeldBytes(loop);
        this.head = new RequestHead(limits.head(), limits.headers(), limits.uri(), loop.heads());
        armIdle();
    }

    /** The head of the running exchange. */
    RequestHead head() {
        return head;
    }

    private void armIdle() {
        headClock = false;
        loop.deadlines().arm(clock, limits.idle().toNanos());
    }

    /** The exchange is over: the next request may come up. */
    void exchangeDone() {
        exchangeRunning = false;
        if (state != State.REJECTED && !released) {
            head.release();
            armIdle();
        }
    }

    /** The connection is over: gives back what it held. Idempotent. */
    void release() {
        released = true;
        loop.deadlines().remove(clock);
        held.release();
    }

    private void clockExpired() {
        if (exchangeRunning || state == State.REJECTED) {
            return;
        }
        if (headClock) {
            reject(Failure.of(
                    Cause.CLIENT_TIMEOUT,
                    "the request head was not complete within limits.head_timeout of %s, %d bytes had come"
                            .formatted(Text.duration(limits.headTimeout().toNanos()), head.length())));
        } else {
            events.idle();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        try {
            return switch (state) {
                case REJECTED -> 0;
                case BETWEEN -> exchangeRunning ? 0 : readHead(target);
                case HEAD -> readHead(target);
                case BODY_LENGTH, BODY_CHUNKED -> readBody(target);
            };
        } catch (MessageException e) {
            violated(e.failure());
            return 0;
        } catch (IOException e) {
            release();
            throw e;
        }
    }

    private int readHead(ByteBuffer target) throws IOException {
        if (state == State.BETWEEN) {
            state = State.HEAD;
            head.reset();
        }
        ByteBuffer in = loop.readBuffer().limit(IoLoop.POOLED_SIZE);
        int n = fetch(in);
        if (n <= 0) {
            if (n < 0) {
                release();
            }
            return n;
        }
        in.flip();
        if (!head.read(in)) {
            if (!headClock && head.started()) {
                headClock = true;
                loop.deadlines().arm(clock, limits.headTimeout().toNanos());
            }
            return 0;
        }
        headComplete();
        if (in.hasRemaining()) {
            held.putBack(in);
        }
        return standIn(target);
    }

    /** The server gets a head that says no more than how long the body is: everything else is read from ours. */
    private int standIn(ByteBuffer target) {
        int start = target.position();
        target.put(STAND_IN);
        if (state == State.BODY_CHUNKED) {
            target.put(STAND_IN_CHUNKED);
        } else if (state == State.BODY_LENGTH) {
            target.put(STAND_IN_LENGTH);
            // A length beyond the limit is refused before anything is read; the server need not understand it.
            Ascii.putDecimal(target, Math.min(bodyLeft, limits.body() + 1));
            target.put(LINE_END);
        }
        target.put(LINE_END);
        return target.position() - start;
    }

    private int readBody(ByteBuffer target) throws IOException {
        int start = target.position();
        int n = fetch(target);
        if (n <= 0) {
            return n;
        }
        int end = target.position();
        int limit = target.limit();
        target.limit(end).position(start);
        try {
            inspect(target);
            if (target.hasRemaining()) {
                held.putBack(target);
            }
        } catch (MessageException e) {
            target.position(start);
            throw e;
        } finally {
            target.limit(limit);
        }
        return target.position() - start;
    }

    private int fetch(ByteBuffer target) throws IOException {
        return held.isEmpty() ? next.read(target) : held.take(target);
    }

    /**
     * Looks at bytes of a body and leaves the position behind the last one that belongs to it.
     *
     * @throws MessageException at the first byte that must not go up
     */
    private void inspect(ByteBuffer bytes) throws MessageException {
        if (state == State.BODY_CHUNKED) {
            skipChunks(bytes);
            return;
        }
        int n = (int) Math.min(bytes.remaining(), bodyLeft);
        bytes.position(bytes.position() + n);
        bodyLeft -= n;
        if (bodyLeft == 0) {
            state = State.BETWEEN;
        }
    }

    private void headComplete() {
        exchangeRunning = true;
        clock.disarm();
        if (head.bodyLength() == RequestHead.CHUNKED) {
            state = State.BODY_CHUNKED;
            chunks.reset();
        } else if (head.bodyLength() > 0) {
            state = State.BODY_LENGTH;
            bodyLeft = head.bodyLength();
        } else {
            state = State.BETWEEN;
        }
    }

    private void skipChunks(ByteBuffer bytes) throws MessageException {
        while (true) {
            int n = chunks.next(bytes);
            if (n == ChunkedDecoder.END) {
                state = State.BETWEEN;
                return;
            }
            if (n == ChunkedDecoder.NEED_MORE) {
                return;
            }
            bytes.position(bytes.position() + n);
            chunks.consumed(n);
        }
    }

    private void violated(Failure failure) {
        if (exchangeRunning) {
            state = State.REJECTED;
            loop.execute(() -> events.badBody(failure));
        } else {
            reject(failure);
        }
    }

    private void reject(Failure failure) {
        state = State.REJECTED;
        rejection = failure;
        loop.deadlines().remove(clock);
        loop.execute(() -> events.badHead(rejection));
    }

    /**
     * Reads what the client sends while its request runs, so that its leaving is noticed. Bytes of a next request are
     * kept; when there are many, reading stops until the exchange is done.
     *
     * @return false when the client has left
     */
    boolean readAhead() {
        if (released) {
            return false;
        }
        if (held.full()) {
            super.suspendReads();
            return true;
        }
        try {
            return held.readMore(next) >= 0;
        } catch (IOException e) {
            return false; // reset: whatever the kernel calls it, nobody waits for the answer any more
        }
    }

    @Override
    public void resumeReads() {
        boolean wanted = state == State.BODY_LENGTH || state == State.BODY_CHUNKED || !exchangeRunning;
        if (!held.isEmpty() && wanted && state != State.REJECTED) {
            super.wakeupReads();
        } else {
            super.resumeReads();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return read(targets[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer through, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, through, target);
    }

    /** The connection's raw input, for throwing away what comes after a rejection. */
    int discard(ByteBuffer into) throws IOException {
        return next.read(into);
    }
}
