package io.culprit.triage.chain;

import io.culprit.failure.Cause;
import io.culprit.failure.Condition;
import io.culprit.triage.tally.Failed;
import io.culprit.triage.tally.Happening;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Timeouts while the database worked on queries that it calls slow itself. Rests on its slow log, which has a query when it ends. */
final class SlowDatabase implements Chain {
    private static final Set<Cause> EFFECTS = Set.of(Cause.HEAD_TIMEOUT, Cause.BODY_TIMEOUT, Cause.DEADLINE_EXCEEDED);

    /** Of the failures, so many have to lie within such a query. */
    private static final double MOST = 0.5;

    /** Clocks of two machines may differ, seconds. */
    private static final long NEAR = 2;

    @Override
    public Optional<Link> find(Evidence e) {
        List<Failed> failures = e.failed(EFFECTS);
        List<Happening> queries =
                e.events(Condition.DB_SLOW).stream().filter(Happening::isTimed).toList();
        if (failures.isEmpty() || queries.isEmpty()) {
            return Optional.empty();
        }
        long covered = covered(failures, queries);
        long all = Evidence.requests(failures);
        if (covered == 0 || covered < all * MOST) {
            return Optional.empty();
        }
        Happening slowest = queries.stream()
                .max(Comparator.comparingLong(Happening::duration))
                .orElseThrow();
        boolean mysql = slowest.exhibit().text().startsWith("#");
        Link.Builder link = Link.Builder.of(
                        failures.stream().map(Failed::diagnosis).toList())
                .root(Condition.DB_SLOW)
                .requests(covered)
                .because(
                        "the database was still at work on %s when they ran out of time; the slowest %s%s",
                        queries.size() == 1 ? "a slow query" : queries.size() + " slow queries",
                        slowest.duration() < 0
                                ? "was ended by the database's own limit"
                                : "took %.1f s".formatted(slowest.duration() / 1e6),
                        slowest.script().isEmpty() ? "" : " (" + slowest.script() + ")")
                .proof(slowest.exhibit());
        failures.forEach(f ->
                link.proof(f.exhibits().subList(0, Math.min(1, f.exhibits().size()))));
        return Optional.of(link.notProven(
                        "that each of these requests waited for one of these queries: they share the time, not an id")
                .notThis("A longer timeout only keeps more requests waiting for the same query")
                .fix(Fix.of(
                                "EXPLAIN that query: it misses an index, or waits for a lock that another one holds (SHOW ENGINE INNODB STATUS;"
                                        + " pg_locks)")
                        .change(
                                mysql ? "my.cnf" : "postgresql.conf",
                                "",
                                mysql
                                        ? "long_query_time = 1\nlog_queries_not_using_indexes = ON"
                                        : "log_min_duration_statement = 1s\nlog_lock_waits = on"))
                .build());
    }

    /** Requests that ended while a query ran, or just when it ended. */
    private static long covered(List<Failed> failures, List<Happening> queries) {
        long sum = 0;
        for (Failed each : failures) {
            for (var second : each.bySecond().entrySet()) {
                boolean within = queries.stream()
                        .anyMatch(q -> second.getKey() >= q.second() - Math.max(0, q.duration()) / 1_000_000 - NEAR
                                && second.getKey() <= q.second() + NEAR);
                sum += within ? second.getValue() : 0;
            }
        }
        return sum;
    }
}
