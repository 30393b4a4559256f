package io.culprit.record.count;

import io.culprit.failure.Cause;
import io.culprit.failure.Outcome;
import io.culprit.record.count.Series.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * Exact counts since the start: one {@link Tally} for each IO thread, added up when somebody asks. {@code requests =
 * delivered + failed + client gone} holds at any quiet moment. Any thread may read.
 */
public final class Counters {
    private final List<Tally> tallies = new ArrayList<>();

    /**
     * @param loops number of IO threads
     */
    public Counters(int loops) {
        for (int i = 0; i < loops; i++) {
            tallies.add(new Tally());
        }
    }

    /**
     * Counts one request; called on the IO thread with this number.
     *
     * @return true when it should be kept as an example of its failure
     */
    public boolean count(int loop, Outcome outcome) {
        return tallies.get(loop).count(outcome);
    }

    private long sum(ToLongFunction<Tally> of) {
        long total = 0;
        for (Tally tally : tallies) {
            total += of.applyAsLong(tally);
        }
        return total;
    }

    /** Requests that ended like this. */
    public long ended(Outcome.Ending ending) {
        return sum(tally -> tally.ended(ending));
    }

    /** Requests that ended, however. */
    public long requests() {
        long total = 0;
        for (Outcome.Ending ending : Outcome.Ending.values()) {
            total += ended(ending);
        }
        return total;
    }

    /** Attempts beyond the first of each request. */
    public long retries() {
        return sum(Tally::retries);
    }

    /** Requests by the cause they ended with; causes that never occurred are absent. */
    public Map<Cause, Long> byCause() {
        return causes(Kind.FINAL);
    }

    /** Failed attempts by cause, those that were repeated included. */
    public Map<Cause, Long> attemptsByCause() {
        return causes(Kind.ATTEMPT);
    }

    private Map<Cause, Long> causes(Kind kind) {
        Map<Cause, Long> counts = new EnumMap<>(Cause.class);
        for (Tally tally : tallies) {
            tally.failures().forEach((series, cell) -> {
                if (series.kind() == kind) {
                    counts.merge(Cause.byId(series.cause()).orElseThrow(), cell.total(), Long::sum);
                }
            });
        }
        return counts;
    }

    /**
     * A count of one key.
     *
     * @param even what was counted in even minutes of the clock
     * @param odd what was counted in odd minutes
     * @param exemplar one request of it
     */
    public record Count(long even, long odd, Exemplar exemplar) {
        /** Both together. */
        public long total() {
            return even + odd;
        }

        private static Count of(Cell cell) {
            return new Count(cell.of(0), cell.of(1), cell.exemplar());
        }

        private Count plus(Count more) {
            return new Count(
                    even + more.even,
                    odd + more.odd,
                    more.exemplar.epochMillis() > exemplar.epochMillis() ? more.exemplar : exemplar);
        }
    }

    /** All that is counted by key, requests that went well included. */
    public Map<Series, Count> series() {
        Map<Series, Count> all = new HashMap<>();
        for (Tally tally : tallies) {
            tally.failures().forEach((series, cell) -> all.merge(series, Count.of(cell), Count::plus));
            tally.routes().forEach(route -> {
                Series well = new Series(route.route, route.upstream, "", Series.WELL, Kind.FINAL);
                all.merge(well, Count.of(route.well), Count::plus);
            });
        }
        for (Tally tally : tallies) {
            tally.upstreams()
                    .forEach((upstream, each) -> each.well()
                            .forEach((peer, cell) -> all.merge(
                                    new Series("", upstream, peer, Series.WELL, Kind.ATTEMPT),
                                    Count.of(cell),
                                    Count::plus)));
        }
        return all;
    }

    /**
     * Requests of one route with one method and one class of status.
     *
     * @param statusClass 1 to 5, 0 when no status was sent, 6 for what is beyond 599
     */
    public record Requests(String route, Method method, int statusClass, long count) {}

    /** All requests by route, method and class of status; what never occurred is absent. */
    public List<Requests> byRoute() {
        List<Requests> all = new ArrayList<>();
        for (String route : routes()) {
            for (Method method : Method.values()) {
                for (int i = 0; i < RouteTally.CLASSES; i++) {
                    int statusClass = i;
                    long n = sum(tally -> tally.routes().stream()
                            .filter(each -> each.route.equals(route))
                            .mapToLong(each -> each.requests(method, statusClass))
                            .sum());
                    if (n > 0) {
                        all.add(new Requests(route, method, statusClass, n));
                    }
                }
            }
        }
        return all;
    }

    /** Names of the routes that had requests, in order; the empty one stands for no route. */
    public Set<String> routes() {
        Set<String> names = new TreeSet<>();
        tallies.forEach(tally -> tally.routes().forEach(each -> names.add(each.route)));
        return names;
    }

    /** Names of the upstreams that had requests, in order. */
    public Set<String> upstreams() {
        Set<String> names = new TreeSet<>();
        tallies.forEach(tally -> names.addAll(tally.upstreams().keySet()));
        return names;
    }

    /** How long a route's requests took, from the head of the request to the end. */
    public Durations durations(String route) {
        Durations sum = new Durations();
        for (Tally tally : tallies) {
            for (RouteTally each : tally.routes()) {
                if (each.route.equals(route)) {
                    each.duration.addTo(sum);
                }
            }
        }
        return sum;
    }

    /** How long a step took on an upstream. */
    public Durations durations(String upstream, Step step) {
        Durations sum = new Durations();
        for (Tally tally : tallies) {
            UpstreamTally found = tally.upstreams().get(upstream);
            if (found != null) {
                found.step(step).addTo(sum);
            }
        }
        return sum;
    }

    /** Attempts that were repeated, by the cause for which they were. */
    public Map<Cause, Long> retries(String upstream) {
        Map<Cause, Long> counts = new EnumMap<>(Cause.class);
        for (Tally tally : tallies) {
            UpstreamTally found = tally.upstreams().get(upstream);
            for (Cause cause : Cause.values()) {
                long n = found == null ? 0 : found.retries(cause);
                if (n > 0) {
                    counts.merge(cause, n, Long::sum);
                }
            }
        }
        return counts;
    }
}
