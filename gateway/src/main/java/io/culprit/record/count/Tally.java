package io.culprit.record.count;

import io.culprit.failure.Attempt;
import io.culprit.failure.Cause;
import io.culprit.failure.Failure;
import io.culprit.failure.Outcome;
import io.culprit.record.count.Series.Kind;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is counted on one IO thread: plain additions to numbers of its own, no lock, no shared cache line, no
 * garbage for a request that went well. Nothing is ever dropped here, whatever logs and journal have to drop; what
 * readers see is at most one write behind. Only the owning IO thread calls {@link #count}.
 */
public final class Tally {
    /** Keys that are told apart on each thread; more come from names that resolve to ever new addresses only. */
    public static final int MOST_SERIES = 10_000;

    private final AtomicLongArray endings = new AtomicLongArray(Outcome.Ending.values().length);
    private final AtomicLong retries = new AtomicLong();
    private final Map<RouteKey, RouteTally> byRoute = new HashMap<>();
    private final Map<String, UpstreamTally> byUpstream = new HashMap<>();
    private final Map<Series, Cell> failures = new ConcurrentHashMap<>();

    // The same once more, for readers.
    private final Map<RouteKey, RouteTally> routes = new ConcurrentHashMap<>();
    private final Map<String, UpstreamTally> upstreams = new ConcurrentHashMap<>();

    /** The last one used: nearly every request is of the same route as the one before. */
    private @Nullable RouteTally last;

    /** Routes may share a name, and lead to different upstreams all the same. */
    private record RouteKey(String route, String upstream) {}

    /**
     * Counts one request.
     *
     * @return true when it should be kept as an example of its failure
     */
    boolean count(Outcome o) {
        int ending = o.ending().ordinal();
        endings.setRelease(ending, endings.getPlain(ending) + 1);
        long endMillis = o.endMillis();
        int parity = (int) (endMillis / 60_000 & 1);
        RouteTally route = route(o);
        route.count(o, endMillis);
        List<Attempt> attempts = o.attempts();
        if (!o.upstream().isEmpty()) {
            upstream(o.upstream()).count(o, parity);
        }
        if (attempts.size() > 1) {
            retries.setRelease(retries.getPlain() + attempts.size() - 1);
        }
        boolean example = false;
        for (int i = 0; i < attempts.size(); i++) {
            Failure failure = attempts.get(i).failure();
            if (failure != null) {
                example |= failed(o, attempts.get(i).peer(), failure, Kind.ATTEMPT, parity, endMillis);
            }
        }
        if (o.failure() == null) {
            route.well.add(parity);
        } else {
            String peer =
                    attempts.isEmpty() ? "" : attempts.get(attempts.size() - 1).peer();
            example |= failed(o, peer, o.failure(), Kind.FINAL, parity, endMillis);
            if (o.failure().cause() == Cause.ORIGIN_ERROR && !attempts.isEmpty()) {
                // The attempt went well as an exchange; its server is the one to look at all the same.
                failed(o, peer, o.failure(), Kind.ATTEMPT, parity, endMillis);
            }
        }
        return example;
    }

    private RouteTally route(Outcome o) {
        if (last != null && last.route.equals(o.route()) && last.upstream.equals(o.upstream())) {
            return last;
        }
        RouteKey key = new RouteKey(o.route(), o.upstream());
        RouteTally found = byRoute.get(key);
        if (found == null) {
            found = new RouteTally(o.route(), o.upstream());
            byRoute.put(key, found);
            routes.put(key, found);
        }
        last = found;
        return found;
    }

    private UpstreamTally upstream(String name) {
        UpstreamTally found = byUpstream.get(name);
        if (found == null) {
            found = new UpstreamTally();
            byUpstream.put(name, found);
            upstreams.put(name, found);
        }
        return found;
    }

    private boolean failed(Outcome o, String peer, Failure failure, Kind kind, int parity, long millis) {
        Series series = Series.of(o, peer, failure.cause(), kind);
        Cell cell = failures.get(series);
        if (cell == null) {
            if (failures.size() >= MOST_SERIES) {
                series = series.overflow();
            }
            cell = failures.computeIfAbsent(series, s -> new Cell());
        }
        cell.add(parity);
        if (!cell.exampleDue(millis)) {
            return false;
        }
        cell.remember(o.trace(), millis);
        return true;
    }

    long ended(Outcome.Ending ending) {
        return endings.getAcquire(ending.ordinal());
    }

    long retries() {
        return retries.getAcquire();
    }

    Collection<RouteTally> routes() {
        return routes.values();
    }

    Map<String, UpstreamTally> upstreams() {
        return upstreams;
    }

    Map<Series, Cell> failures() {
        return failures;
    }
}
