package io.culprit.upstream.exchange;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.loop.SpillLimitException;
import java.io.IOException;

/** Whoever gets the response could not take it: a full temporary disk. The upstream did nothing wrong. */
public final class ListenerException extends Exception {
    private final transient Failure failure;

    ListenerException(IOException e) {
        super(e.getMessage(), e, false, false);
        failure = Failure.of(
                e instanceof SpillLimitException ? Cause.GATEWAY_INTERNAL : Cause.GATEWAY_TEMP_DISK_FULL,
                "buffering the response: " + e.getMessage());
    }

    Failure failure() {
        return failure;
    }
}
