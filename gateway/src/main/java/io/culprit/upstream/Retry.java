package io.culprit.upstream;

import io.culprit.config.UpstreamConfig.NextUpstream;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Phase;
import io.culprit.failure.RetryClass;
import io.culprit.failure.Text;

/** Whether another attempt is made: the one place that decides it, by nginx's rules. Stateless. */
final class Retry {
    private Retry() {}

    /**
     * What the decision rests on.
     *
     * @param method request method
     * @param sentSomething a byte of the request may have reached an upstream
     * @param repeatable the request's body can be sent again
     * @param committed the client has seen a part of the response
     * @param staleReuse the connection was a kept one and died without a byte
     * @param made attempts made so far
     * @param allowed attempts allowed, extra ones for stale connections included
     * @param elapsedNanos since the first attempt began
     */
    record Situation(
            String method,
            boolean sentSomething,
            boolean repeatable,
            boolean committed,
            boolean staleReuse,
            int made,
            int allowed,
            long elapsedNanos) {}

    /** Empty when another attempt is to be made, else why not. */
    static String refusal(Failure failure, Situation now, NextUpstream rules) {
        RetryClass retryClass = classOf(failure.cause());
        if (now.committed()) {
            return "the response had already begun";
        }
        if (retryClass == RetryClass.NONE && failure.cause() != Cause.ORIGIN_ERROR) {
            return failure.cause().id() + " is never retried";
        }
        if (failure.cause() != Cause.ORIGIN_ERROR && !rules.on().contains(retryClass)) {
            return "next_upstream.on does not list " + retryClass.id();
        }
        if (!now.repeatable()) {
            return "the request body was streamed and cannot be sent again";
        }
        if (now.sentSomething()
                && !failure.cause().provenUnsent()
                && !rules.nonIdempotent()
                && !idempotent(now.method())) {
            return now.method() + " is not idempotent and may have been processed";
        }
        if (now.made() >= now.allowed() && !now.staleReuse()) {
            return "no attempt is left of " + now.allowed();
        }
        if (!rules.timeout().isZero() && now.elapsedNanos() >= rules.timeout().toNanos()) {
            return "next_upstream.timeout of %s is over"
                    .formatted(Text.duration(rules.timeout().toNanos()));
        }
        return "";
    }

    /**
     * The class of a failure. Body failures are retried only while nothing of the response was shown ({@code
     * buffering.hold}); they then count as what they would have been in the head.
     */
    static RetryClass classOf(Cause cause) {
        if (cause.phase() != Phase.BODY) {
            return cause.retryClass();
        }
        return cause == Cause.BODY_TIMEOUT
                ? RetryClass.TIMEOUT
                : cause == Cause.BODY_EXCESS
                        ? RetryClass.NONE
                        : cause == Cause.BODY_BAD_CHUNK || cause == Cause.BODY_BAD_TRAILER
                                ? RetryClass.INVALID_HEADER
                                : RetryClass.ERROR;
    }

    /** nginx's list of methods that are not repeated once sent. */
    static boolean idempotent(String method) {
        return !method.equals("POST") && !method.equals("LOCK") && !method.equals("PATCH");
    }
}
