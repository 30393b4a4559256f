package io.culprit.http;

import io.culprit.failure.Cause;
import io.culprit.failure.Evidence;
import io.culprit.failure.Failure;
import java.io.IOException;
import java.util.List;

/**
 * A message that breaks HTTP's grammar, framing or a limit. Carries no stack trace: under attack thousands are made a
 * second and where in our code the byte was found says nothing about the byte.
 */
public final class MessageException extends IOException {
    private final transient Failure failure;

    /** For a failure named elsewhere. */
    public MessageException(Failure failure) {
        super(failure.detail());
        this.failure = failure;
    }

    MessageException(Cause cause, String detail) {
        this(Failure.of(cause, detail));
    }

    MessageException(Cause cause, String detail, byte[] bytes, int from, int to) {
        this(new Failure(cause, detail, "", List.of(new Evidence("bytes", Sample.of(bytes, from, to)))));
    }

    /** What is wrong, with its cause. */
    public Failure failure() {
        return failure;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
