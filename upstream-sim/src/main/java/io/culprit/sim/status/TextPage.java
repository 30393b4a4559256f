package io.culprit.sim.status;

import io.culprit.sim.pool.PoolFigures;
import io.culprit.sim.pool.WorkerFigures;
import java.util.List;
import java.util.Locale;

/** The status page as plain text. Stateless. */
final class TextPage {
    private TextPage() {}

    static String render(PoolFigures p, List<WorkerFigures> workers, long nowMillis) {
        var out = new StringBuilder();
        line(out, "pool", p.pool());
        line(out, "process manager", p.pm().name().toLowerCase(Locale.ROOT));
        line(out, "start time", Times.date(p.startedMillis()));
        line(out, "start since", Times.since(p.startedMillis(), nowMillis));
        line(out, "accepted conn", p.acceptedConn());
        line(out, "listen queue", p.listenQueue());
        line(out, "max listen queue", p.maxListenQueue());
        line(out, "listen queue len", p.listenQueueLength());
        line(out, "idle processes", p.idle());
        line(out, "active processes", p.active());
        line(out, "total processes", p.total());
        line(out, "max active processes", p.maxActive());
        line(out, "max children reached", p.maxChildrenReached());
        line(out, "slow requests", p.slowRequests());
        for (WorkerFigures each : workers) {
            worker(out, each, nowMillis);
        }
        return out.toString();
    }

    private static void worker(StringBuilder out, WorkerFigures w, long nowMillis) {
        out.append("\n************************\n");
        line(out, "pid", w.pid());
        line(out, "state", w.state());
        line(out, "start time", Times.date(w.startedMillis()));
        line(out, "start since", Times.since(w.startedMillis(), nowMillis));
        line(out, "requests", w.requests());
        line(out, "request duration", w.durationMicros());
        line(out, "request method", w.method());
        line(out, "request URI", w.uri());
        line(out, "content length", w.contentLength());
        line(out, "user", w.user());
        line(out, "script", w.script());
        line(out, "last request cpu", Times.percent(w.cpuPercent()));
        line(out, "last request memory", w.memory());
    }

    private static void line(StringBuilder out, String name, Object value) {
        out.append("%-22s".formatted(name + ":")).append(value).append('\n');
    }
}
