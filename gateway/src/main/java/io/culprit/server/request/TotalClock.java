package io.culprit.server.request;

import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Text;
import io.culprit.loop.Deadline;
import io.culprit.loop.IoLoop;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code timeouts.total}: bounds a whole request, its body and its waiting included. Owned by one IO thread. */
final class TotalClock {
    /** For requests without such a bound. */
    static final TotalClock NONE = new TotalClock(null, null);

    private final @Nullable IoLoop loop;
    private final @Nullable Deadline deadline;

    private TotalClock(@Nullable IoLoop loop, @Nullable Deadline deadline) {
        this.loop = loop;
        this.deadline = deadline;
    }

    /**
     * @param total zero for no bound
     * @param overdue told once when the time is over
     */
    static TotalClock start(IoLoop loop, Duration total, Consumer<Failure> overdue) {
        if (total.isZero()) {
            return NONE;
        }
        Deadline deadline = new Deadline() {
            @Override
            protected void expired() {
                overdue.accept(Failure.of(
                        Cause.DEADLINE_EXCEEDED,
                        "the request was not done within timeouts.total of " + Text.duration(total.toNanos())));
            }
        };
        loop.deadlines().arm(deadline, total.toNanos());
        return new TotalClock(loop, deadline);
    }

    /** The request is done. Idempotent. */
    void stop() {
        if (loop != null && deadline != null) {
            loop.deadlines().remove(deadline);
        }
    }
}
