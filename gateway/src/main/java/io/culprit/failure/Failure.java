package io.culprit.failure;

import java.util.List;

/**
 * One failure, named. Immutable; may be passed between threads.
 *
 * @param cause the exact cause
 * @param detail what was seen, in plain words, with the figures ("upstream closed after 17 of 100 bytes")
 * @param errno the name of the kernel's error, such as {@code ECONNREFUSED}; empty where no system call failed
 * @param evidence further observations, possibly empty
 */
public record Failure(Cause cause, String detail, String errno, List<Evidence> evidence) {
    /** A failure without errno and evidence. */
    public static Failure of(Cause cause, String detail) {
        return new Failure(cause, detail, "", List.of());
    }

    /** A failure of a system call. */
    public static Failure of(Cause cause, String detail, String errno) {
        return new Failure(cause, detail, errno, List.of());
    }

    /** The same with one more observation. */
    public Failure with(Evidence more) {
        return with(List.of(more));
    }

    /** The same with more observations. */
    public Failure with(List<Evidence> more) {
        var all = new java.util.ArrayList<>(evidence);
        all.addAll(more);
        return new Failure(cause, detail, errno, List.copyOf(all));
    }
}
