package io.culprit.upstream.http1;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.ChunkedDecoder;
import io.culprit.http.MessageException;
import io.culprit.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * HEAD and BODY: turns the bytes of one response into calls of its listener. Any split of the bytes gives the same
 * calls. Reused from response to response; owned by one IO thread.
 */
final class ResponseReader {
    /** Interim responses taken before the upstream is said to be broken. */
    static final int MAX_INTERIM = 50;

    private static final int MAX_EXTENSION = 4096;
    private static final int MAX_TRAILER = 8192;

    private enum Framing {
        HEAD,
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final ResponseHead head;
    private final ChunkedDecoder chunks =
            new ChunkedDecoder(MAX_EXTENSION, MAX_TRAILER, Cause.BODY_BAD_CHUNK, Cause.BODY_BAD_TRAILER);
    private Framing framing = Framing.HEAD;
    private boolean headRequest;
    private boolean keepAlive;
    private long length;
    private long received;
    private int interim;

    ResponseReader(int headLimit, int headerLimit) {
        head = new ResponseHead(headLimit, headerLimit);
    }

    void begin(boolean isHeadRequest) {
        head.reset();
        framing = Framing.HEAD;
        headRequest = isHeadRequest;
        keepAlive = false;
        received = 0;
        interim = 0;
    }

    boolean inHead() {
        return framing == Framing.HEAD;
    }

    /** True while no byte of any response has arrived. */
    boolean untouched() {
        return inHead() && !head.started() && interim == 0;
    }

    boolean endsWithConnection() {
        return framing == Framing.UNTIL_CLOSE;
    }

    /** Whether the connection can carry another exchange now that this response is complete. */
    boolean reusable() {
        return keepAlive && framing != Framing.UNTIL_CLOSE;
    }

    /** "17 of 100 bytes of the body", "2 KiB of a chunked body". */
    String bodyProgress() {
        return switch (framing) {
            case LENGTH -> "%d of %d bytes of the body".formatted(received, length);
            case CHUNKED -> "%d bytes of a chunked body that has no end yet".formatted(received);
            case UNTIL_CLOSE -> "%d bytes of a body that ends with the connection".formatted(received);
            case HEAD, NONE -> "%d bytes".formatted(received);
        };
    }

    /**
     * Takes bytes of the response.
     *
     * @return true when it is complete; bytes that remain do not belong to it
     */
    boolean consume(ByteBuffer in, Http1Exchange exchange)
            throws MessageException, ListenerException, GivenUpException {
        while (framing == Framing.HEAD) {
            if (!head.read(in)) {
                return false;
            }
            headComplete(exchange);
        }
        try {
            return body(in, exchange);
        } catch (MessageException e) {
            throw e;
        } catch (IOException e) {
            throw new ListenerException(e);
        }
    }

    private void headComplete(Http1Exchange exchange) throws MessageException, ListenerException, GivenUpException {
        if (head.isInterim()) {
            interimComplete(exchange);
            return;
        }
        exchange.timer.headComplete(head.status());
        if (exchange.attempt.refuses(head.status())) {
            throw new GivenUpException();
        }
        keepAlive = head.keepAlive();
        if (headRequest || !head.mayHaveBody()) {
            framing = Framing.NONE;
            length = 0;
        } else if (head.chunked()) {
            framing = Framing.CHUNKED;
            length = -1;
            chunks.reset();
        } else if (head.contentLength() >= 0) {
            framing = Framing.LENGTH;
            length = head.contentLength();
        } else {
            framing = Framing.UNTIL_CLOSE;
            length = -1;
        }
        try {
            exchange.response.head(head, length);
        } catch (IOException e) {
            throw new ListenerException(e);
        }
    }

    private void interimComplete(Http1Exchange exchange) throws MessageException, ListenerException {
        int status = head.status();
        if (status == 101) {
            throw new MessageException(Failure.of(
                    Cause.HEAD_UNREQUESTED_UPGRADE, "101 Switching Protocols although no upgrade was requested"));
        }
        if (++interim > MAX_INTERIM) {
            throw new MessageException(
                    Failure.of(Cause.HEAD_TOO_MANY_INTERIM, "more than %d interim responses".formatted(MAX_INTERIM)));
        }
        if (status == 103) {
            try {
                exchange.response.interim(head);
            } catch (IOException e) {
                throw new ListenerException(e);
            }
        }
        head.reset();
    }

    private boolean body(ByteBuffer in, Http1Exchange exchange) throws IOException {
        return switch (framing) {
            case NONE -> true;
            case LENGTH -> {
                int n = (int) Math.min(in.remaining(), length - received);
                pass(in, n, exchange);
                yield received == length;
            }
            case UNTIL_CLOSE -> {
                pass(in, in.remaining(), exchange);
                yield false;
            }
            case CHUNKED -> chunked(in, exchange);
            case HEAD -> throw new IllegalStateException("no body before the head");
        };
    }

    private boolean chunked(ByteBuffer in, Http1Exchange exchange) throws IOException {
        while (true) {
            int n = chunks.next(in);
            if (n == ChunkedDecoder.END) {
                return true;
            }
            if (n == ChunkedDecoder.NEED_MORE) {
                return false;
            }
            pass(in, n, exchange);
            chunks.consumed(n);
        }
    }

    private void pass(ByteBuffer in, int n, Http1Exchange exchange) throws IOException {
        if (n == 0) {
            return;
        }
        int limit = in.limit();
        in.limit(in.position() + n);
        exchange.response.body(in);
        in.limit(limit);
        received += n;
    }
}
