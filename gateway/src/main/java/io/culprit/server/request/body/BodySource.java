package io.culprit.server.request.body;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.http.MessageException;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import io.culprit.loop.Unfinished;
import io.culprit.server.clients.ClientExchange;
import io.culprit.server.clients.ShortOfMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The client's request body as it arrives: counted against the limit and the clock. Shared by both ways of taking it
 * in, whole ({@link BufferedIntake}) and streamed ({@link StreamedBody}). Owned by one IO thread.
 */
public final class BodySource {
    private final IoLoop loop;
    private final BodyLimit limit;
    private final long timeoutNanos;
    private final Consumer<Failure> stalled;
    private final ClientExchange client;
    private final Deadline deadline = new Deadline() {
        @Override
        protected void expired() {
            pause();
            stalled.accept(timeout());
        }
    };
    private final Unfinished unfinished = new Unfinished() {
        @Override
        protected long held() {
            return client.memory().held();
        }

        @Override
        protected void evict() {
            pause();
            stalled.accept(Failure.of(
                    Cause.CLIENT_TIMEOUT,
                    "memory for clients ran short, and of this request's body %d bytes had come".formatted(received)));
        }
    };
    private long received;
    private boolean ended;

    /**
     * @param timeoutNanos longest pause between two reads
     * @param stalled told when the pause grew longer
     * @param client whose body it is; it notices the client's leaving while no bytes are wanted
     */
    public BodySource(
            IoLoop loop, BodyLimit limit, long timeoutNanos, Consumer<Failure> stalled, ClientExchange client) {
        this.loop = loop;
        this.limit = limit;
        this.timeoutNanos = timeoutNanos;
        this.stalled = stalled;
        this.client = client;
    }

    long received() {
        return received;
    }

    boolean ended() {
        return ended;
    }

    /**
     * @return bytes read, 0 when none are there now, -1 at the end of the body
     * @throws MessageException when the body breaks its framing or its limit
     * @throws IOException when the client broke the connection
     */
    int read(ByteBuffer into) throws IOException {
        int n = client.readBody(into);
        if (n < 0) {
            ended = true;
            pause();
            return -1;
        }
        received += n;
        if (received > limit.bytes()) {
            client.refuseBody(); // whether or not the end of the body was read already
            throw new MessageException(limit.exceeded());
        }
        return n;
    }

    /** No further byte of the body can be held. */
    Failure shortOfMemory() {
        loop.memory().budget().refused();
        return ShortOfMemory.failure(client.memory(), loop, "more than " + received + " bytes of a request body");
    }

    /** No further byte of the body can be held, and why. */
    Failure shortOfMemory(String why) {
        loop.memory().budget().refused();
        return Failure.of(Cause.GATEWAY_MEMORY, why);
    }

    private Failure timeout() {
        return Failure.of(
                Cause.CLIENT_TIMEOUT,
                "the client sent no byte of its body for limits.body_timeout of %s, %d bytes had come"
                        .formatted(Text.duration(timeoutNanos), received));
    }

    /** Calls {@code readable} from now on when bytes arrive, and starts the clock. */
    void await(Runnable readable) {
        client.listen(readable);
        loop.deadlines().arm(deadline, timeoutNanos);
        if (client.memory().held() > 0) {
            loop.unfinished(unfinished);
        }
    }

    /** Stops listening and the clock: nobody wants bytes now. */
    void pause() {
        deadline.disarm();
        loop.finished(unfinished);
        client.watch();
    }

    void release() {
        loop.deadlines().remove(deadline);
        loop.finished(unfinished);
    }
}
