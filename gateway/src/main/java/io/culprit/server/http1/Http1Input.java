package io.culprit.server.http1;

import io.culprit.config.Limits;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.http.ChunkedDecoder;
import io.culprit.http.MessageException;
import io.culprit.http.RequestHead;
import io.culprit.http.Trailers;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.MemoryAccount;
import io.culprit.loop.MemoryBudget;
import io.culprit.loop.Unfinished;
import io.culprit.server.clients.ShortOfMemory;
import io.culprit.server.request.HttpExchange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.StreamSourceConduit;

/**
 * What a client sends, message by message: heads by the strict grammar, bodies freed of their framing. No other parser
 * sees these bytes, so none can disagree about where a request ends; what follows one waits in here until its exchange
 * is done.
 *
 * <pre>
 *   HEAD -> BODY_LENGTH | BODY_CHUNKED -> WHOLE -> HEAD ...      any -> REJECTED
 * </pre>
 *
 * Owned by the IO thread of the connection.
 */
final class Http1Input {
    private static final int MAX_EXTENSION = 4096;

    /** What the input has to say; called on the connection's IO thread, never from within a read. */
    interface Events {
        /** A request head that cannot be accepted; no exchange runs. */
        void badHead(Failure failure);

        /** No request came for the idle time. */
        void idle();
    }

    /** How far the next head has come. */
    enum Progress {
        PARTIAL,
        WHOLE,
        /** The client has closed its side. */
        CLOSED
    }

    private enum State {
        HEAD,
        BODY_LENGTH,
        BODY_CHUNKED,
        WHOLE,
        TUNNEL,
        REJECTED
    }

    private final StreamSourceConduit socket;
    private final IoLoop loop;
    private final MemoryAccount memory;
    private Limits limits;
    private final Events events;
    private RequestHead head;
    private Limits headLimits;
    private final PushbackBuffer held;
    private final ChunkedDecoder chunks =
            new ChunkedDecoder(MAX_EXTENSION, Trailers.MOST, Cause.CLIENT_BAD_REQUEST, Cause.CLIENT_BAD_REQUEST);
    private final Deadline clock = new Deadline() {
        @Override
        protected void expired() {
            clockExpired();
        }
    };
    private final Unfinished unfinished = new Unfinished() {
        @Override
        protected long held() {
            return memory.held();
        }

        @Override
        protected void evict() {
            reject(Failure.of(
                    Cause.CLIENT_TIMEOUT,
                    "memory for clients ran short, and of this request's head %d bytes had come"
                            .formatted(head.length())));
        }
    };
    private State state = State.HEAD;
    private long headBytes;
    private int trailerBytes;
    private long bodyLeft;
    private boolean headClock;
    private boolean released;
    private boolean broken;

    Http1Input(StreamSourceConduit socket, IoLoop loop, MemoryAccount memory, Limits limits, Events events) {
        this.socket = socket;
        this.loop = loop;
        this.memory = memory;
        this.limits = limits;
        this.events = events;
        this.held = new PushbackBuffer(loop, memory);
        this.headLimits = limits;
        this.head = newHead();
        armIdle(System.nanoTime());
    }

    private RequestHead newHead() {
        return new RequestHead(limits.head(), limits.headers(), limits.uri(), loop.heads());
    }

    /** What holds for heads that have not begun yet: a reload has changed it. */
    void limits(Limits newLimits) {
        limits = newLimits;
    }

    /** Has bytes read first that were read from the socket before this had it. */
    void putBack(ByteBuffer early) {
        if (early.hasRemaining()) {
            held.putBack(early);
        }
    }

    /** Whether they are. */
    boolean tunnels() {
        return state == State.TUNNEL;
    }

    /** From now on bytes are read as they come. */
    void tunnel() {
        state = State.TUNNEL;
    }

    /** The head that was read is answered with this. */
    void refuse(Failure failure) {
        reject(failure);
    }

    /** The head of the running exchange. */
    RequestHead head() {
        return head;
    }

    /** Whether the running exchange's request has been read to its end. */
    boolean whole() {
        return state == State.WHOLE;
    }

    /** The fields behind the body of the running exchange, once that was read to its end. */
    Trailers trailers() {
        return head.bodyLength() == RequestHead.CHUNKED && state == State.WHOLE ? chunks.trailers() : Trailers.NONE;
    }

    /** Whether the whole body of the running exchange waits in here. */
    boolean holdsBody() {
        return state == State.BODY_LENGTH && held.size() >= bodyLeft;
    }

    /** Whether bytes wait in here that no event of the socket will tell of. */
    boolean holds() {
        return state != State.REJECTED && !held.isEmpty();
    }

    /** Whether bytes of the next head wait in here. */
    boolean holdsHead() {
        return state == State.HEAD && !held.isEmpty();
    }

    private void armIdle(long now) {
        headClock = false;
        loop.deadlines().armFrom(now, clock, limits.idle().toNanos());
    }

    /**
     * The exchange is over: the next head may be read.
     *
     * @param now of {@link System#nanoTime}
     */
    void exchangeDone(long now) {
        if (state != State.REJECTED && !released) {
            state = State.HEAD;
            head.release();
            chunks.reset();
            countTrailers();
            countHead();
            armIdle(now);
        }
    }

    /** The connection is over: gives back what it held. Idempotent. */
    void release() {
        released = true;
        loop.deadlines().remove(clock);
        loop.finished(unfinished);
        held.release();
    }

    /** What was read of a head that was rejected has been told: its memory goes before its connection does. */
    void dropHead() {
        head.release();
        countHead();
        held.release();
    }

    /** A long head is counted from when it grows to when it is released. */
    private void countHead() {
        int now = head.held();
        if (now != headBytes) {
            memory.heap(now - headBytes);
            headBytes = now;
        }
    }

