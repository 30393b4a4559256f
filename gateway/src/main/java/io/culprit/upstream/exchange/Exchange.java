package io.culprit.upstream.exchange;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.loop.IoLoop;
import io.culprit.upstream.AttemptListener;
import io.culprit.upstream.AttemptTimer;
import io.culprit.upstream.ResponseListener;
import io.culprit.upstream.channel.Errno;
import io.culprit.upstream.request.RequestBody;
import io.culprit.upstream.request.UpstreamRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * SEND: one request on its way out. Head and body leave in as few writes as the socket allows; what it does not take
 * waits in one buffer of the exchange's own. A request may still be on its way out while the response already comes in.
 */
final class Exchange {
    private final UpstreamConnection connection;
    final Delivery delivery = new Delivery();
    private @Nullable UpstreamRequest request;
    private @Nullable ResponseListener response;
    private @Nullable AttemptListener attempt;
    private @Nullable AttemptTimer timer;
    private boolean headEncoded;
    private boolean bodyDone;
    private @Nullable ByteBuffer pending;
    private boolean overflows;
    private @Nullable Failure broken;

    Exchange(UpstreamConnection connection) {
        this.connection = connection;
    }

    void begin(
            UpstreamRequest newRequest, ResponseListener newResponse, AttemptListener newAttempt, AttemptTimer clock) {
        request = newRequest;
        response = newResponse;
        attempt = newAttempt;
        timer = clock;
        delivery.begin(newResponse, newAttempt, clock);
        headEncoded = false;
        overflows = false;
        bodyDone = false;
        broken = null;
        clock.sending();
        if (!newRequest.body().isEmpty()) {
            newRequest.body().whenReadable(this::bodyReadable);
        }
        send();
    }

    private UpstreamRequest request() {
        return Objects.requireNonNull(request);
    }

    /** Who gets the response of the exchange under way. */
    ResponseListener response() {
        return Objects.requireNonNull(response);
    }

    /** Who is told how the exchange under way ends. */
    AttemptListener attempt() {
        return Objects.requireNonNull(attempt);
    }

    /** The clock of the exchange under way. */
    AttemptTimer timer() {
        return Objects.requireNonNull(timer);
    }

    boolean isSent() {
        return timer().isSent();
    }

    /** Why the rest of the request could not be sent, or null. */
    @Nullable
    Failure broken() {
        return broken;
    }

    private void bodyReadable() {
        if (connection.isCurrent(this) && pending == null && !isSent() && broken == null) {
            send();
        }
    }

    void writable() {
        if (pending != null) {
            try {
                int n = connection.channel().write(pending);
                timer().wrote(n);
                if (pending.hasRemaining()) {
                    if (n > 0) {
                        connection.armSend();
                    }
                    return;
                }
            } catch (IOException e) {
                writeFailed(e);
                return;
            }
            dropPending();
        }
        connection.channel().suspendWrites();
        send();
    }

    private void send() {
        ByteBuffer out = connection.loop().writeBuffer();
        try {
            if (!headEncoded) {
                headEncoded = true;
                out = encodeHead(out);
            }
            while (true) {
                RequestBody.Progress progress = fill(out);
                if (!connection.isCurrent(this)) {
                    return;
                }
                out.flip();
                if (out.hasRemaining()) {
                    timer().wrote(connection.channel().write(out));
                }
                if (out.hasRemaining()) {
                    stash(out);
                    connection.channel().resumeWrites();
                    connection.armSend();
                    return;
                }
                if (overflows) {
                    overflows = false;
                    out = connection.loop().writeBuffer();
                } else {
                    out.clear();
                }
                if (progress == RequestBody.Progress.DONE) {
                    sent();
                    return;
                }
                if (progress == RequestBody.Progress.SOURCE_EMPTY) {
                    connection.disarm(); // the client's body_timeout runs now, not the upstream's send timeout
                    return;
                }
            }
        } catch (RequestBodyException e) {
            connection.failed(e.failure());
        } catch (IOException e) {
            writeFailed(e);
        }
    }

    private ByteBuffer encodeHead(ByteBuffer out) {
        ByteBuffer target = out;
        if (request().headBound() > out.capacity()) {
            target = ByteBuffer.allocate(
                    request().headBound()); // until this event ends; what the socket does not take is stashed
            overflows = true;
        }
        request().encodeHead(target);
        return target;
    }

    private RequestBody.Progress fill(ByteBuffer out) throws RequestBodyException {
        if (bodyDone || request().body().isEmpty()) {
            bodyDone = true;
            return RequestBody.Progress.DONE;
        }
        try {
            RequestBody.Progress progress = request().body().writeTo(source -> copy(source, out));
            bodyDone = progress == RequestBody.Progress.DONE;
            return progress;
        } catch (IOException e) {
            throw RequestBodyException.from(e);
        }
    }

    private static void copy(ByteBuffer source, ByteBuffer target) {
        int n = Math.min(source.remaining(), target.remaining());
        target.put(target.position(), source, source.position(), n);
        target.position(target.position() + n);
        source.position(source.position() + n);
    }

    private void stash(ByteBuffer rest) {
        if (rest.remaining() > IoLoop.BUFFER_SIZE) {
            pending = ByteBuffer.allocate(rest.remaining()); // a head larger than any buffer: rare
            connection.loop().memory().heap(pending.capacity());
        } else {
            pending = connection.loop().lendLarge();
        }
        pending.put(rest).flip();
    }

    private void dropPending() {
        if (pending != null) {
            if (pending.isDirect()) {
                connection.loop().giveBackLarge(pending);
            } else {
                connection.loop().memory().heap(-pending.capacity());
            }
            pending = null;
        }
    }

    private void sent() {
        long now = System.nanoTime();
        timer().sent(now);
        connection.requestSent(now);
    }

    /**
     * The upstream takes no more. It may have answered before it closed (413, 401): that answer is worth more than our
     * broken pipe, so it is looked for first.
     */
    private void writeFailed(IOException e) {
        Errno errno = Errno.of(e);
        broken = Failure.of(
                errno == Errno.ECONNRESET ? Cause.SEND_RESET : Cause.SEND_BROKEN_PIPE,
                "the upstream broke the connection after " + timer().bytesOut() + " bytes of the request, "
                        + timer().connectionStory(),
                errno.label());
        dropPending();
        connection.channel().suspendWrites();
        connection.sendBroke();
    }

    void end() {
        dropPending();
        request = null;
        response = null;
        attempt = null;
        timer = null;
        broken = null;
        delivery.end();
    }
}
