package io.culprit.record.watch;

import io.culprit.failure.Blame;
import io.culprit.failure.Cause;
import io.culprit.record.count.Series;
import java.util.Map;

/** What counts as a failure where shares and outages are reckoned: what a client noticed and is not its own fault. */
public final class Failing {
    private Failing() {}

    /** Whether requests that end with this cause, by id, have failed in that sense. */
    public static boolean is(String cause) {
        return Cause.byId(cause)
                .filter(c -> c.blame() != Blame.CLIENT && c != Cause.BODY_EXCESS && c != Cause.ROUTE_NONE)
                .isPresent();
    }

    /** Whether the cause follows from earlier failures, so that those say more about what is wrong. */
    public static boolean isConsequence(String cause) {
        return cause.equals(Cause.BREAKER_OPEN.id()) || cause.equals(Cause.PEERS_NONE_LIVE.id());
    }

    /** How many of these have failed. */
    static long of(Map<String, Long> byCause) {
        long failed = 0;
        for (Map.Entry<String, Long> each : byCause.entrySet()) {
            failed += is(each.getKey()) ? each.getValue() : 0;
        }
        return failed;
    }

    /** How many speak for or against the upstream: those that failed and those that went well. */
    static long witnesses(Map<String, Long> byCause) {
        return of(byCause) + byCause.getOrDefault(Series.WELL, 0L) + byCause.getOrDefault(Cause.BODY_EXCESS.id(), 0L);
    }
}
