package io.culprit.record.count;

import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import java.util.concurrent.atomic.AtomicLongArray;

/** The attempts on one upstream by one IO thread. */
final class UpstreamTally {
    private final Histogram[] steps = new Histogram[Step.values().length];
    private final AtomicLongArray retries = new AtomicLongArray(Cause.values().length);

    UpstreamTally() {
        for (int i = 0; i < steps.length; i++) {
            steps[i] = new Histogram();
        }
    }

    void count(Outcome o) {
        steps[Step.QUEUE.ordinal()].record(o.queueNanos());
        var attempts = o.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt a = attempts.get(i);
            if (!a.reused()) {
                steps[Step.CONNECT.ordinal()].record(a.connectNanos());
                steps[Step.TLS.ordinal()].record(a.tlsNanos());
            }
            steps[Step.SEND.ordinal()].record(a.sendNanos());
            steps[Step.HEAD.ordinal()].record(a.headNanos());
            steps[Step.BODY.ordinal()].record(a.bodyNanos());
            if (i < attempts.size() - 1 && a.failure() != null) {
                int cause = a.failure().cause().ordinal();
                retries.setRelease(cause, retries.getPlain(cause) + 1);
            }
        }
    }

    Histogram step(Step step) {
        return steps[step.ordinal()];
    }

    long retries(Cause reason) {
        return retries.getAcquire(reason.ordinal());
    }
}
