package io.culprit.sim.status;

import io.culprit.sim.pool.PoolFigures;
import java.util.Locale;

/** The status page for Prometheus; {@code full} adds nothing to it (measured). Stateless. */
final class OpenMetricsPage {
    private OpenMetricsPage() {}

    static String render(PoolFigures p, long nowMillis) {
        var out = new StringBuilder();
        String pm = p.pm().name().toLowerCase(Locale.ROOT);
        metric(out, "up", "gauge", "Could pool %s using a %s PM on PHP-FPM be reached?".formatted(p.pool(), pm), 1);
        metric(
                out,
                "start_since",
                "counter",
                "The number of seconds since FPM has started.",
                Times.since(p.startedMillis(), nowMillis));
        metric(
                out,
                "accepted_connections",
                "counter",
                "The number of requests accepted by the pool.",
                p.acceptedConn());
        metric(
                out,
                "listen_queue",
                "gauge",
                "The number of requests in the queue of pending connections.",
                p.listenQueue());
        metric(
                out,
                "max_listen_queue",
                "counter",
                "The maximum number of requests in the queue of pending connections since FPM has started.",
                p.maxListenQueue());
        // FPM itself has these two lines the other way round.
        out.append("# TYPE phpfpm_listen_queue_length gauge\n")
                .append("# HELP phpfpm_listen_queue_length The size of the socket queue of pending connections.\n")
                .append("phpfpm_listen_queue_length ")
                .append(p.listenQueueLength())
                .append('\n');
        metric(out, "idle_processes", "gauge", "The number of idle processes.", p.idle());
        metric(out, "active_processes", "gauge", "The number of active processes.", p.active());
        metric(out, "total_processes", "gauge", "The number of idle + active processes.", p.total());
        metric(
                out,
                "max_active_processes",
                "counter",
                "The maximum number of active processes since FPM has started.",
                p.maxActive());
        metric(
                out,
                "max_children_reached",
                "counter",
                "The number of times, the process limit has been reached, when pm tries to start more children (works only"
                        + " for pm 'dynamic' and 'ondemand').",
                p.maxChildrenReached());
        metric(
                out,
                "slow_requests",
                "counter",
                "The number of requests that exceeded your 'request_slowlog_timeout' value.",
                p.slowRequests());
        return out.append("# EOF\n").toString();
    }

    private static void metric(StringBuilder out, String name, String type, String help, long value) {
        out.append("# HELP phpfpm_")
                .append(name)
                .append(' ')
                .append(help)
                .append("\n# TYPE phpfpm_")
                .append(name)
                .append(' ')
                .append(type)
                .append("\nphpfpm_")
                .append(name)
                .append(' ')
                .append(value)
                .append('\n');
    }
}
