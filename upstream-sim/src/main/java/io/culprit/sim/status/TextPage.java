package io.culprit.sim.status;

import io.culprit.sim.pool.PoolFigures;
import io.culprit.sim.pool.figures.WorkerFigures;
import java.util.List;

/** The status page as plain text. Stateless. */
final class TextPage {
    private TextPage() {}

    static String render(PoolFigures p, List<WorkerFigures> workers, long nowMillis) {
        var out = new StringBuilder();
        PoolFields.of(p, nowMillis).forEach((name, value) -> line(out, name, value));
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
