package io.culprit.upstream.exchange;

import io.culprit.http.ResponseHead;
import io.culprit.http.Trailers;
import io.culprit.upstream.AttemptListener;
import io.culprit.upstream.AttemptTimer;
import io.culprit.upstream.ResponseListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hands a response on while it is read: one place that notes when the head was complete, asks whether it is wanted, and
 * tells the listener's trouble from the upstream's. Owned by one IO thread.
 */
public final class Delivery {
    private @Nullable ResponseListener response;
    private @Nullable AttemptListener attempt;
    private @Nullable AttemptTimer timer;

    /** Another response begins, for this listener. */
    public void begin(ResponseListener newResponse, AttemptListener newAttempt, AttemptTimer clock) {
        response = newResponse;
        attempt = newAttempt;
        timer = clock;
    }

    /** The response is over: nobody is held any more. */
    void end() {
        response = null;
        attempt = null;
        timer = null;
    }

    private ResponseListener listener() {
        return Objects.requireNonNull(response);
    }

    /** An interim response to pass on. */
    public void interim(ResponseHead head) throws ListenerException {
        try {
            listener().interim(head);
        } catch (IOException e) {
            throw new ListenerException(e);
        }
    }

    /**
     * The final head is complete.
     *
     * @param bodyLength bytes of body to come, -1 when that is not known yet
     */
    public void head(ResponseHead head, long bodyLength) throws ListenerException, GivenUpException {
        Objects.requireNonNull(timer).headComplete(head.status());
        if (Objects.requireNonNull(attempt).refuses(head.status())) {
            throw new GivenUpException();
        }
        try {
            listener().head(head, bodyLength);
        } catch (IOException e) {
            throw new ListenerException(e);
        }
    }

    /** The body is whole and these follow it. */
    public void trailers(Trailers trailers) {
        if (!trailers.isEmpty()) {
            listener().trailers(trailers);
        }
    }

    /** The next {@code n} bytes of {@code in} are payload. */
    public void body(ByteBuffer in, int n) throws ListenerException {
        if (n == 0) {
            return;
        }
        int limit = in.limit();
        in.limit(in.position() + n);
        try {
            listener().body(in);
        } catch (IOException e) {
            throw new ListenerException(e);
        } finally {
            in.limit(limit);
        }
    }
}
