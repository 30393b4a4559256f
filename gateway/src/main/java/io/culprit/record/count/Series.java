package io.culprit.record.count;

import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;

/**
 * What is counted together: the key of the journal's counts and of the failure metrics.
 *
 * @param route name of the route, empty when none matched
 * @param upstream name of the upstream, empty when none was chosen
 * @param peer address of the peer, empty when none was asked
 * @param cause id of the cause, {@link #WELL} for a request that went well
 * @param kind a request's end, or one attempt of it
 */
public record Series(String route, String upstream, String peer, String cause, Kind kind) {
    /** Stands for the cause of requests without one. */
    public static final String WELL = "ok";

    /** Stands for the peers beyond {@link Tally#MOST_SERIES}, so that sums stay exact, those of an upstream too. */
    public static final String OTHER = "(other)";

    /** Whether whole requests or single attempts are counted. */
    public enum Kind {
        /** How a request ended; every request is counted once. */
        FINAL,
        /** An attempt at a server: one that failed, whether it was repeated or not, by route; those that went well all together. */
        ATTEMPT
    }

    static Series of(Outcome o, String peer, Cause cause, Kind kind) {
        return new Series(o.route(), o.upstream(), peer, cause.id(), kind);
    }

    Series overflow() {
        return new Series(route, upstream, OTHER, cause, kind);
    }
}
