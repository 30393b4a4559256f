package io.culprit.upstream.exchange;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.http.MessageException;
import java.io.IOException;

/** The request's body could not be had: not the upstream's fault. */
final class RequestBodyException extends Exception {
    private final transient Failure failure;

    private RequestBodyException(Failure failure) {
        super(failure.detail(), null, false, false);
        this.failure = failure;
    }

    static RequestBodyException from(IOException e) {
        return new RequestBodyException(
                e instanceof MessageException m
                        ? m.failure()
                        : Failure.of(Cause.GATEWAY_TEMP_DISK_FULL, "the buffered request body: " + e.getMessage()));
    }

    Failure failure() {
        return failure;
    }
}
