package io.culprit.triage.read;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.tally.Exhibit;

/**
 * Which findings count.
 *
 * @param since microseconds since the epoch, {@link Long#MIN_VALUE} for no limit
 * @param until microseconds since the epoch, {@link Long#MAX_VALUE} for no limit
 * @param host the request's Host or the machine, empty for any
 * @param path beginning of the request's path, empty for any
 */
public record Filter(long since, long until, String host, String path) {
    /** Lets everything through. */
    public static final Filter NONE = new Filter(Long.MIN_VALUE, Long.MAX_VALUE, "", "");

    boolean passes(Finding f, long micros) {
        if (this == NONE) {
            return true;
        }
        boolean timed = since != Long.MIN_VALUE || until != Long.MAX_VALUE;
        if (timed && (micros == Exhibit.TIMELESS || micros < since || micros > until)) {
            return false;
        }
        // What happened to a process has neither Host nor path, and explains what has.
        boolean anyHost = host.isEmpty() || f.site().isEmpty() && f.host().isEmpty();
        if (!anyHost && !f.site().equalsIgnoreCase(host) && !f.host().equalsIgnoreCase(host)) {
            return false;
        }
        return path.isEmpty() || f.target().isEmpty() || f.target().startsWith(path);
    }
}
