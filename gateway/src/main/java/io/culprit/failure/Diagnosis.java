package io.culprit.failure;

import java.util.Optional;

/**
 * What is wrong, by a stable id: a {@link Cause} that ends a request, or a {@link Condition} behind such causes. Logs,
 * pages and tools name either by its id and explain it in the same words.
 */
public sealed interface Diagnosis permits Cause, Condition {
    /** Stable dotted id, e.g. {@code connect.refused} or {@code worker.oom-killed}. */
    String id();

    /** Who has to act. */
    Blame blame();

    /** One sentence that says what happened. */
    String summary();

    /** What to do about it, as an instruction. */
    String remedy();

    /** The cause or condition with this id, if there is one. */
    static Optional<Diagnosis> byId(String id) {
        return Cause.byId(id).<Diagnosis>map(c -> c).or(() -> Condition.byId(id));
    }
}
