package io.culprit.triage.read;

import io.culprit.triage.classify.Finding;
import io.culprit.triage.tally.Exhibit;
import java.io.Serializable;

/**
 * Which findings count.
 *
 * @param since microseconds since the epoch, {@link Long#MIN_VALUE} for no limit
 * @param until microseconds since the epoch, {@link Long#MAX_VALUE} for no limit
 * @param host the request's Host or the machine, empty for any
 * @param path beginning of the request's path, empty for any
 */
public record Filter(long since, long until, String host, String path) implements Serializable {
    /** Microseconds before {@code since} from which events count. */
    private static final long BEFORE = 600_000_000L;

    /** Lets everything through. */
    public static final Filter NONE = new Filter(Long.MIN_VALUE, Long.MAX_VALUE, "", "");

    /** Whether it lets everything through. */
    public boolean isNone() {
        return since == Long.MIN_VALUE && until == Long.MAX_VALUE && host.isEmpty() && path.isEmpty();
    }

    boolean passes(Finding f, long micros) {
        if (isNone()) {
            return true;
        }
        boolean timed = since != Long.MIN_VALUE || until != Long.MAX_VALUE;
        // What happened to a process just before explains what follows.
        long from = f.kind() == Finding.Kind.EVENT && since != Long.MIN_VALUE ? since - BEFORE : since;
        if (timed && (micros == Exhibit.TIMELESS || micros < from || micros > until)) {
            return false;
        }
        // What happened to a process has neither Host nor path, and explains what has.
        boolean ofRequest = f.kind() == Finding.Kind.REQUEST || f.kind() == Finding.Kind.ERROR;
        boolean anyHost =
                host.isEmpty() || !ofRequest && f.site().isEmpty() && f.host().isEmpty();
        if (!anyHost && !f.site().equalsIgnoreCase(host) && !f.host().equalsIgnoreCase(host)) {
            return false;
        }
        return path.isEmpty()
                || !ofRequest && f.target().isEmpty()
                || f.target().startsWith(path);
    }
}
