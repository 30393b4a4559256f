package io.culprit.bench.load;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which cell to choose and why: among those that serve nearly as many requests as the best, the one that wastes least of
 * the upstream's work, and of those the fastest. Stateless.
 */
final class Advice {
    /** Shares of success that count as the same. */
    private static final double SAME = 0.005;

    private static final double SAME_WASTE = 0.01;

    private Advice() {}

    /**
     * @param reason why this one
     * @param runnerUp the best that differs, for the margin
     */
    record Choice(Cell cell, String reason, Optional<Cell> runnerUp) {
        /** By how much it is better than the next best. */
        String margin() {
            return runnerUp.map(
                            next -> "%+.2f percentage points of success, %+.1f of waste and %+.0f ms of p99 beside %s"
                                    .formatted(
                                            (cell.success() - next.success()) * 100,
                                            (cell.waste() - next.waste()) * 100,
                                            cell.percentileMillis(99) - next.percentileMillis(99),
                                            next.settings.label()))
                    .orElse("there is nothing to compare it with");
        }
    }

    static Choice best(List<Cell> cells) {
        double most = cells.stream().mapToDouble(Cell::success).max().orElse(0);
        List<Cell> near = cells.stream().filter(c -> c.success() >= most - SAME).toList();
        double least = near.stream().mapToDouble(Cell::waste).min().orElse(0);
        List<Cell> sparing =
                near.stream().filter(c -> c.waste() <= least + SAME_WASTE).toList();
        Comparator<Cell> order = Comparator.<Cell>comparingDouble(c -> c.percentileMillis(99))
                .thenComparing(c -> c.settings.read())
                .thenComparing(c -> c.settings.maxConnections())
                .thenComparing(c -> c.settings.queueSize());
        Cell best = sparing.stream().min(order).orElseThrow();
        Optional<Cell> next = cells.stream()
                .filter(c -> c != best)
                .max(Comparator.comparingDouble(Cell::success)
                        .thenComparing(Comparator.comparingDouble(Cell::waste).reversed()));
        String reason =
                "%.2f %% of requests succeed (the most any cell reaches is %.2f %%), %.1f %% of the upstream's work is for nobody, p99 %.0f ms"
                        .formatted(best.success() * 100, most * 100, best.waste() * 100, best.percentileMillis(99));
        return new Choice(best, reason, next);
    }

    /** The lines to set in each program. */
    static String lines(Plan plan, Settings s) {
        String read = Settings.shown(s.read());
        String connections = s.maxConnections() == 0 ? "0" : Integer.toString(s.maxConnections());
        long terminate = Math.max(1, s.read().toSeconds());
        return """
                # Culprit
                upstreams:
                  app:
                    max_connections: %1$s
                    queue: { size: %2$d, timeout: %3$s }
                    timeouts: { read: %4$s }
                    next_upstream: { tries: %5$d }

                # nginx (it has no queue: what exceeds max_conns is refused)
                upstream app { zone app 64k; server 127.0.0.1:9000 max_conns=%1$s; }
                proxy_read_timeout %4$s;   # fastcgi_read_timeout for PHP-FPM
                proxy_next_upstream_tries %5$d;

                # HAProxy
                timeout server %4$s
                timeout queue %6$dms
                server app 127.0.0.1:9000%7$s

                # PHP-FPM
                pm.max_children = %8$d
                request_terminate_timeout = %9$ds   ; ends what nobody waits for any more
                """.formatted(
                        connections,
                        s.queueSize(),
                        Settings.shown(s.queueTimeout()),
                        read,
                        s.tries(),
                        s.queueTimeout().toMillis(),
                        s.maxConnections() == 0 ? "" : " maxconn " + connections + " maxqueue " + s.queueSize(),
                        plan.workers(),
                        terminate);
    }
}
