package io.culprit.upstream.exchange;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import io.culprit.loop.SpillLimitException;
import java.io.IOException;

/** Whoever gets the response could not take it: a full temporary disk, or an answer that says what is not so to this client. */
public final class ListenerException extends Exception {
    private final transient Failure failure;

    ListenerException(IOException e) {
        super(e.getMessage(), e, false, false);
        failure = e instanceof MessageException refused
                ? refused.failure()
                : Failure.of(
                        e instanceof SpillLimitException ? Cause.GATEWAY_INTERNAL : Cause.GATEWAY_TEMP_DISK_FULL,
                        "buffering the response: " + e.getMessage());
    }

    Failure failure() {
        return failure;
    }
}
