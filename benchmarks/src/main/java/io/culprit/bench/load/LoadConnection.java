package io.culprit.bench.load;

import io.culprit.bench.load.plan.Plan;
import io.culprit.failure.Cause;
import io.culprit.http.ChunkedDecoder;
import io.culprit.http.HeaderName;
import io.culprit.http.HttpResponseHead;
import io.culprit.http.MessageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: sends one request at a time and reads its response to the end, as strictly as the gateway
 * reads one. Owned by the generator's thread.
 */
final class LoadConnection {
    private static final int HEAD_LIMIT = 64 * 1024;
    private static final int HEADERS = 200;
    private static final String CAUSE = "cause=\"";

    private enum State {
        IDLE,
        HEAD,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final SocketChannel channel;
    private final SelectionKey key;
    private final HttpResponseHead head = new HttpResponseHead(HEAD_LIMIT, HEADERS);
    private final ChunkedDecoder chunks = new ChunkedDecoder(1024, 8192, Cause.BODY_BAD_CHUNK, Cause.BODY_BAD_TRAILER);
    private ByteBuffer out = ByteBuffer.allocate(0);
    private boolean connected;
    private State state = State.IDLE;
    private long bodyLeft;
    private boolean headRequest;
    private boolean fresh = true;
    private @Nullable Pending pending;

    /**
     * A request under way.
     *
     * @param request what was asked
     * @param number its number in the plan
     * @param sentNanos when it was first sent
     */
    record Pending(Plan.Request request, int number, long sentNanos) {}

    /**
     * @throws IOException when no connection can be begun: the generator's own limit
     */
    LoadConnection(Selector selector, InetSocketAddress target) throws IOException {
        channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = channel.register(selector, SelectionKey.OP_CONNECT, this);
            connected = channel.connect(target);
            if (connected) {
                key.interestOps(SelectionKey.OP_READ);
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends a request; the answer comes out of {@link #ready}. */
    void ask(Pending asked, ByteBuffer bytes, boolean isHead) throws IOException {
        pending = asked;
        out = bytes;
        headRequest = isHead;
        state = State.HEAD;
        head.reset();
        if (connected) {
            write();
        }
    }

    /** What it waits for; null between two requests, which only the generator may ask about. */
    @Nullable
    Pending pending() {
        return pending;
    }

    /** Whether a request that failed without a byte of an answer may be sent again: the connection had been kept. */
    boolean mayRepeat() {
        return !fresh && !head.started();
    }

    /**
     * Goes on as far as the socket allows.
     *
     * @param in scratch memory
     * @return how the request ended, empty while it has not
     * @throws IOException when the connection broke, with the reason as its message
     */
    Optional<String> ready(ByteBuffer in) throws IOException {
        if (!connected) {
            connected = channel.finishConnect();
            if (!connected) {
                return Optional.empty();
            }
            key.interestOps(SelectionKey.OP_READ);
            write();
        }
        if (key.isValid() && key.isWritable()) {
            write();
        }
        if (!key.isValid() || !key.isReadable()) {
            return Optional.empty();
        }
        in.clear();
        int n = channel.read(in);
        if (n < 0) {
            if (state == State.UNTIL_CLOSE) {
                return Optional.of(end());
            }
            throw new IOException(state == State.IDLE || state == State.HEAD ? "closed" : "closed within the body");
        }
        in.flip();
        try {
            return state == State.IDLE ? Optional.empty() : take(in);
        } catch (MessageException e) {
            throw new IOException(e.failure().cause().id(), e);
        }
    }

    private void write() throws IOException {
        if (out.hasRemaining()) {
            channel.write(out);
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    private Optional<String> take(ByteBuffer in) throws MessageException {
        while (state == State.HEAD) {
            if (!head.read(in)) {
                return Optional.empty();
            }
            if (head.isInterim()) {
                head.reset(); // the final response follows
            } else {
                beginBody();
            }
        }
        return switch (state) {
            case LENGTH -> {
                bodyLeft -= in.remaining();
                yield bodyLeft <= 0 ? Optional.of(end()) : Optional.empty();
            }
            case CHUNKED -> skipChunks(in) ? Optional.of(end()) : Optional.empty();
            case IDLE, HEAD, UNTIL_CLOSE -> Optional.empty();
        };
    }

    private void beginBody() {
        if (headRequest || !head.mayHaveBody()) {
            state = State.LENGTH;
            bodyLeft = 0;
        } else if (head.chunked()) {
            state = State.CHUNKED;
            chunks.reset();
        } else if (head.contentLength() >= 0) {
            state = State.LENGTH;
            bodyLeft = head.contentLength();
        } else {
            state = State.UNTIL_CLOSE;
        }
    }

    private boolean skipChunks(ByteBuffer in) throws MessageException {
        while (true) {
            int n = chunks.next(in);
            if (n == ChunkedDecoder.END) {
                return true;
            }
            if (n == ChunkedDecoder.NEED_MORE) {
                return false;
            }
            in.position(in.position() + n);
            chunks.consumed(n);
        }
    }

    private String end() {
        boolean keep = state != State.UNTIL_CLOSE && head.keepAlive() && !out.hasRemaining();
        state = State.IDLE;
        fresh = false;
        String outcome = outcome();
        if (!keep) {
            close();
        }
        return outcome;
    }

    /** What Culprit names in Proxy-Status; of other gateways only the status is known. */
    private String outcome() {
        int status = head.status();
        if (status < 400) {
            return Cell.GOOD;
        }
        String said = head.headers().first(HeaderName.PROXY_STATUS);
        int cause = said.indexOf(CAUSE);
        int end = cause < 0 ? -1 : said.indexOf('"', cause + CAUSE.length());
        return end < 0 ? "status " + status : said.substring(cause + CAUSE.length(), end);
    }

    /** The request is over; another may be sent if the connection is {@link #usable}. */
    void forget() {
        pending = null;
    }

    boolean usable() {
        return channel.isOpen() && state == State.IDLE;
    }

    void close() {
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone already
        }
    }
}
