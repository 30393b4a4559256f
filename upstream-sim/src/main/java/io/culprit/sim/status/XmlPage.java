package io.culprit.sim.status;

import io.culprit.sim.pool.PoolFigures;
import io.culprit.sim.pool.figures.WorkerFigures;
import java.util.List;
import java.util.Locale;

/** The status page as XML. Stateless. */
final class XmlPage {
    private XmlPage() {}

    static String render(PoolFigures p, List<WorkerFigures> workers, long nowMillis) {
        var out = new StringBuilder("<?xml version=\"1.0\" ?>\n<status>\n");
        line(out, "pool", escape(p.pool()));
        line(out, "process-manager", p.pm().name().toLowerCase(Locale.ROOT));
        line(out, "start-time", Times.seconds(p.startedMillis()));
        line(out, "start-since", Times.since(p.startedMillis(), nowMillis));
        line(out, "accepted-conn", p.acceptedConn());
        line(out, "listen-queue", p.listenQueue());
        line(out, "max-listen-queue", p.maxListenQueue());
        line(out, "listen-queue-len", p.listenQueueLength());
        line(out, "idle-processes", p.idle());
        line(out, "active-processes", p.active());
        line(out, "total-processes", p.total());
        line(out, "max-active-processes", p.maxActive());
        line(out, "max-children-reached", p.maxChildrenReached());
        line(out, "slow-requests", p.slowRequests());
        if (!workers.isEmpty()) {
            out.append("<processes>\n");
            workers.forEach(w -> worker(out, w, nowMillis));
            out.append("</processes>\n");
        }
        return out.append("</status>").toString();
    }

    private static void worker(StringBuilder out, WorkerFigures w, long nowMillis) {
        out.append("<process>");
        element(out, "pid", w.pid());
        element(out, "state", w.state());
        element(out, "start-time", Times.seconds(w.startedMillis()));
        element(out, "start-since", Times.since(w.startedMillis(), nowMillis));
        element(out, "requests", w.requests());
        element(out, "request-duration", w.durationMicros());
        element(out, "request-method", escape(w.method()));
        element(out, "request-uri", escape(w.uri()));
        element(out, "content-length", w.contentLength());
        element(out, "user", escape(w.user()));
        element(out, "script", escape(w.script()));
        element(out, "last-request-cpu", Times.percent(w.cpuPercent()));
        element(out, "last-request-memory", w.memory());
        out.append("</process>\n");
    }

    private static void line(StringBuilder out, String name, Object value) {
        element(out, name, value);
        out.append('\n');
    }

    private static void element(StringBuilder out, String name, Object value) {
        out.append('<')
                .append(name)
                .append('>')
                .append(value)
                .append("</")
                .append(name)
                .append('>');
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#039;");
    }
}