    private void countTrailers() {
        if (chunks.held() != trailerBytes) {
            memory.heap(chunks.held() - trailerBytes);
            trailerBytes = chunks.held();
        }
    }

    private void holdPart() {
        countHead();
        if (headBytes > 0 && memory.reached(MemoryBudget.Level.EXHAUSTED)) {
            loop.memory().budget().refused();
            reject(ShortOfMemory.failure(memory, loop, "a request head of more than " + head.length() + " bytes"));
        } else if (head.started()) {
            loop.unfinished(unfinished);
        }
    }

    /**
     * The gateway stops with a part of a head read.
     *
     * @return false when there is nothing to answer
     */
    boolean stopping() {
        boolean answers = state == State.HEAD && head.started();
        if (answers) {
            reject(HttpExchange.stoppingFailure());
        }
        return answers;
    }

    /** The head has taken {@code limits.head_timeout} before this connection began to look at it. */
    void late() {
        headClock = true;
        clockExpired();
    }

    private void clockExpired() {
        if (state != State.HEAD) {
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

    /**
     * Reads once and takes what belongs to the next head. One that cannot be accepted is told to {@link Events} soon.
     *
     * @throws IOException when the client broke the connection
     */
    Progress readHead() throws IOException {
        if (state != State.HEAD) {
            return Progress.PARTIAL;
        }
        if (headLimits != limits && !head.started()) {
            head.release();
            head = newHead();
            headLimits = limits;
        }
        ByteBuffer in = loop.readBuffer().limit(IoLoop.POOLED_SIZE);
        if (fetch(in) < 0) {
            return Progress.CLOSED;
        }
        in.flip();
        try {
            if (!head.read(in)) {
                if (!head.started()) {
                    head.release(); // empty lines, which old clients send behind a body
                    return Progress.PARTIAL;
                }
                if (!headClock) {
                    headClock = true;
                    loop.deadlines().arm(clock, limits.headTimeout().toNanos());
                }
                holdPart();
                return Progress.PARTIAL;
            }
        } catch (MessageException e) {
            reject(e.failure());
            return Progress.PARTIAL;
        }
        headComplete();
        if (in.hasRemaining()) {
            held.putBack(in);
        }
        return Progress.WHOLE;
    }

    private void headComplete() {
        clock.disarm();
        countHead();
        loop.finished(unfinished);
        if (head.bodyLength() == RequestHead.CHUNKED) {
            state = State.BODY_CHUNKED;
            chunks.reset();
        } else if (head.bodyLength() > 0) {
            state = State.BODY_LENGTH;
            bodyLeft = head.bodyLength();
        } else {
            state = State.WHOLE;
        }
    }

    private void reject(Failure failure) {
        state = State.REJECTED;
        loop.deadlines().remove(clock);
        loop.finished(unfinished);
        loop.execute(() -> events.badHead(failure));
    }

    /**
     * Reads the next bytes of the body.
     *
     * @return bytes read, 0 when none are there now, -1 at the end of the body
     * @throws MessageException when the body breaks its framing; nothing more will be read
     * @throws IOException when the client broke the connection
     */
    int readBody(ByteBuffer target) throws IOException {
        try {
            return switch (state) {
                case BODY_LENGTH -> readLength(target);
                case BODY_CHUNKED -> readChunks(target);
                case HEAD, WHOLE -> -1;
                case TUNNEL -> fetch(target);
                case REJECTED -> 0;
            };
        } catch (MessageException e) {
            state = State.REJECTED;
            throw e;
        }
    }

    private int readLength(ByteBuffer target) throws IOException {
        int limit = target.limit();
        target.limit((int) Math.min(limit, target.position() + bodyLeft));
        int n;
        try {
            n = fetchBody(target);
        } finally {
            target.limit(limit);
        }
        bodyLeft -= n;
        if (bodyLeft == 0) {
            state = State.WHOLE;
        }
        return n;
    }

    private int readChunks(ByteBuffer target) throws IOException {
        int n;
        do {
            int start = target.position();
            int limit = target.limit();
            fetchBody(target);
            target.limit(target.position()).position(start);
            try {
                int end = chunks.unwrap(target);
                countTrailers();
                if (chunks.done()) {
                    state = State.WHOLE;
                    if (target.hasRemaining()) {
                        held.putBack(target);
                    }
                }
                target.position(end);
                n = end - start;
            } finally {
                target.limit(limit);
            }
        } while (n == 0 && state == State.BODY_CHUNKED && holds());
        return n == 0 && state == State.WHOLE ? -1 : n;
    }

    private int fetchBody(ByteBuffer target) throws IOException {
        int n = fetch(target);
        if (n < 0) {
            throw new EOFException("it closed the connection before the body was whole");
        }
        return n;
    }

    private int fetch(ByteBuffer target) throws IOException {
        return held.isEmpty() ? socket.read(target) : held.take(target);
    }

    /** Whether so many bytes wait in here that {@link #readAhead} can keep no more. */
    boolean full() {
        return held.full();
    }

    /**
     * Reads what the client sends while its request runs, so that its leaving is noticed. Bytes of a next request are
     * kept.
     *
     * @return false when the client has left
     */
    boolean readAhead() {
        if (released) {
            return false;
        }
        try {
            return held.readMore(socket) >= 0;
        } catch (IOException e) {
            broken = true;
            return false; // reset: whatever the kernel calls it, nobody waits for the answer any more
        }
    }

    /** Whether the client was found to have reset the connection. */
    boolean broken() {
        return broken;
    }

    /** The connection's raw input, for throwing away what comes after a rejection. */
    int discard(ByteBuffer into) throws IOException {
        return socket.read(into);
    }
}
